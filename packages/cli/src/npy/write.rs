//! Writes elements into a file as they come.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use tequio_tensor::DType;

use super::header;
use crate::file::Unfinished;

/// A file of elements that are written as they come.
pub struct Writer {
    path: PathBuf,
    file: Unfinished,
    dtype: DType,
    /// Elements that the file still lacks; what comes behind them is left out.
    left: u64,
}

impl Writer {
    /// Begins a file of so many elements along each axis. It is there once it is finished.
    pub fn new(path: &Path, dtype: DType, dims: &[u64]) -> Result<Self> {
        let mut file = Unfinished::new(path)?;
        file.write(&header::write(dtype, dims))?;
        Ok(Self { path: path.into(), file, dtype, left: dims.iter().fold(1, |left, dim| left.saturating_mul(*dim)) })
    }

    /// Writes the next elements, canonical bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let size = self.dtype.bytes();
        let count = self.left.min((bytes.len() / size) as u64);
        self.left -= count;
        let bytes = &bytes[..count as usize * size];
        match self.dtype {
            DType::I48 => {
                let mut wide = bytes.chunks(size).map(|word| self.dtype.read(word).to_le_bytes());
                wide.try_for_each(|word| self.file.write(&word))
            }
            _ => self.file.write(bytes),
        }
    }

    pub fn finish(self) -> Result<()> {
        ensure!(self.left == 0, "{} elements of {} are missing", self.left, self.path.display());
        self.file.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::npy::File;

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
            let mut writer = Writer::new(&path, dtype, dims).unwrap();
            // In two pieces, and more than fits.
            let (first, second) = bytes.split_at(count / 2 * dtype.bytes());
            writer.write(first).unwrap();
            writer.write(second).unwrap();
            writer.finish().unwrap();
            let mut file = File::open(&path, dtype).unwrap();
            assert_eq!(file.dims(), dims);
            assert_eq!(file.read(u64::MAX).unwrap(), bytes[..count * dtype.bytes()], "{dtype:?}");
        }
        let missing = Writer::new(&path, DType::I8, &[2]).unwrap();
        assert!(missing.finish().is_err());
    }
}
