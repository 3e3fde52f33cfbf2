//! The statements that rules are made of.

use super::{Invalid, Place};
use crate::{
    op::Operands,
    types::{DType, MAX_RANK, Shape, Type},
};

/// The types of one operator's tensors.
pub(super) struct Facts<'a> {
    pub ins: Operands<'a>,
    pub out: &'a Type,
}

impl Facts<'_> {
    pub fn ty(&self, place: Place) -> Type {
        match place {
            Place::Operand(number) => {
                self.ins.get(number).copied().unwrap_or(Type { dtype: self.out.dtype, shape: Shape::SCALAR })
            }
            Place::Output => *self.out,
        }
    }

    pub fn shape(&self, operand: usize) -> Shape {
        self.ty(Place::Operand(operand)).shape
    }

    pub fn dtype(&self, operand: usize) -> DType {
        self.ty(Place::Operand(operand)).dtype
    }

    pub fn dims(&self, operand: usize) -> [u32; MAX_RANK] {
        self.shape(operand).padded()
    }

    /// The tensor's type is one of `allowed`.
    pub fn typed(&self, place: Place, allowed: &[DType]) -> Result<(), Invalid> {
        let found = self.ty(place).dtype;
        if allowed.contains(&found) { Ok(()) } else { Err(Invalid::DType { place, found }) }
    }

    pub fn rank(&self, place: Place, least: usize, most: usize) -> Result<(), Invalid> {
        let found = self.ty(place).shape.rank();
        if (least..=most).contains(&found) { Ok(()) } else { Err(Invalid::Rank { place, found, least, most }) }
    }

    pub fn length(&self, place: Place, axis: usize, wanted: i64) -> Result<(), Invalid> {
        let found = u64::from(self.ty(place).shape.dim(axis));
        if i64::try_from(found) == Ok(wanted) { Ok(()) } else { Err(Invalid::Length { place, axis, found, wanted }) }
    }

    /// The tensor has exactly these lengths.
    pub fn shaped(&self, place: Place, wanted: &[u32]) -> Result<(), Invalid> {
        self.rank(place, wanted.len(), wanted.len())?;
        for (axis, &wanted) in wanted.iter().enumerate() {
            self.length(place, axis, i64::from(wanted))?;
        }
        Ok(())
    }

    /// The operand is a vector of `len` elements of type `dtype`.
    pub fn vector(&self, operand: usize, dtype: DType, len: u32) -> Result<(), Invalid> {
        self.typed(Place::Operand(operand), &[dtype])?;
        self.shaped(Place::Operand(operand), &[len])
    }

    /// The output is the broadcast shape of the first `operands` operands, all of its rank.
    pub fn broadcast(&self, operands: usize) -> Result<(), Invalid> {
        let rank = self.out.shape.rank();
        for operand in 0..operands {
            self.rank(Place::Operand(operand), rank, rank)?;
        }
        for axis in 0..rank {
            let lengths = || (0..operands).map(|operand| self.shape(operand).dim(axis));
            let wanted = lengths().find(|&len| len != 1).unwrap_or(1);
            self.length(Place::Output, axis, i64::from(wanted))?;
            for (operand, found) in lengths().enumerate() {
                if found != 1 {
                    self.length(Place::Operand(operand), axis, i64::from(wanted))?;
                }
            }
        }
        Ok(())
    }
}

/// `found` lies in `least..=most`.
pub(super) fn within(name: &'static str, found: i64, least: i64, most: i64) -> Result<(), Invalid> {
    if (least..=most).contains(&found) { Ok(()) } else { Err(Invalid::Attribute { name, found, least, most }) }
}
