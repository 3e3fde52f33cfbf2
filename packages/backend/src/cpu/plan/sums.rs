//! Which instructions are a [`Sum`] together.

use std::mem::take;

use tequio_tensor::DType;

use crate::cpu::{
    kernel::{
        instruction::{Binary, Instruction, Register, Registers},
        sum::{OfByte, Sum},
        tile::{Load, Tile},
    },
    memory::Tensors,
    simd::{Portable, scale::LANES},
};

/// Puts sums in the place of scales of what adds functions of bytes. [`Register::Temporary`] numbers instructions.
pub fn find(instructions: &mut Vec<Instruction>, result: &mut Register) {
    for at in 0..instructions.len() {
        if let Some(sum) = sum(instructions, at) {
            instructions[at] = sum;
        }
    }
    drop_unread(instructions, result);
}

/// The sum that the instruction `at` ends.
fn sum(instructions: &[Instruction], at: usize) -> Option<Instruction> {
    let Instruction::Scale(scale, Register::Temporary(added)) = &instructions[at] else { return None };
    let Instruction::Binary(Binary::Add, x, y) = instructions[*added] else { return None };
    let operands = [function(instructions, x)?, function(instructions, y)?];
    // What is loaded comes second, if one is.
    let loaded = |register: Register| match register {
        Register::Temporary(at) => matches!(instructions[at], Instruction::Load(_)),
        _ => false,
    };
    let [(x, of_x), (y, of_y)] = operands;
    let ((x, of_x), (y, of_y)) = if loaded(x) { ((y, of_y), (x, of_x)) } else { ((x, of_x), (y, of_y)) };
    let sum = Sum::new([of_x, of_y], (**scale).clone())?;
    Some(Instruction::Sum(Box::new(sum), x, y))
}

/// The register of bytes that a register is a function of, and the function.
fn function(instructions: &[Instruction], register: Register) -> Option<(Register, Box<OfByte>)> {
    let mut chain = Vec::new();
    let mut from = register;
    loop {
        let Register::Temporary(at) = from else { return None };
        let instruction = &instructions[at];
        if is_byte(instruction) {
            break;
        }
        from = match instruction {
            Instruction::Unary(_, from) => *from,
            Instruction::Scale(scale, from) if scale.uniform().is_some() => *from,
            _ => return None,
        };
        chain.push(instruction);
    }
    let mut values: Vec<i32> = (-128..128).collect();
    for instruction in chain.into_iter().rev() {
        values = apply(instruction, values);
    }
    Some((from, values.try_into().ok()?))
}

/// Whether an instruction's values are int8, whatever it is given.
fn is_byte(instruction: &Instruction) -> bool {
    match instruction {
        Instruction::Load(Load { dtype, .. }) => *dtype == DType::I8,
        Instruction::Scale(scale, _) => scale.min >= i8::MIN.into() && scale.max <= i8::MAX.into(),
        _ => false,
    }
}

/// What an instruction of one operand gives for each value.
fn apply(instruction: &Instruction, values: Vec<i32>) -> Vec<i32> {
    let (mut alone, mut to) = (instruction.clone(), vec![0; values.len()]);
    alone.operands().for_each(|operand| *operand = Register::Accumulator);
    let tensors = Tensors { inputs: &[], constants: &[], slots: &[] };
    let tile = Tile { first: 0, elements: values.len(), width: LANES, stride: LANES };
    let registers = Registers { accumulators: &values, registers: &[], lanes: values.len() };
    alone.run(Portable, &tensors, &tile, registers, &mut to);
    to
}

/// Leaves out instructions that nothing reads.
fn drop_unread(instructions: &mut Vec<Instruction>, result: &mut Register) {
    let mut read = vec![false; instructions.len()];
    let mark = |register: Register, read: &mut [bool]| {
        if let Register::Temporary(at) = register {
            read[at] = true;
        }
    };
    mark(*result, &mut read);
    for at in (0..instructions.len()).rev() {
        if read[at] {
            instructions[at].operands().for_each(|register| mark(*register, &mut read));
        }
    }
    let mut numbers = vec![0; instructions.len()];
    let renumber = |register: &mut Register, numbers: &[usize]| {
        if let Register::Temporary(at) = register {
            *at = numbers[*at];
        }
    };
    let mut kept = Vec::with_capacity(instructions.len());
    for (at, mut instruction) in take(instructions).into_iter().enumerate().filter(|(at, _)| read[*at]) {
        instruction.operands().for_each(|register| renumber(register, &numbers));
        numbers[at] = kept.len();
        kept.push(instruction);
    }
    renumber(result, &numbers);
    *instructions = kept;
}
