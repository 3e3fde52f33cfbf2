//! Reads elements from a file, as many at a time as there is room for.

use std::{
    fs,
    io::{BufReader, Read},
    path::{Path, PathBuf},
};

use anyhow::{Context, Error, Result, anyhow, bail, ensure};
use tequio_tensor::DType;

use super::{
    Form,
    header::{self, Header, Stored},
};
use crate::{failure::Advised, scale::Scale};

/// Bytes of a file that are held beside the elements made of them: whole elements, whatever they are stored as.
const PIECE: u64 = 1 << 16;

/// The elements of a `.npy` file, read as they are asked for.
pub struct Reader<R> {
    from: R,
    form: Form,
    dims: Vec<u64>,
    stored: Stored,
    /// Bytes of the file that are not read yet.
    left: u64,
}

impl<R: Read> Reader<R> {
    /// Reads the header of a file of elements, or of the numbers that they stand for, of `len` bytes in all if that is
    /// known. Another element type, Fortran order, or another length than the header's is an error.
    pub fn new(mut from: R, len: Option<u64>, form: Form) -> Result<Self> {
        let mut head = Counted { from: &mut from, bytes: 0 };
        let Header { dims, stored, bytes: left } = header::read(&mut head, form)?;
        let there = len.map_or(left, |len| len.saturating_sub(head.bytes));
        if there < left {
            bail!("it ends before its last element: {there} bytes of them are there, its shape {dims:?} has {left}");
        }
        ensure!(there == left, "{} bytes follow its last element, as its shape {dims:?} has it", there - left);
        Ok(Self { from, form, dims, stored, left })
    }

    /// The length of each axis.
    pub fn dims(&self) -> &[u64] {
        &self.dims
    }

    /// Reads the next `count` elements, or those that are left if there are fewer: canonical bytes, [`DType::bytes`] each.
    /// One that is none of its type's, or a number that is none, is an error.
    pub fn read(&mut self, count: u64) -> Result<Vec<u8>> {
        let (dtype, width) = (self.form.dtype, self.stored.width(self.form.dtype) as u64);
        let count = count.min(self.left / width);
        let (mut wanted, size) = (count * width, count.saturating_mul(dtype.bytes() as u64));
        let (mut elements, mut piece) = (vec![], vec![]);
        let room = usize::try_from(size).ok().and_then(|size| elements.try_reserve_exact(size).ok());
        room.ok_or_else(|| anyhow!("its elements take {size} bytes of memory, which are not to be had"))?;
        while wanted > 0 {
            let bytes = wanted.min(PIECE);
            piece.clear();
            self.from.by_ref().take(bytes).read_to_end(&mut piece)?;
            ensure!(piece.len() as u64 == bytes, "it ends before its last element");
            match self.stored {
                Stored::Element => canonical(&piece, dtype, &mut elements)?,
                Stored::Single(scale) => {
                    let numbers = piece.as_chunks().0.iter().map(|word| f32::from_le_bytes(*word).into());
                    quantised(numbers, scale, dtype, &mut elements)?;
                }
                Stored::Double(scale) => {
                    let numbers = piece.as_chunks().0.iter().map(|word| f64::from_le_bytes(*word));
                    quantised(numbers, scale, dtype, &mut elements)?;
                }
            }
            self.left -= bytes;
            wanted -= bytes;
        }
        if self.left == 0 {
            // Of a file whose length is known this was checked.
            ensure!(self.from.read(&mut [0])? == 0, "bytes follow its last element");
        }
        Ok(elements)
    }
}

/// Appends elements of a file as canonical bytes, which differ for int48 only.
fn canonical(piece: &[u8], dtype: DType, to: &mut Vec<u8>) -> Result<()> {
    let value = |word: &[u8]| match dtype {
        DType::I48 => word.try_into().map_or(0, i64::from_le_bytes),
        _ => dtype.read(word),
    };
    let values = piece.chunks(Stored::Element.width(dtype)).map(value);
    if let Some(value) = values.clone().find(|value| dtype.wrap(*value) != *value) {
        bail!("the element {value} is out of range");
    }
    match dtype {
        DType::I48 => to.extend(values.flat_map(|value| dtype.write(value))),
        _ => to.extend_from_slice(piece),
    }
    Ok(())
}

/// Appends the canonical bytes of the elements nearest to these numbers.
fn quantised(numbers: impl Iterator<Item = f64>, scale: Scale, dtype: DType, to: &mut Vec<u8>) -> Result<()> {
    for number in numbers {
        let element = scale.element(number, dtype).with_context(|| format!("the number {number} is none"))?;
        to.extend(dtype.write(element));
    }
    Ok(())
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

/// A file of elements on a disk, or a pipe of them.
pub struct File {
    path: PathBuf,
    reader: Reader<BufReader<fs::File>>,
}

impl File {
    /// Opens a file of elements of this form, as [`Reader::new`] does.
    pub fn open(path: &Path, form: Form) -> Result<Self> {
        let cannot = || format!("cannot read {}", path.display());
        let mut file = fs::File::open(path).with_context(cannot)?;
        let about = file.metadata().with_context(cannot)?;
        if about.is_dir() {
            // The system says it best.
            file.read(&mut [0]).with_context(cannot)?;
        }
        let len = about.is_file().then_some(about.len());
        let reader = Reader::new(BufReader::new(file), len, form).map_err(|error| unfit(path, form, error))?;
        Ok(Self { path: path.into(), reader })
    }

    /// The length of each axis.
    pub fn dims(&self) -> &[u64] {
        self.reader.dims()
    }

    /// Reads the next elements, as [`Reader::read`] does.
    pub fn read(&mut self, count: u64) -> Result<Vec<u8>> {
        self.reader.read(count).map_err(|error| unfit(&self.path, self.reader.form, error))
    }
}

fn unfit(path: &Path, form: Form, error: Error) -> Error {
    let (path, dtype) = (path.display(), form.numpy_type());
    let mut help = format!("write it anew: numpy.save(\"{path}\", numpy.ascontiguousarray(array, \"{dtype}\"))");
    if form.scale.is_some() {
        help += ", or with \"<f4\" the numbers that elements stand for";
    }
    error.context(Advised::new(format!("{path} cannot be an input"), help))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: Form = Form { dtype: DType::I16, scale: None, floats: false };

    fn read(file: &[u8]) -> Result<(Vec<u64>, Vec<u8>)> {
        let mut reader = Reader::new(file, Some(file.len() as u64), WORDS)?;
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
            let found = read(&file(version, HEADER, &[1, 0, 2, 0])).unwrap();
            assert_eq!(found, (vec![2, 1], vec![1, 0, 2, 0]));
        }
        for version in [[0, 0], [1, 1], [4, 0], [9, 9]] {
            let error = read(&file(version, HEADER, &[1, 0, 2, 0])).unwrap_err().to_string();
            let [major, minor] = version;
            assert_eq!(error, format!("it is a .npy file of version {major}.{minor}; 1.0, 2.0 and 3.0 are known"));
        }
    }

    /// The header alone must not make anyone take memory.
    #[test]
    fn a_header_that_is_too_long_is_refused() {
        let long = [b"\x93NUMPY\x02\x00", &u32::MAX.to_le_bytes()[..], HEADER.as_bytes()].concat();
        let error = read(&long).unwrap_err().to_string();
        assert_eq!(error, "its header has 4294967295 bytes, more than 65536");
    }

    #[test]
    fn a_pipe_is_read_to_its_end() {
        let piped = |elements: &[u8]| Reader::new(&*file([1, 0], HEADER, elements), None, WORDS)?.read(u64::MAX);
        assert_eq!(piped(&[1, 0, 2, 0]).unwrap(), [1, 0, 2, 0]);
        assert_eq!(piped(&[1, 0, 2]).unwrap_err().to_string(), "it ends before its last element");
        assert_eq!(piped(&[1, 0, 2, 0, 3]).unwrap_err().to_string(), "bytes follow its last element");
    }

    #[test]
    fn elements_are_read_in_pieces() {
        let file = file([1, 0], HEADER, &[1, 0, 2, 0]);
        let mut reader = Reader::new(&*file, None, WORDS).unwrap();
        let pieces = [1, 1, 1].map(|count| reader.read(count).unwrap());
        assert_eq!(pieces, [vec![1, 0], vec![2, 0], vec![]]);
    }

    #[test]
    fn numbers_become_the_nearest_elements() {
        let form = Form { scale: Some(Scale { scale: 0.5, zero_point: 3, unsigned: false }), ..WORDS };
        // More than a piece of either.
        let numbers: Vec<f64> = (0..20_000).map(|at| f64::from(at) / 4.0 - 2_000.0).collect();
        let elements: Vec<u8> =
            numbers.iter().flat_map(|number| ((number * 2.0).round() as i16 + 3).to_le_bytes()).collect();
        let single = numbers.iter().flat_map(|number| (*number as f32).to_le_bytes()).collect::<Vec<_>>();
        let double = numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>();
        for (dtype, bytes) in [("<f4", single), ("<f8", double)] {
            let header = HEADER.replace("<i2", dtype).replace("(2, 1)", "(20000,)");
            let file = file([1, 0], &header, &bytes);
            let mut reader = Reader::new(&*file, Some(file.len() as u64), form).unwrap();
            let parts = [1, 17_000, u64::MAX].map(|count| reader.read(count).unwrap());
            assert_eq!(parts.each_ref().map(Vec::len), [2, 34_000, 5_998]);
            assert!(parts.concat() == elements, "{dtype}");
            let error = Reader::new(&*file, None, WORDS).err().unwrap().to_string();
            let why = format!("it holds floats, {dtype}, where the program takes <i2, and no scale is known");
            assert_eq!(error, why);
        }
    }
}
