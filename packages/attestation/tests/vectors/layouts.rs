use serde_json::{Value, json};
use tequio_attestation::{Layout, Place, depth, hash::leaf, tensor_tree};
use tequio_tensor::{DType, Type};

use crate::{
    describe::{add, tensor_type},
    golden::{golden, hex},
    program::bytes,
};

#[test]
fn layouts() {
    use DType::*;
    let cases: [(DType, &[u32], u8, u32); 8] = [
        (I8, &[], 6, 1),
        (I8, &[1, 4, 4, 3], 6, 48),
        (I8, &[1, 4, 4, 3], 6, 12),
        (I32, &[3, 20], 6, 20),
        (I48, &[2, 25], 6, 25),
        (I48, &[50], 7, 50),
        (Bool, &[70], 6, 70),
        (I16, &[5, 1], 6, 1),
    ];
    let layouts: Vec<Value> =
        cases.iter().map(|&(dtype, dims, leaf_log2, row)| layout(dtype, dims, leaf_log2, row)).collect();
    let depths: Vec<Value> = [1, 2, 3, 4, 5, 8, 9, 1 << 32, u64::MAX]
        .iter()
        .map(|&count| json!({ "count": count, "depth": depth(count) }))
        .collect();
    golden("layouts", &json!({ "layouts": layouts, "depths": depths }));
}

fn layout(dtype: DType, dims: &[u32], leaf_log2: u8, row: u32) -> Value {
    let ty = Type::new(dtype, dims).unwrap();
    let layout = Layout::new(leaf_log2, row, &ty).unwrap();
    let count = ty.shape.elements();
    let values: Vec<i64> = (0..count as i64).map(|i| dtype.wrap(i * 0x0123_4567_89ab - 5)).collect();
    let all = bytes(dtype, &values);
    let places: Vec<Value> = (0..count)
        .map(|index| {
            let Place { leaf, offset } = layout.place(&ty, index);
            let (first, len) = layout.span(&ty, leaf);
            assert!((first..first + len).contains(&index));
            assert_eq!(dtype.read(&all[index as usize * dtype.bytes()..]), values[index as usize]);
            json!([leaf, offset])
        })
        .collect();
    let leaves: Vec<Value> = (0..layout.leaves(&ty))
        .map(|number| {
            let from = layout.span(&ty, number).0 as usize * dtype.bytes();
            let payload = &all[from..from + layout.payload_len(&ty, number)];
            json!({ "payload": hex(payload), "digest": hex(leaf(payload)) })
        })
        .collect();
    let mut words = tensor_type(&ty);
    add(
        &mut words,
        json!({
            "leaf_log2": leaf_log2, "row": row, "values": values, "places": places, "leaves": leaves,
            "root": hex(tensor_tree(&ty, layout, &all).root()),
        }),
    );
    words
}
