//! The binary, and files for it.
#![allow(dead_code, reason = "no test uses all of it")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tequio_tosa::Program;

/// The binary with settings of its own: none but those that the test makes.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tequio"));
    command.args(arguments).env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR")).env_remove("RUST_LOG");
    for setting in ["LOG", "THREADS", "COLOR", "PROGRESS"] {
        command.env_remove(format!("TEQUIO_{setting}"));
    }
    command
}

pub fn tequio(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

pub fn digits(file: &str) -> String {
    format!("{}/../models/digits/{file}", env!("CARGO_MANIFEST_DIR"))
}

pub fn demo(arguments: &[&str]) -> Value {
    let output = tequio(&[&["demo", "--json"], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What it says on standard error when it refuses.
pub fn refusal(arguments: &[&str]) -> String {
    let output = tequio(arguments);
    assert!(!output.status.success(), "{arguments:?} was accepted");
    assert!(output.stdout.is_empty(), "{arguments:?} answers though it fails");
    String::from_utf8(output.stderr).unwrap()
}

/// What it answers, as JSON.
pub fn json(arguments: &[&str]) -> Value {
    let output = tequio(&[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

pub fn write_npy(path: &Path, dtype: &str, shape: &str, bytes: &[u8]) {
    let mut header = format!("{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}");
    while (header.len() + 11) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(bytes);
    fs::write(path, file).unwrap();
}

pub fn folder() -> (tempfile::TempDir, impl Fn(&str) -> PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_path_buf();
    (folder, move |name: &str| path.join(name))
}

/// Writes a program.
pub fn write_tosa(path: &Path, build: impl Fn(&mut Program)) {
    let mut program = Program::default();
    program.scalars();
    build(&mut program);
    fs::write(path, program.bytes()).unwrap();
}

/// The elements of a `.npy` file of int32 that hold `count`.
pub fn read_words(path: &Path, count: usize) -> Vec<i32> {
    let file = fs::read(path).unwrap();
    let words = file[file.len() - 4 * count..].chunks(4);
    words.map(|word| i32::from_le_bytes(word.try_into().unwrap())).collect()
}

/// Elements as a `.npy` file holds them.
pub fn words(values: &[i32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}
