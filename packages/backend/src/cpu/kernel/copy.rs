//! Operators that only move elements: boxes copied with strides.

use super::convert::store;
use crate::{
    cpu::{
        memory::{Scratch, Tensors},
        simd::{Run, Simd},
    },
    liveness::Placement,
};

/// Boxes of elements copied into the output, over a fill where they leave gaps.
#[derive(Debug)]
pub struct StridedCopy {
    pub boxes: Vec<StridedBox>,
    pub fill: Option<i64>,
    /// Bytes of an element.
    pub size: usize,
}

#[derive(Debug)]
pub struct StridedBox {
    pub from: Placement,
    /// First element, there and here.
    pub starts: [usize; 2],
    pub axes: Vec<Axis>,
}

/// Elements along an axis and how far apart they are, there and here.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    pub len: usize,
    pub strides: [isize; 2],
}

impl Run for StridedCopy {
    #[inline(always)]
    fn run<S: Simd>(&self, _: S, tensors: &Tensors, _: &mut Scratch, out: &mut [u8]) {
        if let Some(value) = self.fill {
            out.chunks_exact_mut(self.size).for_each(|element| store(element, value));
        }
        for part in &self.boxes {
            let from = tensors.bytes(part.from);
            match self.size {
                1 => copy::<1>(&part.axes, from, part.starts, out),
                2 => copy::<2>(&part.axes, from, part.starts, out),
                4 => copy::<4>(&part.axes, from, part.starts, out),
                _ => copy::<6>(&part.axes, from, part.starts, out),
            }
        }
    }
}

fn copy<const SIZE: usize>(axes: &[Axis], from: &[u8], [there, here]: [usize; 2], to: &mut [u8]) {
    let mut at = [there as isize, here as isize];
    match axes {
        [] => to[here * SIZE..][..SIZE].copy_from_slice(&from[there * SIZE..][..SIZE]),
        [Axis { len, strides: [1, 1] }] => {
            to[here * SIZE..][..len * SIZE].copy_from_slice(&from[there * SIZE..][..len * SIZE]);
        }
        [axis] => {
            for _ in 0..axis.len {
                let [there, here] = at.map(|at| at as usize);
                to[here * SIZE..][..SIZE].copy_from_slice(&from[there * SIZE..][..SIZE]);
                at = [at[0] + axis.strides[0], at[1] + axis.strides[1]];
            }
        }
        [axis, inner @ ..] => {
            for _ in 0..axis.len {
                copy::<SIZE>(inner, from, at.map(|at| at as usize), to);
                at = [at[0] + axis.strides[0], at[1] + axis.strides[1]];
            }
        }
    }
}
