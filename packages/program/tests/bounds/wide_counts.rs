//! What only a machine with 32-bit addresses could take for something else.

use tequio_attestation::{Malformed, check, hash, tree::Tree};
use tequio_program::{Plan, compile, load};
use tequio_tosa::{Attribute, DType, Op, Program};

use super::{call, evidence::Run};

/// A program's id may be over any bytes. Cut to 32 bits the count is 1, and all else in the opening is right.
#[test]
fn two_to_the_32nd_operands_more_are_refused() {
    let mut p = Program::default();
    p.input("x", DType::INT8, &[5]);
    p.op(Op::BITWISE_NOT, Attribute::None, &["x"], ("y", DType::INT8, &[5]));
    p.output("y");
    let graph = load(&p.bytes()).unwrap();
    let manifest = compile(&graph, &Plan::propose(&graph).unwrap()).unwrap().manifest;
    let run = Run::new(&manifest);
    let (mut statement, output) = (run.statement(1), manifest.header.outputs[0]);
    let opening = run.open(&statement, 0);
    assert!(check(&statement, 0, &opening).is_ok());

    let right = manifest.descriptor(output).encode();
    // The count and the operand, tensor 0, are its last two bytes.
    let wrong = [&right[..right.len() - 2], &[0x81, 0x80, 0x80, 0x80, 0x10, 0]].concat();
    let mut leaves = manifest.tree.leaves().to_vec();
    leaves[output.0 as usize] = hash::leaf(&wrong);
    statement.subject.program_id = manifest.header.program_id(&Tree::new(leaves).root());
    let at = opening.windows(right.len()).position(|bytes| bytes == right).unwrap();
    let opening = [&opening[..at], &wrong, &opening[at + right.len()..]].concat();
    assert_eq!(check(&statement, 0, &opening), Err(Malformed::Varint));
    call::keep("refused operands", &statement, &opening);
}
