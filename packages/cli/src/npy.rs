//! Tensors as `.npy` files: how inputs come in and outputs go out.

use std::{fs, io::BufWriter, path::Path};

use anyhow::{Context, Result, bail, ensure};
use npyz::{DType as NpyType, NpyFile, WriterBuilder};
use tequio_tensor::{DType, Type};

/// Elements of a file: canonical bytes, and the shape they come in.
pub struct Array {
    pub dims: Vec<u64>,
    /// Little-endian two's complement, [`DType::bytes`] each.
    pub bytes: Vec<u8>,
}

/// The numpy type that holds elements of `dtype`: the next wider one for int4 and int48.
pub fn numpy_type(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool => "|b1",
        DType::I4 | DType::I8 => "|i1",
        DType::I16 => "<i2",
        DType::I32 => "<i4",
        DType::I48 => "<i8",
    }
}

/// Reads a file of elements of `dtype`. Another element type, Fortran order or an element out of range is an error.
pub fn read(path: &Path, dtype: DType) -> Result<Array> {
    let name = path.display();
    let bytes = fs::read(path).with_context(|| format!("cannot read {name}"))?;
    decode(&bytes, dtype).with_context(|| format!("{name} cannot be an input"))
}

/// Reads the bytes of a file, as [`read`] does.
pub fn decode(file: &[u8], dtype: DType) -> Result<Array> {
    let npy = NpyFile::new(file)?;
    let NpyType::Plain(found) = npy.dtype() else { bail!("it holds records") };
    let (found, wanted) = (found.to_string(), numpy_type(dtype));
    ensure!(found == wanted, "it holds elements of type {found} where the program takes {wanted}");
    ensure!(npy.order() == npyz::Order::C, "it is in Fortran order");
    let dims = npy.shape().to_vec();
    let values: Vec<i64> = match dtype {
        DType::Bool => npy.into_vec::<bool>()?.into_iter().map(i64::from).collect(),
        DType::I4 | DType::I8 => npy.into_vec::<i8>()?.into_iter().map(i64::from).collect(),
        DType::I16 => npy.into_vec::<i16>()?.into_iter().map(i64::from).collect(),
        DType::I32 => npy.into_vec::<i32>()?.into_iter().map(i64::from).collect(),
        DType::I48 => npy.into_vec::<i64>()?,
    };
    if let Some(value) = values.iter().find(|value| dtype.wrap(**value) != **value) {
        bail!("the element {value} is out of range");
    }
    let bytes = values.iter().flat_map(|value| value.to_le_bytes()[..dtype.bytes()].to_vec()).collect();
    Ok(Array { dims, bytes })
}

/// Writes canonical bytes of type `ty`, its leading axis replaced by `items`.
pub fn write(path: &Path, ty: &Type, items: u64, bytes: &[u8]) -> Result<()> {
    let mut dims: Vec<u64> = ty.shape.dims().iter().map(|dim| *dim as u64).collect();
    if let Some(batch) = dims.first_mut() {
        *batch = items;
    }
    let file = BufWriter::new(fs::File::create(path).with_context(|| format!("cannot write {}", path.display()))?);
    let values = bytes.chunks(ty.dtype.bytes()).map(|word| tequio_attestation::element(word, 0, ty.dtype));
    let dims = &dims[..];
    match ty.dtype {
        DType::Bool => extend(file, dims, values.map(|value| value != 0)),
        DType::I4 | DType::I8 => extend(file, dims, values.map(|value| value as i8)),
        DType::I16 => extend(file, dims, values.map(|value| value as i16)),
        DType::I32 => extend(file, dims, values.map(|value| value as i32)),
        DType::I48 => extend(file, dims, values),
    }
}

fn extend<T: npyz::AutoSerialize>(
    file: impl std::io::Write,
    dims: &[u64],
    values: impl Iterator<Item = T>,
) -> Result<()> {
    let mut writer = npyz::WriteOptions::new().default_dtype().shape(dims).writer(file).begin_nd()?;
    writer.extend(values)?;
    Ok(writer.finish()?)
}
