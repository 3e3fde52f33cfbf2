//! How a tensor's elements fall into leaves.

use tequio_tensor::Type;

use crate::Malformed;

/// Leaf size and row alignment of a tensor that has a tree.
///
/// Elements are row-major, little-endian. They are cut into rows of `row` elements; every row starts on a leaf
/// boundary; no element crosses one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Leaf size in bytes is `1 << leaf_log2`: 64 (6) to 1,024 (10).
    pub leaf_log2: u8,
    /// Elements in a row: a divisor of the number of elements.
    pub row: u32,
}

/// Where an element lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index of its leaf.
    pub leaf: u32,
    /// Byte offset of the element inside the leaf.
    pub offset: usize,
}

impl Layout {
    /// A layout for `ty` with rows of `row` elements.
    pub fn new(leaf_log2: u8, row: u32, ty: &Type) -> Result<Self, Malformed> {
        let layout = Self { leaf_log2, row };
        let divides = row > 0 && ty.shape.elements().is_multiple_of(row);
        if !(6..=10).contains(&leaf_log2) || !divides || layout.count(ty) > 1 << 26 {
            return Err(Malformed::Layout { leaf_log2, row });
        }
        Ok(layout)
    }

    /// Elements in a full leaf.
    pub fn leaf_elements(&self, ty: &Type) -> u32 {
        (1u32 << self.leaf_log2) / ty.dtype.bytes() as u32
    }

    fn leaves_per_row(&self, ty: &Type) -> u32 {
        self.row.div_ceil(self.leaf_elements(ty))
    }

    /// Number of leaves.
    pub fn leaves(&self, ty: &Type) -> u32 {
        self.count(ty) as u32
    }

    fn count(&self, ty: &Type) -> u64 {
        (ty.shape.elements() / self.row) as u64 * self.leaves_per_row(ty) as u64
    }

    /// Where element `index` lies.
    pub fn place(&self, ty: &Type, index: u32) -> Place {
        let per_leaf = self.leaf_elements(ty);
        let (row, column) = (index / self.row, index % self.row);
        Place {
            leaf: row * self.leaves_per_row(ty) + column / per_leaf,
            offset: (column % per_leaf) as usize * ty.dtype.bytes(),
        }
    }

    /// The leaf of element `index`, its first element and how many it holds: [`Self::place`] and [`Self::span`] in few steps.
    pub(crate) fn around(&self, ty: &Type, index: u32) -> (u32, u32, u32) {
        let (row, per_leaf) = (self.row.max(1), self.leaf_elements(ty).max(1));
        let (nth, part) = (index / row, index % row / per_leaf);
        let column = part.wrapping_mul(per_leaf);
        let leaf = nth.wrapping_mul(row.div_ceil(per_leaf)).wrapping_add(part);
        (leaf, nth.wrapping_mul(row).wrapping_add(column), row.wrapping_sub(column).min(per_leaf))
    }

    /// First element of a leaf and how many it holds.
    pub fn span(&self, ty: &Type, leaf: u32) -> (u32, u32) {
        let (row, part) = (leaf / self.leaves_per_row(ty), leaf % self.leaves_per_row(ty));
        let column = part * self.leaf_elements(ty);
        (row * self.row + column, (self.row - column).min(self.leaf_elements(ty)))
    }

    /// Bytes of a leaf's payload without its padding: what an opening carries.
    pub fn payload_len(&self, ty: &Type, leaf: u32) -> usize {
        self.span(ty, leaf).1 as usize * ty.dtype.bytes()
    }
}

/// Depth of a tree over `count` leaves: the least d with `2^d >= count`.
pub fn depth(count: u64) -> u8 {
    (u64::BITS - count.saturating_sub(1).leading_zeros()) as u8
}

#[cfg(test)]
mod tests {
    use tequio_tensor::{DType, Type};

    use super::Layout;

    #[test]
    fn what_is_around_an_element_is_its_leaf() {
        for dtype in DType::ALL {
            let ty = Type::new(dtype, &[2, 3, 5, 14]).unwrap();
            for (leaf_log2, row) in [(6, 420), (7, 420), (6, 210), (10, 70), (6, 14), (6, 5), (6, 1)] {
                let layout = Layout::new(leaf_log2, row, &ty).unwrap();
                for index in 0..ty.shape.elements() {
                    let leaf = layout.place(&ty, index).leaf;
                    let (first, count) = layout.span(&ty, leaf);
                    assert_eq!(layout.around(&ty, index), (leaf, first, count), "{layout:?} {index}");
                }
            }
        }
    }
}
