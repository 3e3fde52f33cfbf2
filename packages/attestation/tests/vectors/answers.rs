//! Answers to addresses, good and bad, in `reveals.json`. What is refused would often be right if the address or the count
//! were allowed: [`Trees`] answers whatever it is told to.

use serde_json::{Value, json};
use tequio_attestation::{
    Digest, LEAVES, LEVELS, Manifest, OUTPUT_LEAVES, Revealed, Source, Statement, Wanted,
    codec::Writer,
    hash, revealed, shard_tree, tensor_tree,
    tree::{Address, Stack, Tree, fold},
};

use crate::{
    golden::{golden, hex},
    layers, openings,
    program::Run,
    tall,
};

/// All trees of an attestation.
struct Trees<'r> {
    run: &'r Run,
    tensors: Vec<Vec<Tree>>,
    shards: Vec<Tree>,
    top: Tree,
}

/// A leaf: shard of the attestation, slot and leaf.
type Place = (u64, u64, u32);

impl<'r> Trees<'r> {
    fn new(run: &'r Run, count: u64) -> Self {
        let manifest = run.manifest();
        let tensors = |shard: u64| {
            let slots = &run.trace(shard as usize).slots;
            let tree =
                |((id, layout), bytes): (&(_, _), &Vec<u8>)| tensor_tree(&manifest.descriptor(*id).ty, *layout, bytes);
            manifest.committed().iter().zip(slots).map(tree).collect::<Vec<_>>()
        };
        let tensors: Vec<_> = (0..count).map(tensors).collect();
        let shards: Vec<_> = tensors.iter().map(|tensors| shard_tree(tensors)).collect();
        let top = Tree::new(shards.iter().map(Tree::root).collect());
        Self { run, tensors, shards, top }
    }

    fn depths(&self) -> (u8, u8) {
        (self.top.depth(), self.shards[0].depth())
    }

    fn tensor(&self, shard: u64, slot: u64) -> Address {
        let (top, middle) = self.depths();
        Address::ROOT.down(shard, top).down(slot, middle)
    }

    fn digest(&self, at: Address) -> Digest {
        let (top, middle) = self.depths();
        let (len, shard) = (at.depth(), at.part(0, top.min(at.depth())));
        if len <= top {
            return self.top.digest(shard, len);
        }
        let slot = at.part(top, (top + middle).min(len));
        if len <= top + middle {
            return self.shards[shard as usize].digest(slot, len - top);
        }
        self.tensors[shard as usize][slot as usize].digest(at.part(top + middle, len), len - top - middle)
    }

    /// `shown`, then digests, then leaves, then what lies beside them.
    fn answer(&self, shown: Vec<u8>, asked: &[Address], places: &[Place]) -> Vec<u8> {
        let manifest = self.run.manifest();
        let leaves = |slot: u64| self.tensors[0][slot as usize].leaves().len() as u64;
        let stack = Stack { top: self.shards.len() as u64, middle: self.tensors[0].len() as u64, leaves };
        let mut w = Writer(shown);
        let mut known = vec![];
        for at in asked {
            w.bytes(&self.digest(*at).0);
            known.push((*at, hash::ABSENT));
        }
        for &(shard, slot, leaf) in places {
            let (id, layout) = manifest.committed()[slot as usize];
            let ty = manifest.descriptor(id).ty;
            let (first, count) = layout.span(&ty, leaf);
            let bytes = ty.dtype.bytes();
            let from = first as usize * bytes;
            w.bytes(&self.run.trace(shard as usize).slots[slot as usize][from..from + count as usize * bytes]);
            known.push((stack.address(shard, slot, leaf.into()), hash::ABSENT));
        }
        let mut beside = |at| {
            if !stack.is_absent(at) {
                w.bytes(&self.digest(at).0);
            }
            Ok::<_, ()>(hash::ABSENT)
        };
        fold(&known, Address::ROOT, &mut beside).unwrap().unwrap();
        w.0
    }

    /// Everything up to eight levels below a node, whether or not anybody may ask for it.
    fn below(&self, wanted: &Wanted, above: Address, index: u64, at: u8, tree: &Tree) -> Vec<u8> {
        let (node, levels) = (above.down(index, at), (tree.depth() - at).min(LEVELS));
        let there =
            |child: &u64| ((index << levels) + child) << (tree.depth() - at - levels) < tree.leaves().len() as u64;
        let asked: Vec<_> = (0..1 << levels).filter(there).map(|child| node.down(child, levels)).collect();
        self.answer(self.run.locate(wanted), &asked, &[])
    }

    /// Some parts of outputs. `number` is what the answer says.
    fn outputs(&self, wanted: &Wanted, number: u64, places: &[Place]) -> Vec<u8> {
        let mut w = Writer(self.run.locate(wanted));
        w.varint(number);
        self.answer(w.0, &[], places)
    }
}

fn case(statement: &Statement, what: &str, wanted: &Wanted, from: u64, answer: &[u8]) -> Value {
    let outcome = match revealed(statement, wanted, from, answer) {
        Ok(found) => shown(&found),
        Err(error) => json!({ "refused": error.to_string() }),
    };
    json!({ "what": what, "wanted": wanted.to_string(), "from": from, "answer": hex(answer), "outcome": outcome })
}

fn shown(found: &Revealed) -> Value {
    let places: Vec<u64> = found.children().map(|(place, _)| place).collect();
    let ends = [found.leaves.first(), found.leaves.last()]
        .map(|leaf| leaf.map(|leaf| json!([leaf.shard, leaf.tensor, leaf.leaf, leaf.element, leaf.payload.len()])));
    json!({
        "parts": found.parts,
        "all": found.located.parts,
        "bytes": found.located.bytes,
        "digests": places.len(),
        "first_digest": places.first(),
        "leaves": found.leaves.len(),
        "first_leaf": ends[0],
        "last_leaf": ends[1],
    })
}

/// A good answer. Everything up to the root follows from it.
fn good(run: &Run, statement: &Statement, what: &str, wanted: Wanted, from: u64, bytes: usize) -> Value {
    let answer = run.reveal(statement, &wanted, from, bytes).unwrap();
    let found = revealed(statement, &wanted, from, &answer).unwrap_or_else(|error| panic!("{wanted}: {error}"));
    assert_eq!(found.known().get(&Address::ROOT), Some(&statement.root), "{wanted}");
    case(statement, what, &wanted, from, &answer)
}

fn refused(statement: &Statement, what: &str, wanted: Wanted, from: u64, answer: &[u8]) -> Value {
    let case = case(statement, what, &wanted, from, answer);
    assert!(case["outcome"]["refused"].is_string(), "{what}: {wanted}");
    case
}

fn slot_of(manifest: &Manifest, tensor: u32) -> u64 {
    match manifest.tensors[tensor as usize].source {
        Source::Committed { slot, .. } => slot.into(),
        _ => panic!("{tensor} is not committed"),
    }
}

/// Every address of a network's attestation, each answer under another address, and each spoiled.
fn small_trees(run: &Run, statement: &Statement) -> Vec<Value> {
    let trees = Trees::new(run, 3);
    let tensors: Vec<u32> = run.manifest().committed().iter().map(|(id, _)| id.0).collect();
    let mut asked = vec![Wanted::Shards { depth: 0, index: 0 }];
    for shard in 2..5 {
        asked.push(Wanted::Tensors { shard, depth: 0, index: 0 });
        for &tensor in &tensors {
            if trees.tensors[0][slot_of(run.manifest(), tensor) as usize].leaves().len() > 1 {
                asked.push(Wanted::Nodes { shard, tensor, depth: 0, index: 0 });
            }
            asked.push(Wanted::Leaves { shard, tensor, first: 0 });
        }
    }
    asked.extend((1..=3).map(|count| Wanted::Outputs { first: 2, count }));
    let all = usize::MAX;
    let answers: Vec<_> = asked.iter().map(|wanted| run.reveal(statement, wanted, 0, all).unwrap()).collect();
    let mut cases: Vec<_> = asked.iter().map(|wanted| good(run, statement, "an address", *wanted, 0, all)).collect();
    for (at, wanted) in asked.iter().enumerate() {
        let next = &answers[(at + 1) % answers.len()];
        cases.push(refused(statement, "another address's answer", *wanted, 0, next));
    }
    for at in [0, 1, 2, 3, asked.len() - 1] {
        let (wanted, answer) = (asked[at], &answers[at]);
        let located = run.locate(&wanted).len();
        let mut changed = |what: &str, byte: usize| {
            let mut bytes = answer.clone();
            bytes[byte] ^= 1;
            cases.push(refused(statement, what, wanted, 0, &bytes));
        };
        changed("another first digest or element", located + usize::from(at == asked.len() - 1));
        changed("another last digest", answer.len() - 1);
        if at > 0 {
            changed("another header", 7);
            changed("another digest beside the descriptors", located - 1);
        }
        cases.push(refused(statement, "cut off", wanted, 0, &answer[..answer.len() - 1]));
        cases.push(refused(statement, "with a byte too many", wanted, 0, &[&answer[..], &[0]].concat()));
        cases.push(refused(statement, "an absent digest sent", wanted, 0, &[&answer[..], &[0; 32]].concat()));
    }
    cases
}

/// Trees of more than eight levels, over shards and leaves, and outputs in parts.
fn deep_trees(run: &Run, statement: &Statement) -> Vec<Value> {
    let trees = Trees::new(run, 290);
    let [sums, largest] = [run.committed(0).0, run.committed(1).0];
    let mut cases = vec![];
    for (what, wanted) in [
        ("eight levels of shards", Wanted::Shards { depth: 0, index: 0 }),
        ("the ninth level of shards", Wanted::Shards { depth: 8, index: 0 }),
        ("its end", Wanted::Shards { depth: 8, index: 144 }),
        ("tensors", Wanted::Tensors { shard: 10, depth: 0, index: 0 }),
        ("tensors of the last shard", Wanted::Tensors { shard: 299, depth: 0, index: 0 }),
        ("eight levels of leaves", Wanted::Nodes { shard: 150, tensor: sums, depth: 0, index: 0 }),
        ("the ninth level of leaves", Wanted::Nodes { shard: 150, tensor: sums, depth: 8, index: 77 }),
        ("its end", Wanted::Nodes { shard: 299, tensor: sums, depth: 8, index: 149 }),
        ("leaves", Wanted::Leaves { shard: 150, tensor: sums, first: 144 }),
        ("the last leaves", Wanted::Leaves { shard: 10, tensor: sums, first: 288 }),
        ("the only leaf", Wanted::Leaves { shard: 10, tensor: largest, first: 0 }),
    ] {
        cases.push(good(run, statement, what, wanted, 0, usize::MAX));
    }
    let node = |shard, tensor, depth, index| Wanted::Nodes { shard, tensor, depth, index };
    let tensor = trees.tensor(140, 0);
    for (what, wanted, answer) in [
        ("a depth of four", node(150, sums, 4, 3), (tensor, 3, 4, &trees.tensors[140][0])),
        ("a depth of one", node(150, sums, 1, 1), (tensor, 1, 1, &trees.tensors[140][0])),
        ("a leaf's own digest", node(150, sums, 9, 5), (tensor, 5, 9, &trees.tensors[140][0])),
        ("a tensor of one leaf", node(150, largest, 0, 0), (trees.tensor(140, 1), 0, 0, &trees.tensors[140][1])),
        ("shards at a depth of three", Wanted::Shards { depth: 3, index: 2 }, (Address::ROOT, 2, 3, &trees.top)),
    ] {
        let (above, index, depth, tree) = answer;
        cases.push(refused(statement, what, wanted, 0, &trees.below(&wanted, above, index, depth, tree)));
    }
    let shard = Wanted::Tensors { shard: 150, depth: 1, index: 0 };
    let root = Address::ROOT.down(140, trees.top.depth());
    cases.push(refused(statement, "one tensor", shard, 0, &trees.below(&shard, root, 0, 1, &trees.shards[140])));

    let leaves = |first: u32, count: u32| (first..first + count).map(|leaf| (140, 0, leaf)).collect::<Vec<_>>();
    let asked = |first| Wanted::Leaves { shard: 150, tensor: sums, first };
    let answer = |first, count| trees.answer(run.locate(&asked(first)), &[], &leaves(first, count));
    for first in [1, 8] {
        cases.push(refused(statement, "leaves from between", asked(first), 0, &answer(first, LEAVES)));
    }
    for count in [1, LEAVES - 1, LEAVES + 1] {
        cases.push(refused(statement, "fewer or more leaves", asked(16), 0, &answer(16, count)));
    }
    let mut padded = run.reveal(statement, &asked(288), 0, usize::MAX).unwrap();
    let end = run.locate(&asked(288)).len() + 4;
    padded.splice(end..end, [0; 60]);
    cases.push(refused(statement, "a padded leaf", asked(288), 0, &padded));

    let (end, shards_end) =
        (run.reveal(statement, &asked(288), 0, usize::MAX).unwrap(), Wanted::Shards { depth: 8, index: 144 });
    cases.push(refused(statement, "leaves past the end", asked(304), 0, &end));
    let end = run.reveal(statement, &shards_end, 0, usize::MAX).unwrap();
    cases.push(refused(statement, "shards past the end", Wanted::Shards { depth: 8, index: 145 }, 0, &end));
    let end = run.reveal(statement, &node(150, sums, 8, 149), 0, usize::MAX).unwrap();
    for index in [150, 256 + 149] {
        cases.push(refused(statement, "nodes past the end", node(150, sums, 8, index), 0, &end));
    }
    for shard in [9, 300, 10 + 512] {
        cases.push(refused(statement, "a shard of somebody else", node(shard, sums, 8, 149), 0, &end));
    }
    for tensor in [0, 1, 4, sums + 4] {
        cases.push(refused(statement, "no committed tensor", node(150, tensor, 8, 149), 0, &end));
    }
    cases.extend(parts(run, statement, &trees));
    cases
}

fn parts(run: &Run, statement: &Statement, trees: &Trees) -> Vec<Value> {
    let wanted = Wanted::Outputs { first: 150, count: 20 };
    // As the format counts them: by shard, slot and leaf.
    let place = |part: u64| {
        let (shard, leaf) = (140 + part / 301, part % 301);
        if leaf < 300 { (shard, 0, leaf as u32) } else { (shard, 1, 0) }
    };
    let places = |from: u64, count: u64| (from..from + count).map(place).collect::<Vec<_>>();
    let answer = |from, count| trees.outputs(&wanted, count, &places(from, count));
    let mut cases = vec![];
    for (from, count) in [(0, 1), (299, 3), (602, 40), (20 * 301 - 2, 2)] {
        assert_eq!(answer(from, count), run.reveal(statement, &wanted, from, count as usize * 36).unwrap());
        cases.push(good(run, statement, "a part of outputs", wanted, from, count as usize * 36));
    }
    cases.push(good(run, statement, "as many leaves as an answer takes", wanted, 301, usize::MAX));
    let too_many = answer(301, OUTPUT_LEAVES + 1);
    cases.push(refused(statement, "one leaf more", wanted, 301, &too_many));
    let none = [&run.locate(&wanted)[..], &[0], &statement.root.0].concat();
    cases.push(refused(statement, "no outputs", wanted, 0, &none));
    let mut long = answer(0, 2);
    let at = run.locate(&wanted).len();
    long.splice(at..=at, [0x82, 0]);
    cases.push(refused(statement, "a number in two bytes", wanted, 0, &long));
    cases.push(refused(statement, "outputs shown before", wanted, 3, &answer(0, 3)));
    cases.push(refused(statement, "outputs not yet due", wanted, 0, &answer(3, 3)));
    cases.push(refused(statement, "after all outputs", wanted, 20 * 301, &answer(20 * 301, 1)));
    cases.push(refused(statement, "beyond all outputs", wanted, 20 * 301 - 1, &answer(20 * 301 - 1, 2)));
    let [first, second] = [place(299), place(300)];
    let mut swapped = answer(299, 2);
    swapped[at + 1..at + 9].rotate_left(4);
    cases.push(refused(statement, "in the order of the header", wanted, 299, &swapped));
    cases.push(refused(statement, "fewer than said", wanted, 299, &trees.outputs(&wanted, 2, &[first])));
    cases.push(refused(statement, "more than said", wanted, 299, &trees.outputs(&wanted, 1, &[first, second])));
    let whole = run.reveal(statement, &wanted, 0, 36).unwrap();
    for (first, count) in [(150, 0), (9, 20), (281, 20), (150, u64::MAX), (u64::MAX, 1)] {
        cases.push(refused(statement, "outputs of other shards", Wanted::Outputs { first, count }, 0, &whole));
    }
    cases
}

#[test]
fn answers() {
    let small = Run::new(layers::program(), layers::inputs(), (2, 3), |_, _| {});
    let deep = Run::new(tall::program(), tall::inputs(), (10, 290), |_, _| {});
    let of = |run: &Run, cases: fn(&Run, &Statement) -> Vec<Value>| {
        let statement = run.statement(Digest([3; 32]), 4);
        json!({ "program": run.describe(), "statement": openings::describe(&statement), "cases": cases(run, &statement) })
    };
    golden("reveals", &json!({ "attestations": [of(&small, small_trees), of(&deep, deep_trees)] }));
}
