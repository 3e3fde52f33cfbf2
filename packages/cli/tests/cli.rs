//! The binary as a user runs it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

fn tequio(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tequio")).args(arguments).output().unwrap()
}

fn digits(file: &str) -> String {
    format!("{}/models/digits/{file}", env!("CARGO_MANIFEST_DIR"))
}

fn demo(arguments: &[&str]) -> Value {
    let output = tequio(&[&["demo", "--json"], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What it says on standard error when it refuses.
fn refusal(arguments: &[&str]) -> String {
    let output = tequio(arguments);
    assert!(!output.status.success(), "{arguments:?} was accepted");
    String::from_utf8(output.stderr).unwrap()
}

fn write_npy(path: &Path, dtype: &str, shape: &str, bytes: &[u8]) {
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

fn folder() -> (tempfile::TempDir, impl Fn(&str) -> PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_path_buf();
    (folder, move |name: &str| path.join(name))
}

#[test]
fn the_demo_tells_its_story() {
    let report = demo(&[]);
    let states: Vec<(&str, &str)> = report["assignments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|assignment| (assignment["provider"].as_str().unwrap(), assignment["state"].as_str().unwrap()))
        .collect();
    for ending in [("lazy-1", "slashed"), ("replay-1", "slashed"), ("copier-1", "lapsed"), ("vanish-1", "absent")] {
        assert!(states.contains(&ending), "{ending:?} is not among {states:?}");
    }
    assert!(states.iter().all(|(name, state)| !name.starts_with("honest") || *state == "settled"), "{states:?}");
    for job in report["jobs"].as_array().unwrap() {
        assert_eq!(job["settled"], job["shards"]);
    }
    assert!(report["accuracy"]["right"].as_u64().unwrap() * 100 >= 96 * report["accuracy"]["items"].as_u64().unwrap());
    assert_eq!(report["accuracy"]["items"], 360);
    assert_eq!(report["broken"], Value::Array(vec![]));
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let [first, again, other] = ["7", "7", "8"].map(|seed| demo(&["--seed", seed, "--draws", "16"]));
    assert_eq!(first, again);
    assert_ne!(first["providers"], other["providers"]);
}

#[test]
fn with_few_draws_the_report_names_who_got_away_and_how_likely_that_was() {
    let away: Vec<Value> = ["1", "2", "3"]
        .iter()
        .flat_map(|seed| {
            let report = demo(&["--draws", "1", "--seed", seed, "--providers", "honest=1,lazy=2"]);
            report["undetected"].as_array().unwrap().clone()
        })
        .collect();
    assert!(!away.is_empty());
    assert!(away.iter().all(|away| (0.5..1.0).contains(&away["chance"].as_f64().unwrap())), "{away:?}");
}

#[test]
fn without_honest_providers_the_client_gets_its_money_back() {
    let report = demo(&["--providers", "vanish=1,copier=1"]);
    let job = &report["jobs"][0];
    assert_eq!((job["settled"].as_u64(), job["refunded"].as_u64()), (Some(0), job["shards"].as_u64()));
}

#[test]
fn a_program_runs_as_the_reference_says() {
    let (_keep, path) = folder();
    let outputs = path("y.npy");
    let run = ["program", "run", &digits("digits.tosa"), "--inputs", &digits("test_inputs.npy"), "--outputs"];
    let output = tequio(&[&run[..], &[outputs.to_str().unwrap()]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // Written by the training script from the TOSA reference model's outputs; only the headers may differ.
    let (ours, reference) = (fs::read(outputs).unwrap(), fs::read(digits("expected_outputs.npy")).unwrap());
    assert_eq!(ours[ours.len() - 3600..], reference[reference.len() - 3600..]);
}

#[test]
fn check_agrees_on_every_element_and_stays_below_its_bound() {
    let output = tequio(&["program", "check", &digits("digits.tosa"), "--rounds", "3", "--draws", "24"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("72 of 72 drawn elements agreed"), "{text}");
    let numbers: Vec<u64> = text.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect();
    let [.., longest, bound] = numbers[..] else { panic!("{text}") };
    assert!(longest <= bound, "{text}");
}

#[test]
fn the_plan_in_the_repository_is_the_one_that_the_compiler_proposes_for_these_inputs() {
    let (_keep, path) = folder();
    let plan = path("plan.json");
    let (program, inputs, output) = (digits("digits.tosa"), digits("test_inputs.npy"), plan.to_str().unwrap());
    let output = tequio(&["program", "plan", &program, "--inputs", &inputs, "--output", output]);
    assert!(output.status.success());
    assert_eq!(fs::read(plan).unwrap(), fs::read(digits("digits.plan.json")).unwrap());
}

#[test]
fn what_is_not_a_program_is_refused() {
    let (_keep, path) = folder();
    let program = fs::read(digits("digits.tosa")).unwrap();
    for len in [0, 7, program.len() / 2, program.len() * 9 / 10] {
        fs::write(path("cut.tosa"), &program[..len]).unwrap();
        refusal(&["program", "show", path("cut.tosa").to_str().unwrap()]);
    }
    assert!(refusal(&["program", "show", "nowhere.tosa"]).contains("cannot read nowhere.tosa"));
}

#[test]
fn inputs_that_do_not_fit_are_refused_before_anything_is_posted() {
    let (_keep, path) = folder();
    let program = digits("digits.tosa");
    let refused = |inputs: &str| refusal(&["demo", "--program", &program, "--inputs", inputs]);
    let file = path("x.npy");
    let file = file.to_str().unwrap();
    write_npy(Path::new(file), "<i2", "(1, 8, 8, 1)", &[0; 128]);
    assert!(refused(file).contains("it holds elements of type <i2 where the program takes |i1"), "{}", refused(file));
    write_npy(Path::new(file), "|i1", "(1, 8, 9, 1)", &[0; 72]);
    assert!(refused(file).contains("has shape [1, 8, 9, 1]"), "{}", refused(file));
    write_npy(Path::new(file), "|i1", "(2, 8, 8, 1)", &[0; 64]);
    refused(file);
    write_npy(Path::new(file), "|i1", "(0, 8, 8, 1)", &[]);
    assert!(refused(file).contains("no items"), "{}", refused(file));
    assert!(refused("TosaInput_9=x.npy").contains("the program has inputs TosaInput_0, not TosaInput_9"));
}

#[test]
fn a_cast_that_makes_no_sense_is_refused() {
    assert!(refusal(&["demo", "--providers", "clever=1"]).contains("no role \"clever\""));
    assert!(refusal(&["demo", "--draws", "0"]).contains("0 is not in 1..=512"));
}
