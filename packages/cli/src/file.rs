//! Files: read up to a limit, and written so that each appears under its name once it is whole.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, ErrorKind, Read, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Error, Result, ensure};
use serde::Serialize;

use crate::failure::Advised;

/// Reads a file of at most so many bytes.
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>> {
    let cannot = || format!("cannot read {}", path.display());
    let (mut bytes, file) = (vec![], File::open(path).with_context(cannot)?);
    // One more shows that there are more, of a device too.
    file.take(most + 1).read_to_end(&mut bytes).with_context(cannot)?;
    ensure!(bytes.len() as u64 <= most, "{} has more than {most} bytes, which no such file has", path.display());
    Ok(bytes)
}

/// A file in the making, beside the one that it becomes: in `NAME.part`, which goes if it is not finished.
pub struct Unfinished {
    /// As the user names it.
    path: PathBuf,
    file: BufWriter<File>,
    /// Where it is and where it goes; nowhere if `path` is a device or a pipe, which is written to as it is.
    moves: Option<Move>,
}

struct Move {
    from: PathBuf,
    to: PathBuf,
}

impl Drop for Move {
    fn drop(&mut self) {
        // Nothing is there once it was moved. That it cannot be removed adds nothing to why it is not finished.
        let _ = fs::remove_file(&self.from);
    }
}

impl Unfinished {
    pub fn new(path: &Path) -> Result<Self> {
        Self::create(path).map_err(|error| cannot_write(path, error))
    }

    fn create(path: &Path) -> io::Result<Self> {
        let (file, moves) = match OpenOptions::new().write(true).open(path) {
            Ok(there) if !there.metadata()?.is_file() => (there, None),
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {
                // A link leads where it led before.
                let to = path.canonicalize().unwrap_or_else(|_| path.into());
                let mut from = to.clone().into_os_string();
                from.push(".part");
                (File::create(&from)?, Some(Move { from: from.into(), to }))
            }
        };
        Ok(Self { path: path.into(), file: BufWriter::with_capacity(1 << 16, file), moves })
    }

    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(|error| cannot_write(&self.path, error))
    }

    /// Gives the file its name.
    pub fn finish(mut self) -> Result<()> {
        self.put().map_err(|error| cannot_write(&self.path, error))
    }

    fn put(&mut self) -> io::Result<()> {
        self.file.flush()?;
        let Some(Move { from, to }) = &self.moves else { return Ok(()) };
        // Some file systems say only now that they are full.
        self.file.get_ref().sync_data()?;
        fs::rename(from, to)
    }
}

/// Writes a file, whole or not at all.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = Unfinished::new(path)?;
    file.write(bytes)?;
    file.finish()
}

/// Writes a file of JSON, whole or not at all, and the folders that it is in.
pub fn write_json(path: &Path, what: &impl Serialize) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| cannot_write(path, error))?;
    }
    write(path, (serde_json::to_string_pretty(what)? + "\n").as_bytes())
}

/// Why a file is not written, and what to do.
pub fn cannot_write(path: &Path, error: io::Error) -> Error {
    let help = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room there, or name a file elsewhere",
        ErrorKind::FileTooLarge => "raise the limit of a file's size (ulimit -f), or name a file elsewhere",
        ErrorKind::NotFound => "make its folder first, or name a file elsewhere",
        ErrorKind::IsADirectory => "name a file in it",
        _ => "name a file where you may write",
    };
    Error::from(error).context(Advised::new(format!("cannot write {}", path.display()), help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_finished_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("y");
        let names = || fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
        let mut file = Unfinished::new(&path).unwrap();
        file.write(b"half").unwrap();
        assert_eq!(names(), ["y.part"]);
        drop(file);
        assert!(names().is_empty());

        write(&path, b"old").unwrap();
        let mut file = Unfinished::new(&path).unwrap();
        file.write(b"half of the new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        drop(file);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        write(&path, b"new").unwrap();
        assert_eq!((fs::read(&path).unwrap(), names()), (b"new".to_vec(), vec!["y".into()]));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_leads_where_it_led() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("file"), "old").unwrap();
        std::os::unix::fs::symlink(path("file"), path("link")).unwrap();
        write(&path("link"), b"new").unwrap();
        assert!(path("link").is_symlink());
        assert_eq!(fs::read(path("file")).unwrap(), b"new");
    }
}
