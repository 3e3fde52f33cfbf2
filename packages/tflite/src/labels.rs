//! Names of classes, in the archive that is appended to a file.

use std::io::{Cursor, Read};

use zip::ZipArchive;

/// Longest list, bytes.
const MAX_LABELS: u64 = 4 << 20;
/// How an archive's end begins, and how far it is from the file's at most.
const END: &[u8] = b"PK\x05\x06";
const LONGEST_END: usize = 22 + 0xffff;

/// The names in a list: a line for each class.
pub fn names(list: &str) -> Vec<String> {
    list.lines().map(|line| line.trim().to_owned()).collect()
}

/// The names in each text file of the archive appended to a `.tflite`, where TensorFlow Lite's metadata has them. None if
/// there is no archive, or none that can be read.
pub fn labels(file: &[u8]) -> Vec<Vec<String>> {
    let tail = &file[file.len().saturating_sub(LONGEST_END)..];
    if !tail.windows(END.len()).any(|window| window == END) {
        return vec![];
    }
    let Ok(mut archive) = ZipArchive::new(Cursor::new(file)) else { return vec![] };
    let mut lists = vec![];
    for at in 0..archive.len() {
        let Ok(entry) = archive.by_index(at) else { continue };
        let is_text = entry.name().is_ok_and(|name| name.ends_with(".txt"));
        let mut text = String::new();
        if is_text && entry.take(MAX_LABELS).read_to_string(&mut text).is_ok() {
            lists.push(names(&text));
        }
    }
    lists
}
