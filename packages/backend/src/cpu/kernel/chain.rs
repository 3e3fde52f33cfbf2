//! Chains of elementwise operators, tile by tile in cache: what lies between is never written out.

use tequio_tensor::DType;

use super::{
    lanes::{Lane, Lanes, Reg},
    scale::{LANES, Scale},
};
use crate::cpu::{
    Simd,
    buffers::{Home, Tensors},
};

/// Lanes of a tile, if a row isn't longer.
pub const TILE: usize = 2048;

/// A fused chain: loads, instructions, one result.
#[derive(Clone, Debug)]
pub struct Chain {
    pub steps: Vec<(usize, Act)>,
    /// The first registers: those that are the same for every tile.
    pub pins: Vec<Pin>,
    pub registers: usize,
    pub result: Reg,
    /// Type of the result.
    pub dtype: DType,
    /// Elements of a row, and lanes of one: the next multiple of [`LANES`], or the head's stride.
    pub width: usize,
    pub stride: usize,
}

/// How a register is filled for each tile.
#[derive(Clone, Debug)]
pub enum Act {
    Load(Load),
    Lane(Lane),
}

/// A tensor's elements at the tile's positions.
#[derive(Clone, Debug)]
pub struct Load {
    pub home: Home,
    pub dtype: DType,
    pub from: From,
}

#[derive(Clone, Debug)]
pub enum From {
    /// The tensor has the chain's shape.
    Same,
    /// Row `i` starts at this element; it is a row, or one element for the whole row.
    Rows { starts: Vec<u32>, single: bool },
}

/// A register that doesn't change: a value everywhere, or a row repeated.
#[derive(Clone, Debug)]
pub enum Pin {
    Value(i32),
    Row(Vec<i32>),
}

impl Chain {
    /// Rows of a tile.
    pub fn rows(&self) -> usize {
        let rows = (TILE / self.stride).max(1);
        // The contractions' register tiles have six rows.
        if rows > 6 { rows - rows % 6 } else { rows }
    }

    /// Fills what is the same for every tile of `rows` rows at most.
    pub fn prepare(&self, rows: usize, registers: &mut Vec<Vec<i32>>) {
        let len = rows * self.stride;
        if registers.len() < self.registers {
            registers.resize(self.registers, Vec::new());
        }
        for register in &mut registers[..self.registers] {
            if register.len() < len {
                register.resize(len, 0);
            }
        }
        for (register, pin) in registers.iter_mut().zip(&self.pins) {
            match pin {
                Pin::Value(value) => register[..len].fill(*value),
                Pin::Row(row) => {
                    for to in register[..len].chunks_exact_mut(self.stride) {
                        to[..row.len()].copy_from_slice(row);
                    }
                }
            }
        }
    }

    /// Runs the whole chain, which follows nothing.
    #[inline(always)]
    pub fn run(&self, simd: Simd, tensors: &Tensors, registers: &mut Vec<Vec<i32>>, out: &mut [u8]) {
        let row = self.width * self.dtype.bytes();
        let rows = self.rows().min(out.len().div_ceil(row));
        self.prepare(rows, registers);
        let tile = rows * row;
        for (first, out) in (0..).step_by(rows).zip(out.chunks_mut(tile)) {
            self.tile(simd, tensors, registers, &[], first, out);
        }
    }

    /// Runs one tile: the rows from `first` that `out` has room for. `head` are the sums it follows.
    #[inline(always)]
    pub fn tile(
        &self,
        simd: Simd,
        tensors: &Tensors,
        registers: &mut [Vec<i32>],
        head: &[i32],
        first: usize,
        out: &mut [u8],
    ) {
        let elements = out.len() / self.dtype.bytes();
        let rows = elements.div_ceil(self.width);
        let len = rows * self.stride;
        let last = self.narrows().filter(|_| simd.is_some() && out.len() == len);
        let steps = &self.steps[..self.steps.len() - last.is_some() as usize];
        for (at, act) in steps {
            let mut to = std::mem::take(&mut registers[*at]);
            match act {
                Act::Load(load) => load.run(tensors, first, elements, self.width, self.stride, &mut to[..len]),
                Act::Lane(lane) => lane.run(simd, Lanes { head, registers, len }, self.stride, &mut to[..len]),
            }
            registers[*at] = to;
        }
        let lanes = Lanes { head, registers, len };
        match (simd, last) {
            #[cfg(target_arch = "x86_64")]
            (Some(avx2), Some((scale, from))) => avx2.scale_bytes(scale, self.stride, lanes.get(from), out),
            _ => store(lanes.get(self.result), self.dtype, self.width, self.stride, out),
        }
    }

    /// The scale that ends the chain, if it gives bytes: it can be written out without another pass.
    fn narrows(&self) -> Option<(&Scale, Reg)> {
        match self.steps.last() {
            Some((at, Act::Lane(Lane::Scale(scale, from)))) => {
                (self.dtype == DType::I8 && self.result == Reg::At(*at)).then_some((scale, *from))
            }
            _ => None,
        }
    }
}

impl Load {
    /// `elements` are those of the tile; the last row of a chain of one row may be cut off.
    #[inline(always)]
    fn run(&self, tensors: &Tensors, first: usize, elements: usize, width: usize, stride: usize, to: &mut [i32]) {
        let bytes = tensors.bytes(self.home);
        let size = self.dtype.bytes();
        match &self.from {
            From::Same => {
                let bytes = &bytes[first * width * size..][..elements * size];
                for (bytes, to) in rows(bytes, width * size, width == stride).zip(lanes(to, stride, width == stride)) {
                    widen(bytes, self.dtype, to);
                }
            }
            From::Rows { starts, single } => {
                for (&start, to) in starts[first..].iter().zip(to.chunks_exact_mut(stride)) {
                    let bytes = &bytes[start as usize * size..];
                    if *single {
                        let mut value = [0];
                        widen(&bytes[..size], self.dtype, &mut value);
                        to.fill(value[0]);
                    } else {
                        widen(&bytes[..width * size], self.dtype, to);
                    }
                }
            }
        }
    }
}

/// The rows of `bytes`; one where nothing lies between them.
fn rows(bytes: &[u8], width: usize, joined: bool) -> std::slice::Chunks<'_, u8> {
    bytes.chunks(if joined { bytes.len().max(1) } else { width })
}

fn lanes(lanes: &mut [i32], stride: usize, joined: bool) -> std::slice::ChunksMut<'_, i32> {
    let len = lanes.len().max(1);
    lanes.chunks_mut(if joined { len } else { stride })
}

#[inline(always)]
pub fn widen(bytes: &[u8], dtype: DType, to: &mut [i32]) {
    match dtype.bytes() {
        1 => bytes.iter().zip(to).for_each(|(from, to)| *to = *from as i8 as i32),
        2 => bytes.as_chunks().0.iter().zip(to).for_each(|(from, to)| *to = i16::from_le_bytes(*from) as i32),
        _ => bytes.as_chunks().0.iter().zip(to).for_each(|(from, to)| *to = i32::from_le_bytes(*from)),
    }
}

#[inline(always)]
fn store(from: &[i32], dtype: DType, width: usize, stride: usize, out: &mut [u8]) {
    let joined = width == stride;
    let row = if joined { out.len().max(1) } else { width * dtype.bytes() };
    let lanes = if joined { from.len().max(1) } else { stride };
    for (from, to) in from.chunks(lanes).zip(out.chunks_mut(row)) {
        narrow(from, dtype, to);
    }
}

#[inline(always)]
pub fn narrow(from: &[i32], dtype: DType, to: &mut [u8]) {
    match dtype.bytes() {
        1 => from.iter().zip(to).for_each(|(from, to)| *to = *from as u8),
        2 => from.iter().zip(to.as_chunks_mut().0).for_each(|(from, to)| *to = (*from as i16).to_le_bytes()),
        _ => from.iter().zip(to.as_chunks_mut().0).for_each(|(from, to)| *to = from.to_le_bytes()),
    }
}

/// The lanes of a row of `width` elements.
pub fn stride_of(width: usize) -> usize {
    width.next_multiple_of(LANES)
}
