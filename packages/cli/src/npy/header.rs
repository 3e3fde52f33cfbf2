//! What a `.npy` file says of its elements before they come.

use std::io::Read;

use anyhow::{Context, Result, bail, ensure};
use tequio_tensor::DType;

use super::Form;
use crate::scale::Scale;

const MAGIC: &[u8] = b"\x93NUMPY";
/// Most bytes of a header: all that the first version has room for.
const MOST: u32 = 1 << 16;

/// What a header says.
pub struct Header {
    /// The length of each axis.
    pub dims: Vec<u64>,
    pub stored: Stored,
    /// Bytes of all elements in the file.
    pub bytes: u64,
}

/// What a file has for each element.
#[derive(Clone, Copy)]
pub enum Stored {
    /// The element, in the numpy type of its form.
    Element,
    /// The number that it stands for, as float32.
    Single(Scale),
    /// The same as float64.
    Double(Scale),
}

impl Stored {
    /// Bytes in the file for each element of `dtype`.
    pub fn width(self, dtype: DType) -> usize {
        match self {
            Self::Element if dtype == DType::I48 => 8,
            Self::Element => dtype.bytes(),
            Self::Single(_) => 4,
            Self::Double(_) => 8,
        }
    }
}

/// Reads the header of a file, of any version, of elements of this form or of the numbers that they stand for.
pub fn read(from: &mut impl Read, form: Form) -> Result<Header> {
    ensure!(taken::<6>(from).is_ok_and(|magic| magic == MAGIC), "it is not a .npy file");
    let [major, minor] = taken(from)?;
    let len = match (major, minor) {
        (1, 0) => u16::from_le_bytes(taken(from)?).into(),
        (2 | 3, 0) => u32::from_le_bytes(taken(from)?),
        _ => bail!("it is a .npy file of version {major}.{minor}; 1.0, 2.0 and 3.0 are known"),
    };
    ensure!(len <= MOST, "its header has {len} bytes, more than {MOST}");
    let mut text = vec![];
    from.take(len.into()).read_to_end(&mut text)?;
    ensure!(text.len() == len as usize, "it ends within its header");
    let text = str::from_utf8(&text).context(BAD)?;
    // What comes more than once is not read as anything.
    let stored = stored(text, form)?;
    let order = field(text, "fortran_order").context(BAD)?;
    ensure!(!order.starts_with("True"), "it is in Fortran order");
    ensure!(order.starts_with("False"), BAD);
    let dims = field(text, "shape").and_then(tuple).context(BAD)?;
    let width = stored.width(form.dtype) as u64;
    let bytes = dims.iter().try_fold(width, |bytes, dim| bytes.checked_mul(*dim));
    let bytes = bytes.with_context(|| format!("its shape {dims:?} has more bytes than there are"))?;
    Ok(Header { dims, stored, bytes })
}

const BAD: &str = "its header makes no sense";

fn taken<const N: usize>(from: &mut impl Read) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes).context("it ends within its header")?;
    Ok(bytes)
}

/// By the type that a header names.
fn stored(text: &str, form: Form) -> Result<Stored> {
    let (found, wanted) = (field(text, "descr").context(BAD)?, form.numpy_type());
    ensure!(!found.starts_with('['), "it holds records");
    let found = found.split('\'').nth(1).context(BAD)?;
    ensure!(found != "|O", "it holds Python objects");
    let scale = || {
        let unknown = || format!("it holds floats, {found}, where the program takes {wanted}, and no scale is known");
        form.scale.with_context(unknown)
    };
    match found {
        "<f4" => Ok(Stored::Single(scale()?)),
        "<f8" => Ok(Stored::Double(scale()?)),
        _ if found == wanted => Ok(Stored::Element),
        _ => bail!("it holds elements of type {found} where the program takes {wanted}"),
    }
}

/// What a header says under a key, and all that follows.
fn field<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let (_, after) = header.split_once(&format!("'{key}':"))?;
    Some(after.trim_start())
}

/// A tuple of lengths.
fn tuple(text: &str) -> Option<Vec<u64>> {
    let (inside, _) = text.strip_prefix('(')?.split_once(')')?;
    let lengths = inside.split(',').map(str::trim).filter(|length| !length.is_empty());
    lengths.map(|length| length.parse().ok()).collect()
}

/// The header of version 1.0: a dictionary whose end lies at a multiple of 64 bytes.
pub fn write(form: Form, dims: &[u64]) -> Vec<u8> {
    let dims: String = dims.iter().map(|dim| format!("{dim}, ")).collect();
    let descr = form.numpy_type();
    let mut text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({}), }}", dims.trim_end());
    let len = (10 + text.len() + 1).next_multiple_of(64) - 10;
    text.extend(std::iter::repeat_n(' ', len - 1 - text.len()));
    [MAGIC, b"\x01\x00", &(len as u16).to_le_bytes()[..], text.as_bytes(), b"\n"].concat()
}
