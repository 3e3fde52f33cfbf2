use std::convert::Infallible;

use serde_json::{Value, json};
use tequio_attestation::{
    Digest,
    hash::{ABSENT, leaf},
    tree::{Address, Stack, Tree, fold},
};

use crate::golden::{golden, hex};

fn digest(top: u64, slot: u64, at: u64) -> Digest {
    leaf(&[top as u8, slot as u8, at as u8])
}

#[test]
fn trees_and_proofs() {
    let trees = [1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17].map(|count| {
        let tree = Tree::new((0..count).map(|i| digest(0, 0, i)).collect());
        json!({ "leaves": count, "depth": tree.depth(), "root": hex(tree.root()) })
    });
    let proofs = [
        proof(1, &[1], &[(0, 0, 0)]),
        proof(1, &[5], &[(0, 0, 0)]),
        proof(1, &[5], &[(0, 0, 4)]),
        proof(1, &[5], &[(0, 0, 1), (0, 0, 2), (0, 0, 4)]),
        proof(3, &[1, 4, 3], &[(2, 2, 2)]),
        proof(3, &[1, 4, 3], &[(0, 0, 0), (0, 1, 3), (2, 1, 0)]),
        proof(5, &[6], &[(0, 0, 5), (4, 0, 0), (4, 0, 1)]),
        proof(2, &[1, 1, 1], &[(0, 0, 0), (0, 1, 0), (0, 2, 0), (1, 0, 0), (1, 1, 0), (1, 2, 0)]),
    ];
    golden(
        "trees",
        &json!({
            "leaf_digests": "leaf(bytes [top, slot, leaf]); in `trees` top and slot are 0",
            "trees": trees,
            "proofs": proofs,
        }),
    );
}

/// Trees of `counts` leaves, under each of `top` subtrees, and the siblings that show the leaves named.
fn proof(top: u64, counts: &[u64], opened: &[(u64, u64, u64)]) -> Value {
    let tensor = |top, slot: u64| Tree::new((0..counts[slot as usize]).map(|at| digest(top, slot, at)).collect());
    let shard = |top| Tree::new((0..counts.len() as u64).map(|slot| tensor(top, slot).root()).collect());
    let all = Tree::new((0..top).map(|top| shard(top).root()).collect());
    let stack = Stack { top, middle: counts.len() as u64, leaves: |slot| counts[slot as usize] };
    let (first, second) = (all.depth(), shard(0).depth());
    let mut leaves: Vec<(Address, Digest)> =
        opened.iter().map(|&(top, slot, at)| (stack.address(top, slot, at), digest(top, slot, at))).collect();
    leaves.sort_by_key(|(address, _)| *address);

    let mut siblings = vec![];
    let mut other = |at: Address| {
        if stack.is_absent(at) {
            return Ok::<_, Infallible>(ABSENT);
        }
        let (len, above) = (at.depth(), first + second);
        let found = if len <= first {
            all.digest(at.part(0, len), len)
        } else if len <= above {
            shard(at.part(0, first)).digest(at.part(first, len), len - first)
        } else {
            tensor(at.part(0, first), at.part(first, above)).digest(at.part(above, len), len - above)
        };
        siblings.push(found);
        Ok(found)
    };
    let Ok(root) = fold(&leaves, Address::ROOT, &mut other);
    assert_eq!(root, Some(all.root()));
    json!({
        "top": top,
        "leaves_by_slot": counts,
        "opened": opened,
        "siblings": siblings.iter().map(hex).collect::<Vec<_>>(),
        "root": hex(all.root()),
    })
}
