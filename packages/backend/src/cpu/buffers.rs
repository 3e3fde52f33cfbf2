//! Where a shard's tensors lie while it runs, and for how long.

use super::kernel::gemm::Panels;

/// Where a tensor's canonical bytes lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home {
    Input(usize),
    /// The constant of this tensor id.
    Constant(usize),
    Slot(usize),
}

/// What kernels need for themselves; it grows to what the largest needs.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// An operand as the convolution kernels read it.
    pub image: Vec<i16>,
    /// The sums of a tile.
    pub sums: Vec<i32>,
    /// A packed operand of MATMUL.
    pub panels: Panels,
    /// The registers of a chain.
    pub registers: Vec<Vec<i32>>,
}

/// The tensors a step can read.
#[derive(Clone, Copy)]
pub(super) struct Tensors<'a> {
    pub inputs: &'a [&'a [u8]],
    pub constants: &'a [Vec<u8>],
    pub slots: &'a [Vec<u8>],
}

impl<'a> Tensors<'a> {
    /// The bytes at `home`; a slot's may go on behind the tensor's end.
    pub fn bytes(&self, home: Home) -> &'a [u8] {
        match home {
            Home::Input(port) => self.inputs[port],
            Home::Constant(id) => &self.constants[id],
            Home::Slot(slot) => &self.slots[slot],
        }
    }
}

/// A tensor that needs a slot from the step that makes it to the last that reads it, both included.
pub(super) struct Life {
    pub bytes: usize,
    pub first: usize,
    pub last: usize,
}

/// Gives each life a slot, in order of birth, so that no two share one at the same time. Returns the slot of each and
/// the bytes of each slot.
pub(super) fn assign(lives: &[Life]) -> (Vec<usize>, Vec<usize>) {
    let mut slots: Vec<(usize, usize)> = Vec::new();
    let mut homes = Vec::with_capacity(lives.len());
    for life in lives {
        let free = slots.iter().enumerate().filter(|(_, (_, busy))| *busy < life.first);
        let fit = free.min_by_key(|(_, (size, _))| (size.abs_diff(life.bytes), *size)).map(|(slot, _)| slot);
        let slot = fit.unwrap_or_else(|| {
            slots.push((0, 0));
            slots.len() - 1
        });
        slots[slot] = (slots[slot].0.max(life.bytes), life.last);
        homes.push(slot);
    }
    (homes, slots.into_iter().map(|(size, _)| size).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lives_that_overlap_share_no_slot() {
        let lives: Vec<Life> = [(64, 0, 2), (32, 1, 3), (64, 2, 2), (10, 3, 4), (500, 4, 9)]
            .map(|(bytes, first, last)| Life { bytes, first, last })
            .into();
        let (homes, sizes) = assign(&lives);
        for (i, a) in lives.iter().enumerate() {
            assert!(sizes[homes[i]] >= a.bytes);
            for (j, b) in lives.iter().enumerate().skip(i + 1) {
                let overlap = a.first <= b.last && b.first <= a.last;
                assert!(!(overlap && homes[i] == homes[j]), "{i} and {j}");
            }
        }
        assert_eq!(sizes.len(), 3);
    }
}
