//! A TOSA flatbuffer becomes a [`Graph`].

mod assemble;
mod attribute;
mod constant;
mod file;
mod fold;
mod names;
mod translate;

use crate::{Graph, Refused};

/// Largest file, bytes.
pub const MAX_FILE: usize = 256 << 20;
/// Most tensors, shapes and operators of a file, each.
pub const MAX_TENSORS: usize = 65_536;

/// Reads a TOSA flatbuffer: versions 1.0.x and 1.1.0-draft, integer ops of profile PRO-INT that
/// [`tequio_tensor::Op`] has, static shapes, one graph. Constant subgraphs are folded, what reaches no output is
/// dropped, a constant of one element is written where it is read.
///
/// # Errors
/// The first thing found that isn't so. No bytes make it panic.
pub fn load(bytes: &[u8]) -> Result<Graph, Refused> {
    let block = file::open(bytes)?;
    let names = names::Names::read(&block)?;
    let program = translate::program(&block, &names)?;
    assemble::graph(program)
}
