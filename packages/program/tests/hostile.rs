//! Bytes that nobody meant: never a panic.

use tequio_attestation::ProgramId;
use tequio_program::{Plan, Refused, compile, load};
use tequio_tosa::{DType, Program, conv};

fn small() -> Vec<u8> {
    let mut p = Program::default();
    p.scalars();
    p.input("x", DType::INT8, &[1, 2, 2, 2]);
    p.layer(("x", [1, 2, 2, 2]), "y", conv(2, 3));
    p.output("y");
    p.bytes()
}

fn through(bytes: &[u8]) -> Result<ProgramId, Refused> {
    let graph = load(bytes)?;
    let plan = Plan::propose(&graph)?;
    Ok(compile(&graph, &plan)?.manifest.program_id())
}

#[test]
fn every_truncation_is_refused_or_the_same_program() {
    let bytes = small();
    let id = through(&bytes).unwrap();
    for len in 0..bytes.len() {
        if let Ok(other) = through(&bytes[..len]) {
            assert_eq!(other, id, "{len} of {} bytes", bytes.len());
        }
    }
}

#[test]
fn no_flipped_bit_panics() {
    let mut bytes = small();
    for bit in 0..8 * bytes.len() {
        bytes[bit / 8] ^= 1 << (bit % 8);
        let _ = through(&bytes);
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
}

#[test]
fn no_overwritten_word_panics() {
    let bytes = small();
    for at in (0..bytes.len() - 4).step_by(4) {
        for word in [0u32, 1, 7, 0x7fff_ffff, 0x8000_0000, u32::MAX] {
            let mut bytes = bytes.clone();
            bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
            let _ = through(&bytes);
        }
    }
}

#[test]
fn appended_bytes_change_nothing() {
    let mut bytes = small();
    let id = through(&bytes).unwrap();
    bytes.extend([7; 100]);
    assert_eq!(through(&bytes), Ok(id));
}
