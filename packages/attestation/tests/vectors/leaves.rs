use serde_json::{Value, json};
use tequio_attestation::codec::{Reader, Writer};

use crate::golden::{golden, hex};

/// The form of a payload.
fn form(payload: &[u8]) -> Vec<u8> {
    let mut w = Writer::default();
    w.leaf(payload);
    w.0
}

#[test]
fn a_leaf_has_one_form() {
    let sparse: Vec<u8> = (0..64).map(|at| if at % 5 == 0 { at } else { 0x80 }).collect();
    let payloads = [
        // Plain: as long in the other form, or longer.
        vec![7],
        vec![9, 9],
        vec![3, 3, 5],
        (0..64).collect(),
        // Packed: of two that are as frequent, with the lesser.
        vec![9, 9, 9],
        vec![0; 64],
        vec![0xff; 1_024],
        [[5; 8], [4; 8]].concat(),
        sparse.clone(),
        sparse[..61].to_vec(),
    ];
    let forms: Vec<Value> = payloads
        .iter()
        .map(|payload| {
            let form = form(payload);
            let mut r = Reader::new(&form);
            assert_eq!(r.leaf(payload.len()).as_deref(), Ok(&payload[..]));
            assert_eq!(r.finish(), Ok(()));
            json!({ "payload": hex(payload), "form": hex(form) })
        })
        .collect();

    let refused: [(&str, usize, Vec<u8>); 13] = [
        ("nothing", 3, vec![]),
        ("an unknown form", 3, vec![2, 1, 2, 3]),
        ("a byte too few", 3, vec![0, 1, 2]),
        ("no mask", 3, vec![1, 9]),
        ("another byte too few", 9, vec![1, 9, 0x80, 0x80, 1]),
        ("plain and longer", 3, vec![0, 9, 9, 9]),
        ("packed and as long", 2, vec![1, 9, 0]),
        ("packed and longer", 4, vec![1, 1, 0x70, 2, 3, 4]),
        ("not the most frequent byte", 8, vec![1, 7, 0xfc, 9, 9, 9, 9, 9, 9]),
        ("not the least of the most frequent", 16, [&[1, 5, 0, 0xff][..], &[4; 8]].concat()),
        ("the most frequent byte among the others", 16, vec![1, 9, 0x80, 0, 9]),
        ("a bit after the last byte", 9, vec![1, 9, 0, 0x40]),
        ("a bit after the last byte, and a byte for it", 9, vec![1, 9, 0, 0x40, 8]),
    ];
    let refused = refused.map(|(what, length, bytes)| {
        let mut r = Reader::new(&bytes);
        let error = r.leaf(length).and_then(|_| r.finish()).expect_err(what);
        json!({ "what": what, "length": length, "bytes": hex(bytes), "error": error.to_string() })
    });
    golden("leaves", &json!({ "leaves": forms, "refused": refused }));
}
