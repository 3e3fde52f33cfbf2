//! Programs that no compiler made: whoever opens a draw of one shows descriptors of his own, and their roots come last.

use tequio_attestation::{
    Descriptor, Digest, Header, Interval, Layout, MAX_DEPTH, MAX_KEPT, Malformed, Node, Operand, Outcome, ProgramId,
    Scope, Source, Statement, Subject, TensorId, Terms, check, codec::Writer,
};
use tequio_tensor::{DType, Op, Pool2d, Type};

use super::allocated::most_allocated;

/// Bytes of the input, all in one leaf.
const INPUT: u32 = 500;
/// The drawn tensor.
const DRAWN: TensorId = TensorId(999);

/// A line of int8.
fn line(len: u32) -> Type {
    Type::new(DType::I8, &[1, 1, len, 1]).unwrap()
}

fn node(op: Op, operand: u32) -> Node {
    Node { op, operands: vec![Operand::Tensor(TensorId(operand))] }
}

fn virtual_line(op: Op, operand: u32, len: u32) -> Descriptor {
    Descriptor { ty: line(len), source: Source::Virtual { node: node(op, operand) } }
}

fn layout(ty: &Type) -> Layout {
    Layout::new(10, ty.shape.elements(), ty).unwrap()
}

/// The largest of tensor `of`, which `between` lead to: descriptors in the order in which they are first needed. The
/// last of them reads tensor 0, the input.
fn opening(of: u32, between: &[Descriptor]) -> Vec<u8> {
    let header = Header {
        tensors: 1_000,
        committed: 1,
        inputs: 1,
        job: 0,
        outputs: vec![DRAWN],
        cost: 1,
        delta: 1,
        gamma: 0,
        opening_bytes: 1,
        reads: 1,
        depth: 1,
        plan: Digest::default(),
    };
    let (out, input) = (line(1), line(INPUT));
    let interval = Interval { first: 0, last: u32::MAX };
    let source =
        Source::Committed { node: node(Op::ReduceMax { axis: 2 }, of), layout: layout(&out), slot: 0, interval };
    let mut w = Writer(header.encode());
    w.varint(1);
    w.varint(DRAWN.0.into());
    w.bytes(&Descriptor { ty: out, source }.encode());
    w.leaf(&[0]);
    between.iter().for_each(|tensor| w.bytes(&tensor.encode()));
    w.bytes(&Descriptor { ty: input, source: Source::Input { layout: layout(&input), scope: Scope::Shard } }.encode());
    w.leaf(&[0; INPUT as usize]);
    w.0
}

/// Checks within the memory that any draw may take.
fn checked(opening: &[u8]) -> Result<Outcome, Malformed> {
    let none = Digest::default();
    let subject = Subject {
        program_id: ProgramId(none),
        input_root: none,
        first_shard: 0,
        count: 1,
        draws: 1,
        context: none,
        terms: Terms::default(),
        arbitration: None,
    };
    let (checked, most) = most_allocated(|| check(&Statement { subject, root: none, seed: none }, 0, opening));
    println!("{} bytes: {checked:?}, {most} bytes of memory", opening.len());
    assert!(most < 8 << 20, "{most} bytes of memory");
    checked
}

/// As many descriptors as there are, all of an opening but its siblings is there: only the limits can be why not.
#[test]
fn up_to_the_limits_only_roots_are_missing() {
    let chain: Vec<_> = (1..MAX_DEPTH as u32).rev().map(|id| virtual_line(Op::Identity, id - 1, INPUT)).collect();
    assert_eq!(checked(&opening(MAX_DEPTH as u32 - 1, &chain)), Err(Malformed::Truncated));
    let many = [virtual_line(Op::Tile, 0, MAX_KEPT as u32 / INPUT * INPUT)];
    assert_eq!(checked(&opening(1, &many)), Err(Malformed::Truncated));
}

#[test]
fn a_longer_chain() {
    let deep = MAX_DEPTH as u32 + 1;
    let chain: Vec<_> = (1..=deep).rev().map(|id| virtual_line(Op::Identity, id - 1, INPUT)).collect();
    assert_eq!(checked(&opening(deep, &chain)), Err(Malformed::Limit));
}

#[test]
fn more_kept_values() {
    let many = [virtual_line(Op::Tile, 0, (MAX_KEPT as u32 / INPUT + 1) * INPUT)];
    assert_eq!(checked(&opening(1, &many)), Err(Malformed::Limit));
}

/// Each element of a line is the largest of hundreds of the line before: few values, read over and over.
#[test]
fn more_reads() {
    let (kernel, pad) = (INPUT, INPUT - 1);
    let pool = Op::MaxPool2d(Pool2d { kernel: [1, kernel], stride: [1, 1], pad: [0, 0, pad, pad] });
    let lines: Vec<_> = (1..=6).rev().map(|id| virtual_line(pool, id - 1, INPUT + id * pad)).collect();
    assert_eq!(checked(&opening(6, &lines)), Err(Malformed::Limit));
}

#[test]
fn a_tensor_that_is_read_to_compute_it() {
    let itself = [virtual_line(Op::Identity, 1, INPUT)];
    assert_eq!(checked(&opening(1, &itself)), Err(Malformed::Limit));
}

/// Without kept values the last element would take 2^100 reads.
#[test]
fn every_value_read_twice() {
    let twice = |id: u32| {
        let operands = vec![Operand::Tensor(TensorId(id - 1)); 2];
        Descriptor { ty: line(INPUT), source: Source::Virtual { node: Node { op: Op::BitwiseAnd, operands } } }
    };
    let lines: Vec<_> = (1..=100).rev().map(twice).collect();
    assert_eq!(checked(&opening(100, &lines)), Err(Malformed::Truncated));
}
