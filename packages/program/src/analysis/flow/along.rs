//! Which positions of the route operand an output position reads, along one axis.

use tequio_tensor::Resize;

/// One axis of an op that reads a box: the elements read are all combinations of the positions along each axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Along {
    /// Its own.
    Same,
    /// All of them, where the output has one position or reads the same at each.
    Whole,
    /// Those under a window, padding left out.
    Window { stride: u32, pad: u32, dilation: u32, kernel: u32 },
    /// Those that a window of so many, begun at every stride-th output, adds to this one.
    Transposed { stride: u32, pad: i32, kernel: u32 },
    /// What a resize reads along y (0) or x (1).
    Resized(Resize, usize),
    /// One for each block of so many.
    Block(u32),
    /// Its own in the repeated operand.
    Repeat,
    /// Its own, shifted, where the operand has one.
    From(i64),
    /// Its own, counted from the end.
    Reverse,
}

/// Positions in equal steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taps {
    first: u32,
    step: u32,
    pub count: u32,
}

impl Taps {
    fn one(at: u32) -> Self {
        Self { first: at, step: 1, count: 1 }
    }

    /// The first position and the one a step after the last.
    pub fn ends(self) -> [usize; 2] {
        let [first, step, count] = [self.first, self.step, self.count].map(|part| part as usize);
        [first, first + count * step]
    }
}

impl Along {
    /// From one position that is read to the next, the same at every output position.
    pub fn step(self) -> usize {
        match self {
            Along::Window { dilation, .. } => dilation.max(1) as usize,
            _ => 1,
        }
    }

    /// What output position `at` reads of `len` positions.
    pub fn taps(self, at: u32, len: u32) -> Taps {
        match self {
            Along::Same => Taps::one(at),
            Along::Whole => Taps { first: 0, step: 1, count: len },
            Along::Window { stride, pad, dilation, kernel } => {
                let (first, step) = (at as i64 * stride as i64 - pad as i64, dilation.max(1) as i64);
                // Taps before position `to`.
                let before = |to: i64| (to - first + step - 1).div_euclid(step).clamp(0, kernel as i64);
                let (start, end) = (before(0), before(len as i64));
                Taps { first: (first + start * step) as u32, step: step as u32, count: (end - start) as u32 }
            }
            Along::Transposed { stride, pad, kernel } => {
                let (at, stride, len) = (at as i64 - pad as i64, stride.max(1) as i64, len as i64);
                // Windows that have begun here or before, less those that have ended.
                let begun = |at: i64| (at.div_euclid(stride) + 1).clamp(0, len);
                let (first, end) = (begun(at - kernel as i64), begun(at));
                Taps { first: first as u32, step: 1, count: (end - first) as u32 }
            }
            Along::Resized(resize, side) => {
                let [(first, _), (_, weight)] = resize.taps(side, at, len);
                Taps { first, step: 1, count: 1 + (weight > 0) as u32 }
            }
            Along::Block(block) => Taps::one(at / block),
            Along::Repeat => Taps::one(at % len),
            Along::From(by) => match u32::try_from(at as i64 + by) {
                Ok(at) if at < len => Taps::one(at),
                _ => Taps { first: 0, step: 1, count: 0 },
            },
            Along::Reverse => Taps::one(len - 1 - at),
        }
    }
}
