use serde_json::{Value, json};
use tequio_attestation::hash::{ABSENT, LEAF_KEY, NODE_KEY, leaf, node, tagged};

use crate::golden::{golden, hex};

/// Bytes 0, 1, 2, … modulo 251.
fn counting(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i % 251) as u8).collect()
}

#[test]
fn hashes() {
    let leaves = [0, 1, 3, 63, 64, 65, 128, 250, 256, 1000, 1024].map(|len| {
        let payload = counting(len);
        json!({ "payload": hex(&payload), "digest": hex(leaf(&payload)) })
    });
    let pairs = [(leaf(b"a"), leaf(b"b")), (leaf(b"b"), leaf(b"a")), (leaf(b"a"), ABSENT), (ABSENT, ABSENT)];
    let nodes: Vec<Value> = pairs
        .iter()
        .map(|(left, right)| json!({ "left": hex(left), "right": hex(right), "digest": hex(node(left, right)) }))
        .collect();
    let tagged: Vec<Value> = ["tequio/v1/program", "tequio/v1/seed", ""]
        .iter()
        .flat_map(|tag| [0, 32, 100].map(|len| (tag, counting(len))))
        .map(|(tag, x)| json!({ "tag": tag, "x": hex(&x), "digest": hex(tagged(tag, &[&x])) }))
        .collect();
    golden(
        "hashes",
        &json!({
            "absent": hex(ABSENT),
            "leaf_key": hex(LEAF_KEY),
            "node_key": hex(NODE_KEY),
            "leaf": leaves,
            "node": nodes,
            "tagged": tagged,
        }),
    );
}
