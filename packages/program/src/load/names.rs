//! What a block declares: tensors and shapes by name.

use std::collections::HashMap;

use tequio_tensor::{DType, MAX_RANK, Shape, Type};
use tequio_tosa::{
    MAX_TENSORS,
    schema::{DType as FileDType, TosaBasicBlock, TosaShape, TosaTensor},
};

use crate::refused::Refused;

/// A name's declaration.
#[derive(Clone, Copy)]
pub enum Declared {
    /// Index into [`Names::tensors`].
    Tensor(usize),
    /// Index into [`Names::shapes`].
    Shape(usize),
}

/// A declared tensor.
pub struct Entry<'a> {
    pub name: &'a str,
    pub ty: Type,
    pub file: TosaTensor<'a>,
}

/// Everything a block declares.
pub struct Names<'a> {
    pub tensors: Vec<Entry<'a>>,
    pub shapes: Vec<Vec<i64>>,
    by_name: HashMap<&'a str, Declared>,
}

impl<'a> Names<'a> {
    pub fn read(block: &TosaBasicBlock<'a>) -> Result<Self, Refused> {
        let tensors = block.tensors().ok_or(Refused::None { what: "tensors" })?;
        limited("tensors", tensors.len())?;
        let shapes = block.shapes().map_or(0, |shapes| shapes.len());
        limited("shapes", shapes)?;
        let mut names = Self { tensors: Vec::new(), shapes: Vec::new(), by_name: HashMap::new() };
        for tensor in tensors {
            let entry = entry(tensor)?;
            names.declare(entry.name, Declared::Tensor(names.tensors.len()))?;
            names.tensors.push(entry);
        }
        for shape in block.shapes().into_iter().flatten() {
            let name = shape.name().ok_or(Refused::Nameless { what: "a shape" })?;
            names.declare(name, Declared::Shape(names.shapes.len()))?;
            names.shapes.push(shape_values(name, &shape)?);
        }
        Ok(names)
    }

    pub fn find(&self, name: &str) -> Option<Declared> {
        self.by_name.get(name).copied()
    }

    fn declare(&mut self, name: &'a str, what: Declared) -> Result<(), Refused> {
        match self.by_name.insert(name, what) {
            None => Ok(()),
            Some(_) => Err(Refused::Redefined { name: name.into() }),
        }
    }
}

/// Refuses more of something than [`MAX_TENSORS`].
pub fn limited(what: &'static str, found: usize) -> Result<(), Refused> {
    if found > MAX_TENSORS { Err(Refused::TooMany { what, found, limit: MAX_TENSORS }) } else { Ok(()) }
}

fn entry(file: TosaTensor<'_>) -> Result<Entry<'_>, Refused> {
    let name = file.name().ok_or(Refused::Nameless { what: "a tensor" })?;
    if file.variable() {
        return Err(Refused::Variable { tensor: name.into() });
    }
    let dtype = dtype(name, file.type_())?;
    let shape: Vec<i32> = file.shape().map_or(Vec::new(), |shape| shape.iter().collect());
    let dims: Option<Vec<u32>> = shape.iter().map(|&dim| u32::try_from(dim).ok()).collect();
    let dims = match dims {
        Some(dims) if !file.is_unranked() => dims,
        _ => return Err(Refused::Dynamic { tensor: name.into(), shape }),
    };
    let shape = Shape::new(&dims).map_err(|_| Refused::Shape { tensor: name.into(), shape })?;
    Ok(Entry { name, ty: Type { dtype, shape }, file })
}

fn dtype(tensor: &str, dtype: FileDType) -> Result<DType, Refused> {
    Ok(match dtype {
        FileDType::BOOL => DType::Bool,
        FileDType::INT4 => DType::I4,
        FileDType::INT8 => DType::I8,
        FileDType::INT16 => DType::I16,
        FileDType::INT32 => DType::I32,
        FileDType::INT48 => DType::I48,
        _ => {
            let tensor = tensor.into();
            return Err(match dtype.variant_name() {
                Some(name) => Refused::NotInteger { tensor, dtype: name.into() },
                None => Refused::UnknownDType { tensor, dtype: dtype.0 },
            });
        }
    })
}

/// The values of a shape: so many int64, perhaps followed by padding.
fn shape_values(name: &str, shape: &TosaShape<'_>) -> Result<Vec<i64>, Refused> {
    let rank = shape.rank() as usize;
    // PAD's has two values for each axis.
    if rank > 2 * MAX_RANK {
        return Err(Refused::TooMany { what: "values in a shape", found: rank, limit: 2 * MAX_RANK });
    }
    let data = shape.data().map_or(&[][..], |data| data.bytes());
    let (values, rest) = data.as_chunks::<8>();
    let values: Vec<i64> = values.iter().take(rank).map(|&word| i64::from_le_bytes(word)).collect();
    let padding = data.len() - rest.len() > 8 * rank.max(1);
    if values.len() < rank || padding || !rest.is_empty() {
        return Err(Refused::Data { tensor: name.into(), found: data.len(), wanted: 8 * rank });
    }
    Ok(values)
}
