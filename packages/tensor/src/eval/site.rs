//! The place an evaluation works at: types, output element, reader.

use crate::{
    Read, Shape,
    op::Operands,
    types::{DType, MAX_RANK, Type},
};

pub(super) struct Site<'a, R: Read + ?Sized> {
    pub ins: Operands<'a>,
    pub out: &'a Type,
    pub index: u32,
    pub read: &'a mut R,
}

/// Rows of elements of one operand, from which a zero point is taken.
#[derive(Clone, Copy, Debug)]
pub struct Rows {
    pub operand: usize,
    /// The first element's index, from one to the next in a row, and from one row to the next.
    pub start: u32,
    pub step: u32,
    pub row: u32,
    pub zero_point: i64,
}

impl Rows {
    /// A row of elements that lie side by side.
    pub fn one(operand: usize, zero_point: i64) -> Self {
        Self { operand, start: 0, step: 1, row: 0, zero_point }
    }

    /// From so many elements further on.
    #[must_use]
    pub fn skip(self, elements: u32) -> Self {
        Self { start: self.start.wrapping_add(self.step.wrapping_mul(elements)), ..self }
    }

    /// From so many rows further on.
    #[must_use]
    pub fn skip_rows(self, rows: u32) -> Self {
        Self { start: self.start.wrapping_add(self.row.wrapping_mul(rows)), ..self }
    }
}

impl<R: Read + ?Sized> Site<'_, R> {
    pub fn read(&mut self, operand: usize, index: u32) -> Result<i64, R::Error> {
        self.read.read(operand, index)
    }

    /// The value of a one-element operand: a zero point, a shift, a pad value.
    pub fn scalar(&mut self, operand: usize) -> Result<i64, R::Error> {
        self.read.read(operand, 0)
    }

    /// The operand's element at the output element's own position, broadcast along lengths of 1.
    pub fn own(&mut self, operand: usize) -> Result<i64, R::Error> {
        let shape = self.shape(operand);
        if shape == self.out.shape {
            return self.read(operand, self.index);
        }
        let mut index = 0u32;
        for (dim, at) in shape.padded().into_iter().zip(self.at()) {
            let at = if dim == 1 { 0 } else { at };
            index = index.wrapping_mul(dim).wrapping_add(at);
        }
        self.read(operand, index)
    }

    /// Coordinates of the output element.
    pub fn at(&self) -> [u32; MAX_RANK] {
        self.out.shape.coords(self.index)
    }

    pub fn shape(&self, operand: usize) -> Shape {
        self.ins.get(operand).map_or(Shape::SCALAR, |ty| ty.shape)
    }

    pub fn dims(&self, operand: usize) -> [u32; MAX_RANK] {
        self.shape(operand).padded()
    }

    pub fn dtype(&self, operand: usize) -> DType {
        self.ins.get(operand).map_or(self.out.dtype, |ty| ty.dtype)
    }

    /// [`Read::dot`].
    #[inline]
    pub fn dot(&mut self, a: Rows, b: Rows, size: [u32; 2]) -> Result<i64, R::Error> {
        self.read.dot(a, b, size)
    }
}

/// Flat index in a row-major shape, all four coordinates inside it.
pub(super) fn flat([_, h, w, c]: [u32; 4], [n, y, x, k]: [u32; 4]) -> u32 {
    let row = n.wrapping_mul(h).wrapping_add(y);
    row.wrapping_mul(w).wrapping_add(x).wrapping_mul(c).wrapping_add(k)
}
