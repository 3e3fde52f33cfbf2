//! What holds for every operator.

mod harness;

use harness::Tensors;
use harness::random::{Rng, garbage, part, valid};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use tequio_tensor::{
    DType, Rows, Shape, check, constant_operands, cost, dot, eval, extent, is_elementwise, is_heavy, steps,
};

/// Flat indices of the box of lengths `of` at a random place in `shape`.
fn placed(r: &mut Rng, shape: &Shape, of: &Shape) -> Vec<u32> {
    let origin: Vec<u32> = shape.dims().iter().zip(of.dims()).map(|(dim, len)| r.within(0, dim - len)).collect();
    (0..of.elements())
        .map(|index| {
            let at: Vec<u32> = of.coords(index).iter().zip(&origin).map(|(at, from)| at + from).collect();
            shape.index(&at)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_element_is_in_range_and_reads_each_operand_element_once(seed: u64) {
        let mut r = Rng(seed);
        let (op, ins, out) = valid(&mut r);
        prop_assert_eq!(check(&op, &ins, &out), Ok(()), "{:?} {:?} {:?}", op, ins, out);
        let mut tensors = r.tensors(&ins);
        for index in 0..out.shape.elements() {
            tensors.reads.clear();
            let value = tensors.element(&op, &out, index);
            prop_assert!((out.dtype.min()..=out.dtype.max()).contains(&value), "{:?} gives {}", op, value);
            let mut seen = BTreeSet::new();
            for &(operand, index) in &tensors.reads {
                prop_assert!(index < ins[operand].shape.elements(), "{:?} reads {} of operand {}", op, index, operand);
                prop_assert!(seen.insert((operand, index)), "{:?} reads {} of operand {} twice", op, index, operand);
            }
            if is_heavy(&op) {
                prop_assert!(tensors.reads.len() as u64 <= 2 * cost(&op, &ins, &out) + 3);
            } else {
                prop_assert!(cost(&op, &ins, &out) <= 4);
                prop_assert!(tensors.reads.len() as u64 <= 5.max(1 + steps(&op, &ins, &out)));
            }
        }
    }

    #[test]
    fn reads_stay_inside_the_extent(seed: u64) {
        let mut r = Rng(seed);
        let (op, ins, out) = valid(&mut r);
        let of = part(&mut r, &out.shape);
        let mut tensors = r.tensors(&ins);
        for index in placed(&mut r, &out.shape, &of) {
            tensors.element(&op, &out, index);
        }
        let mut bounds = BTreeMap::new();
        for &(operand, index) in &tensors.reads {
            let at = ins[operand].shape.coords(index);
            let (low, high) = bounds.entry(operand).or_insert((at, at));
            for axis in 0..at.len() {
                low[axis] = low[axis].min(at[axis]);
                high[axis] = high[axis].max(at[axis]);
            }
        }
        for (operand, (low, high)) in bounds {
            let most = extent(&op, &ins, &out, operand, &of);
            prop_assert_eq!(most.rank(), ins[operand].shape.rank());
            for axis in 0..most.rank() {
                let length = high[axis] - low[axis] + 1;
                prop_assert!(most.dim(axis) <= ins[operand].shape.dim(axis));
                prop_assert!(
                    length <= most.dim(axis),
                    "{:?}: {:?} reads {} along axis {} of operand {}, not {:?}", op, of, length, axis, operand, most
                );
            }
        }
    }

    #[test]
    fn an_elementwise_operator_reads_its_own_position(seed: u64) {
        let mut r = Rng(seed);
        let (op, ins, out) = loop {
            let node = valid(&mut r);
            if is_elementwise(&node.0) {
                break node;
            }
        };
        let mut tensors = r.tensors(&ins);
        let index = r.within(0, out.shape.elements() - 1);
        let at = out.shape.coords(index);
        tensors.element(&op, &out, index);
        for &(operand, index) in tensors.reads.iter().filter(|read| !constant_operands(&op).contains(&read.0)) {
            let shape = ins[operand].shape;
            let read = shape.coords(index);
            prop_assert!((0..shape.rank()).all(|axis| read[axis] == at[axis] || shape.dim(axis) == 1));
        }
    }

    #[test]
    fn garbage_is_refused_or_works_and_never_panics(seed: u64) {
        let mut r = Rng(seed);
        let (op, ins, out) = garbage(&mut r);
        let accepted = check(&op, &ins, &out);
        if let Err(refusal) = accepted {
            prop_assert!(!refusal.to_string().is_empty());
        }
        let mut tensors = Tensors::new(ins.clone(), ins.iter().map(|ty| {
            (0..ty.shape.elements()).map(|_| r.next() as i64).collect()
        }).collect());
        for index in [0, out.shape.elements() - 1, r.next() as u32] {
            tensors.reads.clear();
            let Ok(value) = eval(&op, &ins, &out, index, &mut tensors);
            prop_assert!((out.dtype.min()..=out.dtype.max()).contains(&value));
            if accepted.is_ok() && index < out.shape.elements() {
                prop_assert!(tensors.reads.iter().all(|&(operand, index)| index < ins[operand].shape.elements()));
            }
        }
        cost(&op, &ins, &out);
        let of = part(&mut r, &out.shape);
        for operand in 0..7 {
            extent(&op, &ins, &out, operand, &of);
        }
    }

    #[test]
    fn a_dot_product_of_bytes_is_the_sum_of_its_products(seed: u64) {
        let mut r = Rng(seed);
        let [rows, len] = [r.within(0, 4), r.within(1, 40)];
        let [a, b] = core::array::from_fn(|operand| {
            let dtype = r.pick(&DType::ALL);
            let step = if r.flag() { 1 } else { r.within(1, 5) };
            let zero_point = r.value(DType::I8);
            let of = Rows { row: r.within(0, 50), step, ..Rows::one(operand, zero_point) };
            // Now and then they end before the last element.
            let elements = (rows * of.row + len * step).saturating_sub(r.within(0, 2));
            let bytes: Vec<u8> = (0..elements as usize * dtype.bytes()).map(|_| r.next() as u8).collect();
            (of, dtype, bytes)
        });
        let element = |(of, dtype, bytes): &(Rows, DType, Vec<u8>), row: u32, at: u32| {
            let from = (row * of.row + at * of.step) as usize * dtype.bytes();
            dtype.read(bytes.get(from..).unwrap_or_default()) - of.zero_point
        };
        let products = (0..rows).flat_map(|row| (0..len).map(move |at| (row, at)));
        let sum = products.map(|(row, at)| element(&a, row, at).wrapping_mul(element(&b, row, at)));
        let expected = sum.fold(0, i64::wrapping_add);
        prop_assert_eq!(dot((&a.0, a.1, &a.2), (&b.0, b.1, &b.2), [rows, len]), expected);
    }
}
