//! Tensors as `.npy` files: how inputs come in and outputs go out.

use std::{
    fs,
    io::{BufWriter, Write},
    path::Path,
};

use anyhow::{Context, Result, bail, ensure};
use npyz::{DType as NpyType, NpyFile};
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
fn decode(file: &[u8], dtype: DType) -> Result<Array> {
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

/// A file of elements that are written as they come.
pub struct Writer {
    file: BufWriter<fs::File>,
    dtype: DType,
    /// Elements that the file still lacks; what comes behind them is left out.
    left: usize,
}

impl Writer {
    /// Begins a file of elements of type `ty`, its leading axis replaced by `items`. Gives the shape that this makes too.
    pub fn new(path: &Path, ty: &Type, items: u64) -> Result<(Self, Vec<u64>)> {
        let mut dims: Vec<u64> = ty.shape.dims().iter().map(|dim| *dim as u64).collect();
        if let Some(batch) = dims.first_mut() {
            *batch = items;
        }
        let file = fs::File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
        let mut file = BufWriter::new(file);
        file.write_all(&header(ty.dtype, &dims))?;
        Ok((Self { file, dtype: ty.dtype, left: dims.iter().product::<u64>() as usize }, dims))
    }

    /// Writes the next elements, canonical bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let size = self.dtype.bytes();
        let count = self.left.min(bytes.len() / size);
        self.left -= count;
        let bytes = &bytes[..count * size];
        if self.dtype != DType::I48 {
            return Ok(self.file.write_all(bytes)?);
        }
        let wide = bytes.chunks(size).map(|word| tequio_attestation::element(word, 0, self.dtype).to_le_bytes());
        wide.into_iter().try_for_each(|word| Ok(self.file.write_all(&word)?))
    }

    pub fn finish(mut self) -> Result<()> {
        ensure!(self.left == 0, "{} elements are missing", self.left);
        Ok(self.file.flush()?)
    }
}

/// The header of version 1.0: a dictionary whose end lies at a multiple of 64 bytes.
fn header(dtype: DType, dims: &[u64]) -> Vec<u8> {
    let dims: String = dims.iter().map(|dim| format!("{dim}, ")).collect();
    let descr = numpy_type(dtype);
    let mut text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({}), }}", dims.trim_end());
    let len = (10 + text.len() + 1).next_multiple_of(64) - 10;
    text.extend(std::iter::repeat_n(' ', len - 1 - text.len()));
    [b"\x93NUMPY\x01\x00", &(len as u16).to_le_bytes()[..], text.as_bytes(), b"\n"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npy");
        for (dtype, dims) in
            [(DType::Bool, &[2, 3][..]), (DType::I4, &[6]), (DType::I16, &[1, 2, 3]), (DType::I48, &[])]
        {
            let ty = Type::new(dtype, dims).unwrap();
            let items = dims.first().copied().unwrap_or(1) as usize;
            let count = dims.iter().product::<u32>() as usize;
            let values = (0..2 * count).map(|at| dtype.wrap(if at % 2 == 0 { -1 } else { at as i64 }));
            let bytes: Vec<u8> = values.flat_map(|value| value.to_le_bytes()[..dtype.bytes()].to_vec()).collect();
            let bytes = if dtype == DType::Bool { vec![1; bytes.len()] } else { bytes };
            let (mut writer, shape) = Writer::new(&path, &ty, items as u64).unwrap();
            // In two pieces, and more than fits.
            let (first, second) = bytes.split_at(count / 2 * dtype.bytes());
            writer.write(first).unwrap();
            writer.write(second).unwrap();
            writer.finish().unwrap();
            let array = read(&path, dtype).unwrap();
            assert_eq!((array.dims, dims.iter().map(|dim| *dim as u64).collect()), (shape.clone(), shape));
            assert_eq!(array.bytes, bytes[..count * dtype.bytes()], "{dtype:?}");
        }
        let (missing, _) = Writer::new(&path, &Type::new(DType::I8, &[2]).unwrap(), 2).unwrap();
        assert!(missing.finish().is_err());
    }
}
