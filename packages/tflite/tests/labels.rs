//! Labels are found in the archive behind a file, and nothing else is.

use std::io::{Cursor, Write};

use tequio_tflite::{labels, names};
use zip::{ZipWriter, write::SimpleFileOptions};

fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(vec![]));
    for (name, text) in files {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn lists_are_found_behind_the_model() {
    let archive = archive(&[("labels.txt", "cat\r\ndog\n"), ("notes.md", "hello"), ("more.txt", "a\nb\nc")]);
    let file = [&b"a model"[..], &archive].concat();
    assert_eq!(labels(&file), [vec!["cat", "dog"], vec!["a", "b", "c"]]);
    assert_eq!(names("cat\ndog"), ["cat", "dog"]);
}

#[test]
fn without_an_archive_there_are_none() {
    assert!(labels(b"").is_empty());
    assert!(labels(&[7; 100_000]).is_empty());
    // An end without a beginning.
    assert!(labels(b"PK\x05\x06 and so on").is_empty());
    let archive = archive(&[("labels.txt", "cat\ndog\n")]);
    for at in 0..archive.len() {
        let mut other = archive.clone();
        other[at] ^= 0xff;
        let _ = labels(&other);
    }
}
