//! Keys as wasmd reads them, and the other way round. `TEQUIO_WASMD` is where it is.

mod harness;

use std::{
    env,
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use harness::command;
use serde_json::Value;

fn told(mut command: Command, lines: &str) -> Output {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// `wasmd keys …` on the keyring in `home`.
fn wasmd(home: &Path, kept: &str, arguments: &[&str], lines: &str) -> Output {
    let mut command = Command::new(env::var("TEQUIO_WASMD").expect("TEQUIO_WASMD is not set"));
    command.arg("keys").args(arguments).args(["--output", "json", "--keyring-backend", kept]);
    command.arg("--keyring-dir").arg(home).arg("--home").arg(home.join("wasmd"));
    told(command, lines)
}

fn tequio(home: &Path, kept: &str, arguments: &[&str], lines: &str) -> Value {
    let mut command = command(&[&["key"], arguments, &["--keyring", kept, "--json"]].concat());
    command.env("TEQUIO_HOME", home);
    let output = told(command, lines);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn answer(output: Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn each_reads_what_the_other_wrote() {
    for kept in ["file", "test"] {
        let home = tempfile::tempdir().unwrap();
        let home = home.path();
        let password = if kept == "file" { "correct horse\n" } else { "" };
        let ours = tequio(home, kept, &["add", "ours"], password);
        let read = answer(wasmd(home, kept, &["show", "ours"], password));
        assert_eq!(read["address"], ours["address"]);
        // It looks keys up by address too.
        let read = answer(wasmd(home, kept, &["show", ours["address"].as_str().unwrap()], password));
        assert_eq!(read["name"], "ours");

        let theirs = answer(wasmd(home, kept, &["add", "theirs"], password));
        assert_eq!(tequio(home, kept, &["show", "theirs"], password)["address"], theirs["address"]);
        // From their words too: the same path.
        let words = format!("{password}{}\n", theirs["mnemonic"].as_str().unwrap());
        assert_eq!(tequio(home, kept, &["add", "again", "--recover"], &words)["address"], theirs["address"]);
        tequio(home, kept, &["remove", "ours", "--yes"], password);
        assert!(!wasmd(home, kept, &["show", "ours"], password).status.success());
    }
}

#[test]
fn a_keyring_that_wasmd_began_has_its_password() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let theirs = answer(wasmd(home, "file", &["add", "theirs"], "correct horse\ncorrect horse\n"));
    assert_eq!(tequio(home, "file", &["show", "theirs"], "correct horse\n")["address"], theirs["address"]);
    tequio(home, "file", &["add", "ours"], "correct horse\n");
    assert!(!wasmd(home, "file", &["show", "ours"], "wrong horse\n").status.success());
}
