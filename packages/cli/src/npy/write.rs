//! Writes elements into a file as they come.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use tequio_tensor::DType;

use super::{Form, header};
use crate::file::Unfinished;

/// A file of elements that are written as they come.
pub struct Writer {
    path: PathBuf,
    file: Unfinished,
    form: Form,
    /// Elements that the file still lacks; what comes behind them is left out.
    left: u64,
}

impl Writer {
    /// Begins a file of so many elements along each axis. It is there once it is finished.
    pub fn new(path: &Path, form: Form, dims: &[u64]) -> Result<Self> {
        let mut file = Unfinished::new(path)?;
        file.write(&header::write(form, dims))?;
        Ok(Self { path: path.into(), file, form, left: dims.iter().fold(1, |left, dim| left.saturating_mul(*dim)) })
    }

    /// Writes the next elements, canonical bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let Form { dtype, scale, floats } = self.form;
        let size = dtype.bytes();
        let count = self.left.min((bytes.len() / size) as u64);
        self.left -= count;
        let bytes = &bytes[..count as usize * size];
        let mut elements = bytes.chunks(size).map(|word| dtype.read(word));
        match scale.filter(|_| floats) {
            Some(scale) => {
                elements.try_for_each(|element| self.file.write(&scale.number(element, dtype).to_le_bytes()))
            }
            None if dtype == DType::I48 => elements.try_for_each(|element| self.file.write(&element.to_le_bytes())),
            None => self.file.write(bytes),
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
    use crate::{npy::File, scale::Scale};

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
            let scale = Scale { scale: 0.25, zero_point: 0, unsigned: false };
            for form in [Form::plain(dtype), Form { dtype, scale: Some(scale), floats: true }] {
                let mut writer = Writer::new(&path, form, dims).unwrap();
                // In two pieces, and more than fits.
                let (first, second) = bytes.split_at(count / 2 * dtype.bytes());
                writer.write(first).unwrap();
                writer.write(second).unwrap();
                writer.finish().unwrap();
                let mut file = File::open(&path, form).unwrap();
                assert_eq!(file.dims(), dims);
                assert_eq!(file.read(u64::MAX).unwrap(), bytes[..count * dtype.bytes()], "{form:?}");
            }
        }
        let missing = Writer::new(&path, Form::plain(DType::I8), &[2]).unwrap();
        assert!(missing.finish().is_err());
    }
}
