//! Tensors as `.npy` files: how inputs come in and outputs go out.

use std::{
    fs,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use tequio_tensor::DType;

use crate::scale::Scale;

/// Elements of a file: canonical bytes, and the shape they come in.
pub struct Array {
    pub dims: Vec<u64>,
    /// Little-endian two's complement, [`DType::bytes`] each.
    pub bytes: Vec<u8>,
}

/// How a program's elements are in a file.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    pub dtype: DType,
    /// What they stand for, if that is known.
    pub scale: Option<Scale>,
    /// Whether a file that is written has the numbers that they stand for; one that is read may have either.
    pub floats: bool,
}

impl Form {
    /// Elements of which nothing more is known.
    #[cfg(test)]
    fn plain(dtype: DType) -> Self {
        Self { dtype, scale: None, floats: false }
    }

    /// The numpy type of what is written: of int4 and int48 the next wider one.
    pub fn numpy_type(self) -> &'static str {
        match (self.floats, self.dtype) {
            (true, _) => "<f4",
            (_, DType::Bool) => "|b1",
            (_, DType::I8) if self.is_unsigned() => "|u1",
            (_, DType::I4 | DType::I8) => "|i1",
            (_, DType::I16) if self.is_unsigned() => "<u2",
            (_, DType::I16) => "<i2",
            (_, DType::I32) => "<i4",
            (_, DType::I48) => "<i8",
        }
    }

    fn is_unsigned(self) -> bool {
        self.scale.is_some_and(|scale| scale.unsigned)
    }
}

/// Reads a file of elements, or of the numbers that they stand for. Another element type, Fortran order or an element out
/// of range is an error.
pub fn read(path: &Path, form: Form) -> Result<Array> {
    let name = path.display();
    let bytes = fs::read(path).with_context(|| format!("cannot read {name}"))?;
    decode(&bytes, form).with_context(|| format!("{name} cannot be an input"))
}

/// Reads the bytes of a file, as [`read`] does.
fn decode(file: &[u8], form: Form) -> Result<Array> {
    let (header, elements) = split(file).context("it is not a .npy file")?;
    let (found, wanted) = (field(header, "descr").unwrap_or_default(), form.numpy_type());
    ensure!(!found.starts_with('['), "it holds records");
    let found = found.split('\'').nth(1).context(BAD_HEADER)?;
    let floats = match found {
        "<f4" => Some(4),
        "<f8" => Some(8),
        _ => None,
    };
    if floats.is_some() {
        ensure!(
            form.scale.is_some(),
            "it holds floats, {found}, where the program takes {wanted}, and no scale is known"
        );
    } else {
        ensure!(found == wanted, "it holds elements of type {found} where the program takes {wanted}");
    }
    let order = field(header, "fortran_order").context(BAD_HEADER)?;
    ensure!(order.starts_with("False"), "it is in Fortran order");
    let dims = field(header, "shape").and_then(dims).context(BAD_HEADER)?;
    let width = floats.unwrap_or(width(form.dtype));
    let len = dims.iter().try_fold(width as u64, |len, dim| len.checked_mul(*dim));
    let elements = len.and_then(|len| elements.get(..usize::try_from(len).ok()?));
    let elements = elements.context("it ends before its last element")?;
    let bytes = match form.scale.filter(|_| floats.is_some()) {
        Some(scale) => quantised(elements, width, scale, form.dtype)?,
        None => canonical(elements, form.dtype)?,
    };
    Ok(Array { bytes, dims })
}

/// Floats of a file as canonical bytes of the elements nearest to them.
fn quantised(floats: &[u8], width: usize, scale: Scale, dtype: DType) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(floats.len() / width * dtype.bytes());
    for float in floats.chunks(width) {
        let single = || float.try_into().map(f32::from_le_bytes).map(f64::from);
        let number = float.try_into().map(f64::from_le_bytes).or_else(|_| single())?;
        let element = scale.element(number, dtype).with_context(|| format!("the number {number} is none"))?;
        bytes.extend(dtype.write(element));
    }
    Ok(bytes)
}

const BAD_HEADER: &str = "its header makes no sense";

/// The header of any version, and what comes after it.
fn split(file: &[u8]) -> Option<(&str, &[u8])> {
    let rest = file.strip_prefix(b"\x93NUMPY")?;
    let (version, rest) = rest.split_first_chunk::<2>()?;
    let (len, rest) = if version[0] == 1 {
        let (len, rest) = rest.split_first_chunk()?;
        (u16::from_le_bytes(*len).into(), rest)
    } else {
        let (len, rest) = rest.split_first_chunk()?;
        (u32::from_le_bytes(*len) as usize, rest)
    };
    let (header, elements) = rest.split_at_checked(len)?;
    Some((str::from_utf8(header).ok()?, elements))
}

/// What a header says under a key, and all that follows.
fn field<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let (_, after) = header.split_once(&format!("'{key}':"))?;
    Some(after.trim_start())
}

/// A tuple of lengths.
fn dims(text: &str) -> Option<Vec<u64>> {
    let (inside, _) = text.strip_prefix('(')?.split_once(')')?;
    let lengths = inside.split(',').map(str::trim).filter(|length| !length.is_empty());
    lengths.map(|length| length.parse().ok()).collect()
}

/// Bytes of an element in a file.
fn width(dtype: DType) -> usize {
    if dtype == DType::I48 { 8 } else { dtype.bytes() }
}

/// Elements of a file as canonical bytes, which differ for int48 only.
fn canonical(elements: &[u8], dtype: DType) -> Result<Vec<u8>> {
    let value = |word: &[u8]| match dtype {
        DType::I48 => word.try_into().map_or(0, i64::from_le_bytes),
        _ => dtype.read(word),
    };
    let values = elements.chunks(width(dtype)).map(value);
    if let Some(value) = values.clone().find(|value| dtype.wrap(*value) != *value) {
        bail!("the element {value} is out of range");
    }
    Ok(match dtype {
        DType::I48 => values.flat_map(|value| dtype.write(value)).collect(),
        _ => elements.to_vec(),
    })
}

/// A file of elements that are written as they come.
pub struct Writer {
    path: PathBuf,
    file: BufWriter<fs::File>,
    form: Form,
    /// Elements that the file still lacks; what comes behind them is left out.
    left: usize,
}

impl Writer {
    /// Begins a file of so many elements along each axis.
    pub fn new(path: &Path, form: Form, dims: &[u64]) -> Result<Self> {
        let cannot = || cannot_write(path);
        let mut file = BufWriter::new(fs::File::create(path).with_context(cannot)?);
        file.write_all(&header(form, dims)).with_context(cannot)?;
        Ok(Self { path: path.into(), file, form, left: dims.iter().product::<u64>() as usize })
    }

    /// Writes the next elements, canonical bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let Form { dtype, scale, floats } = self.form;
        let size = dtype.bytes();
        let count = self.left.min(bytes.len() / size);
        self.left -= count;
        let bytes = &bytes[..count * size];
        let mut elements = bytes.chunks(size).map(|word| dtype.read(word));
        let written = match scale.filter(|_| floats) {
            Some(scale) => {
                elements.try_for_each(|element| self.file.write_all(&scale.number(element, dtype).to_le_bytes()))
            }
            None if dtype == DType::I48 => elements.try_for_each(|element| self.file.write_all(&element.to_le_bytes())),
            None => self.file.write_all(bytes),
        };
        written.with_context(|| cannot_write(&self.path))
    }

    pub fn finish(mut self) -> Result<()> {
        ensure!(self.left == 0, "{} elements of {} are missing", self.left, self.path.display());
        self.file.flush().with_context(|| cannot_write(&self.path))
    }
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write {}", path.display())
}

/// The header of version 1.0: a dictionary whose end lies at a multiple of 64 bytes.
fn header(form: Form, dims: &[u64]) -> Vec<u8> {
    let dims: String = dims.iter().map(|dim| format!("{dim}, ")).collect();
    let descr = form.numpy_type();
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
            let count = dims.iter().product::<u64>() as usize;
            let values = (0..2 * count).map(|at| dtype.wrap(if at % 2 == 0 { -1 } else { at as i64 }));
            let bytes: Vec<u8> = values.flat_map(|value| dtype.write(value)).collect();
            let bytes = if dtype == DType::Bool { vec![1; bytes.len()] } else { bytes };
            let mut writer = Writer::new(&path, Form::plain(dtype), dims).unwrap();
            // In two pieces, and more than fits.
            let (first, second) = bytes.split_at(count / 2 * dtype.bytes());
            writer.write(first).unwrap();
            writer.write(second).unwrap();
            writer.finish().unwrap();
            let array = read(&path, Form::plain(dtype)).unwrap();
            assert_eq!(array.dims, dims);
            assert_eq!(array.bytes, bytes[..count * dtype.bytes()], "{dtype:?}");
        }
        let missing = Writer::new(&path, Form::plain(DType::I8), &[2]).unwrap();
        assert!(missing.finish().is_err());
    }

    #[test]
    fn headers_of_every_version_are_read() {
        let text = b"{'descr': '<i2', 'fortran_order': False, 'shape': (2, 1), }\n";
        let short = [b"\x93NUMPY\x01\x00", &(text.len() as u16).to_le_bytes()[..]].concat();
        let long = |version| [b"\x93NUMPY", &[version, 0][..], &(text.len() as u32).to_le_bytes()].concat();
        for start in [short, long(2), long(3)] {
            let array = decode(&[&start[..], text, &[1, 0, 2, 0]].concat(), Form::plain(DType::I16)).unwrap();
            assert_eq!((array.dims, array.bytes), (vec![2, 1], vec![1, 0, 2, 0]));
        }
    }
}
