//! `tequio key`: what it keeps, what it shows and what it never does.

mod harness;

use std::{
    io::Write,
    path::Path,
    process::{Output, Stdio},
};

use harness::command;
use serde_json::Value;

const WORDS: &str = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
const ADDRESS: &str = "wasm19rl4cm2hmr8afy4kldpxz3fka4jguq0akuugk7";

/// A command about the keys in `home`, with these lines on its standard input.
fn key(home: &Path, arguments: &[&str], lines: &str) -> Output {
    let mut command = command(&[&["key"], arguments].concat());
    command.env("TEQUIO_HOME", home).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn answer(output: Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refusal(output: Output) -> String {
    assert!(!output.status.success() && output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn new_words_are_shown_once_and_recover_the_key() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let added = answer(key(home, &["add", "alice", "--json"], "correct horse\n"));
    let words = added["mnemonic"].as_str().unwrap();
    assert_eq!(words.split(' ').count(), 24);
    let shown = key(home, &["show", "alice", "--json", "-vv"], "correct horse\n");
    let said = String::from_utf8_lossy(&[&shown.stdout[..], &shown.stderr].concat()).into_owned();
    let mut pairs = words.split(' ').zip(words.split(' ').skip(1));
    assert!(pairs.all(|(one, other)| !said.contains(&format!("{one} {other}"))));
    assert_eq!(answer(shown)["address"], added["address"]);

    let recovered = answer(key(home, &["add", "again", "--recover", "--json"], &format!("correct horse\n{words}\n")));
    assert_eq!(recovered["address"], added["address"]);
    assert!(recovered.get("words").is_none());
    let other = ["add", "other", "--recover", "--hd-path", "m/44'/118'/0'/0/1", "--json"];
    let other = answer(key(home, &other, &format!("correct horse\n{words}\n")));
    assert_ne!(other["address"], added["address"]);
    let path = ["add", "path", "--recover", "--hd-path", "m/44'/118'/0'/0/1", "--json"];
    assert_eq!(answer(key(home, &path, &format!("correct horse\n{words}\n")))["address"], other["address"]);
    assert_eq!(answer(key(home, &["list", "--json"], "correct horse\n")).as_array().unwrap().len(), 4);
}

#[test]
fn a_secret_is_imported_from_standard_input() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let secret = "c4a48e2fce1481cd3294b4490f6678090ea98d3d0e5cd984558ab0968741b104";
    let added = answer(key(home, &["add", "words", "--recover", "--keyring", "test", "--json"], WORDS));
    assert_eq!(added["address"], ADDRESS);
    let imported = answer(key(home, &["import", "hex", "--keyring", "test", "--json"], secret));
    assert_eq!(imported["address"], ADDRESS, "BIP-44 of these words has this secret");
    for wrong in ["", "c4a4", "not hex", &"00".repeat(32)] {
        let said = refusal(key(home, &["import", "wrong", "--keyring", "test"], wrong));
        assert!(said.contains("no secp256k1 key"), "{said}");
        assert!(wrong.is_empty() || !said.contains(wrong));
    }
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    assert!(refusal(key(home, &["add", "alice"], "short\n")).contains("at least 8 characters"));
    answer(key(home, &["add", "alice", "--json"], "correct horse\n"));
    let before = answer(key(home, &["list", "--json"], "correct horse\n"));
    for (arguments, lines, why) in [
        (&["add", "alice"][..], "correct horse\n", "there is a key alice already"),
        (&["import", "alice"], "correct horse\n", "no secp256k1 key"),
        (&["add", "../alice"], "correct horse\n", "not a name of a key"),
        (&["add", "bob"], "wrong horse\n", "the password is wrong"),
        (&["show", "alice"], "", "the password is wrong"),
        (&["show", "bob"], "correct horse\n", "there is no key bob"),
        (&["remove", "bob", "--yes"], "correct horse\n", "there is no key bob"),
        (&["remove", "alice"], "correct horse\n", "nobody is here to say yes"),
        (&["add", "bob", "--recover"], "correct horse\nabandon about\n", "no BIP-39 words"),
        (&["add", "bob", "--recover"], "correct horse\n", "no BIP-39 words"),
        (&["add", "bob", "--hd-path", "44/118"], "correct horse\n", "not a derivation path"),
        (&["add", "bob", WORDS], "correct horse\n", "unexpected argument"),
    ] {
        let said = refusal(key(home, arguments, lines));
        assert!(said.contains(why), "{arguments:?}: {said}");
    }
    assert_eq!(answer(key(home, &["list", "--json"], "correct horse\n")), before);
    answer(key(home, &["remove", "alice", "--yes", "--json"], "correct horse\n"));
    assert_eq!(answer(key(home, &["list", "--json"], "correct horse\n")), serde_json::json!([]));
}
