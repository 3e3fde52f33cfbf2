//! Reads elements from a file, as many at a time as there is room for.

use std::{
    fs,
    io::{BufReader, Read},
    path::{Path, PathBuf},
};

use anyhow::{Context, Error, Result, anyhow, bail, ensure};
use tequio_tensor::DType;

use super::{header, numpy_type, width};
use crate::failure::Advised;

/// The elements of a `.npy` file, read as they are asked for.
pub struct Reader<R> {
    from: R,
    dtype: DType,
    dims: Vec<u64>,
    /// Bytes of elements that are not read yet.
    left: u64,
}

impl<R: Read> Reader<R> {
    /// Reads the header of a file of elements of `dtype`, of `len` bytes in all if that is known. Another element type,
    /// Fortran order, or another length than the header's is an error.
    pub fn new(mut from: R, len: Option<u64>, dtype: DType) -> Result<Self> {
        let mut head = Counted { from: &mut from, bytes: 0 };
        let (dims, left) = header::read(&mut head, dtype)?;
        let there = len.map_or(left, |len| len.saturating_sub(head.bytes));
        if there < left {
            bail!("it ends before its last element: {there} bytes of them are there, its shape {dims:?} has {left}");
        }
        ensure!(there == left, "{} bytes follow its last element, as its shape {dims:?} has it", there - left);
        Ok(Self { from, dtype, dims, left })
    }

    /// The length of each axis.
    pub fn dims(&self) -> &[u64] {
        &self.dims
    }

    /// Reads the next `count` elements, or those that are left if there are fewer: canonical bytes, [`DType::bytes`] each.
    pub fn read(&mut self, count: u64) -> Result<Vec<u8>> {
        let wanted = count.saturating_mul(width(self.dtype) as u64).min(self.left);
        let mut bytes = vec![];
        let room = usize::try_from(wanted).ok().and_then(|wanted| bytes.try_reserve_exact(wanted).ok());
        room.ok_or_else(|| anyhow!("its elements take {wanted} bytes of memory, which are not to be had"))?;
        self.from.by_ref().take(wanted).read_to_end(&mut bytes)?;
        ensure!(bytes.len() as u64 == wanted, "it ends before its last element");
        self.left -= wanted;
        if self.left == 0 {
            // Of a file whose length is known this was checked.
            ensure!(self.from.read(&mut [0])? == 0, "bytes follow its last element");
        }
        canonical(bytes, self.dtype)
    }
}

/// Counts what is read.
struct Counted<'a, R> {
    from: &'a mut R,
    bytes: u64,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let count = self.from.read(to)?;
        self.bytes += count as u64;
        Ok(count)
    }
}

/// Elements of a file as canonical bytes, which differ for int48 only. One that is none of its type's is an error.
fn canonical(bytes: Vec<u8>, dtype: DType) -> Result<Vec<u8>> {
    let value = |word: &[u8]| match dtype {
        DType::I48 => word.try_into().map_or(0, i64::from_le_bytes),
        _ => dtype.read(word),
    };
    let values = bytes.chunks(width(dtype)).map(value);
    if let Some(value) = values.clone().find(|value| dtype.wrap(*value) != *value) {
        bail!("the element {value} is out of range");
    }
    Ok(match dtype {
        DType::I48 => values.flat_map(|value| dtype.write(value)).collect(),
        _ => bytes,
    })
}

/// A file of elements on a disk, or a pipe of them.
pub struct File {
    path: PathBuf,
    reader: Reader<BufReader<fs::File>>,
}

impl File {
    /// Opens a file of elements of `dtype`, as [`Reader::new`] does.
    pub fn open(path: &Path, dtype: DType) -> Result<Self> {
        let cannot = || format!("cannot read {}", path.display());
        let mut file = fs::File::open(path).with_context(cannot)?;
        let about = file.metadata().with_context(cannot)?;
        if about.is_dir() {
            // The system says it best.
            file.read(&mut [0]).with_context(cannot)?;
        }
        let len = about.is_file().then_some(about.len());
        let reader = Reader::new(BufReader::new(file), len, dtype).map_err(|error| unfit(path, dtype, error))?;
        Ok(Self { path: path.into(), reader })
    }

    /// The length of each axis.
    pub fn dims(&self) -> &[u64] {
        self.reader.dims()
    }

    /// Reads the next elements, as [`Reader::read`] does.
    pub fn read(&mut self, count: u64) -> Result<Vec<u8>> {
        self.reader.read(count).map_err(|error| unfit(&self.path, self.reader.dtype, error))
    }
}

fn unfit(path: &Path, dtype: DType, error: Error) -> Error {
    let (path, dtype) = (path.display(), numpy_type(dtype));
    let help = format!("write it anew: numpy.save(\"{path}\", numpy.ascontiguousarray(array, \"{dtype}\"))");
    error.context(Advised::new(format!("{path} cannot be an input"), help))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &[u8], dtype: DType) -> Result<(Vec<u64>, Vec<u8>)> {
        let mut reader = Reader::new(file, Some(file.len() as u64), dtype)?;
        let dims = reader.dims().to_vec();
        Ok((dims, reader.read(u64::MAX)?))
    }

    fn file(version: [u8; 2], header: &str, elements: &[u8]) -> Vec<u8> {
        let len = (header.len() as u32).to_le_bytes();
        let len = if version[0] == 1 { &len[..2] } else { &len };
        [b"\x93NUMPY", &version[..], len, header.as_bytes(), elements].concat()
    }

    const HEADER: &str = "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 1), }\n";

    #[test]
    fn headers_of_every_version_are_read() {
        for version in [[1, 0], [2, 0], [3, 0]] {
            let found = read(&file(version, HEADER, &[1, 0, 2, 0]), DType::I16).unwrap();
            assert_eq!(found, (vec![2, 1], vec![1, 0, 2, 0]));
        }
        for version in [[0, 0], [1, 1], [4, 0], [9, 9]] {
            let error = read(&file(version, HEADER, &[1, 0, 2, 0]), DType::I16).unwrap_err().to_string();
            let [major, minor] = version;
            assert_eq!(error, format!("it is a .npy file of version {major}.{minor}; 1.0, 2.0 and 3.0 are known"));
        }
    }

    /// The header alone must not make anyone take memory.
    #[test]
    fn a_header_that_is_too_long_is_refused() {
        let long = [b"\x93NUMPY\x02\x00", &u32::MAX.to_le_bytes()[..], HEADER.as_bytes()].concat();
        let error = read(&long, DType::I16).unwrap_err().to_string();
        assert_eq!(error, "its header has 4294967295 bytes, more than 65536");
    }

    #[test]
    fn a_pipe_is_read_to_its_end() {
        let piped = |elements: &[u8]| Reader::new(&*file([1, 0], HEADER, elements), None, DType::I16)?.read(u64::MAX);
        assert_eq!(piped(&[1, 0, 2, 0]).unwrap(), [1, 0, 2, 0]);
        assert_eq!(piped(&[1, 0, 2]).unwrap_err().to_string(), "it ends before its last element");
        assert_eq!(piped(&[1, 0, 2, 0, 3]).unwrap_err().to_string(), "bytes follow its last element");
    }

    #[test]
    fn elements_are_read_in_pieces() {
        let file = file([1, 0], HEADER, &[1, 0, 2, 0]);
        let mut reader = Reader::new(&*file, None, DType::I16).unwrap();
        let pieces = [1, 1, 1].map(|count| reader.read(count).unwrap());
        assert_eq!(pieces, [vec![1, 0], vec![2, 0], vec![]]);
    }
}
