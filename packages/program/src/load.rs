//! A TOSA flatbuffer becomes a [`Graph`].

mod assemble;
mod attribute;
mod constant;
mod fold;
mod names;
mod translate;
mod zero_point;

use crate::{graph::Graph, refused::Refused};

/// Reads a TOSA flatbuffer: integer ops of profile PRO-INT that
/// [`tequio_tensor::Op`] has, static shapes, one graph. Constant subgraphs are folded, what reaches no output is
/// dropped, a constant of one element is written where it is read.
///
/// # Errors
/// The first thing found that isn't so. No bytes make it panic.
pub fn load(bytes: &[u8]) -> Result<Graph, Refused> {
    let block = tequio_tosa::read(bytes)?;
    let names = names::Names::read(&block)?;
    let program = translate::program(&block, &names)?;
    assemble::graph(program)
}
