//! Which register each instruction fills.

use crate::cpu::kernel::instruction::{Instruction, Register};

/// Instructions that each filled a register of their own, with registers assigned.
pub struct Allocated {
    /// Instructions, each with the register that it fills.
    pub instructions: Vec<(usize, Instruction)>,
    pub result: Register,
    /// Number of registers, uniforms among them.
    pub registers: usize,
}

/// Gives instructions registers behind the `uniforms`, used again once nothing reads them, so that few tiles stay in
/// cache. Up to here [`Register::Temporary`] numbers instructions.
pub fn allocate(uniforms: usize, mut instructions: Vec<Instruction>, mut result: Register) -> Allocated {
    let last = last_reads(&mut instructions, result);
    // For each register until when it is taken, for each instruction its register.
    let mut taken: Vec<usize> = Vec::new();
    let mut assigned: Vec<usize> = Vec::with_capacity(instructions.len());
    let assign = |assigned: &[usize], register: &mut Register| {
        if let Register::Temporary(read) = register {
            *read = assigned[*read];
        }
    };
    let mut placed = Vec::with_capacity(instructions.len());
    for (at, mut instruction) in instructions.into_iter().enumerate() {
        instruction.operands().for_each(|register| assign(&assigned, register));
        let free = taken.iter().position(|&until| until < at).unwrap_or_else(|| {
            taken.push(0);
            taken.len() - 1
        });
        taken[free] = last[at];
        assigned.push(uniforms + free);
        placed.push((uniforms + free, instruction));
    }
    assign(&assigned, &mut result);
    Allocated { instructions: placed, result, registers: uniforms + taken.len() }
}

/// For each instruction the last that reads it; behind all of them for the result.
fn last_reads(instructions: &mut [Instruction], result: Register) -> Vec<usize> {
    let mut last: Vec<usize> = (0..instructions.len()).collect();
    for (at, instruction) in instructions.iter_mut().enumerate() {
        for register in instruction.operands() {
            if let Register::Temporary(read) = *register {
                last[read] = at;
            }
        }
    }
    if let Register::Temporary(read) = result {
        last[read] = instructions.len();
    }
    last
}
