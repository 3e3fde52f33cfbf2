//! The binary as a user runs it.

mod harness;

use std::{fs, path::Path};

use harness::{command, demo, digits, folder, json, refusal, tequio, write_npy};
use serde_json::Value;

#[test]
fn the_demo_tells_its_story() {
    let report = demo(&[]);
    let states: Vec<(&str, &str)> = report["assignments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|assignment| (assignment["provider"].as_str().unwrap(), assignment["state"].as_str().unwrap()))
        .collect();
    for ending in [
        ("lazy-1", "slashed"),
        ("replay-1", "slashed"),
        ("copier-1", "lapsed"),
        ("vanish-1", "absent"),
        ("saboteur-1", "refuted"),
    ] {
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
            let report = demo(&["--draws", "1", "--watch", "0", "--seed", seed, "--providers", "honest=1,lazy=2"]);
            report["undetected"].as_array().unwrap().clone()
        })
        .collect();
    assert!(!away.is_empty());
    assert!(away.iter().all(|away| (0.4..0.6).contains(&away["chance"].as_f64().unwrap())), "{away:?}");
}

/// One wrong value in each shard: no draw meets it, and who runs one of its shards again does.
#[test]
fn a_saboteur_is_found_by_who_watches_and_by_nobody_else() {
    let arguments = |watch| ["--draws", "8", "--watch", watch, "--providers", "honest=1,saboteur=1"];
    let states = |report: &Value| -> Vec<String> {
        let assignments = report["assignments"].as_array().unwrap().clone();
        let of = |assignment: &Value| assignment["provider"] == "saboteur-1";
        assignments.iter().filter(|one| of(one)).map(|one| one["state"].as_str().unwrap().into()).collect()
    };
    let watched = demo(&arguments("1"));
    assert_eq!(states(&watched), ["refuted"]);
    assert_eq!((watched["watched"]["refuted"].as_u64(), &watched["undetected"]), (Some(1), &Value::Array(vec![])));
    let alone = demo(&arguments("0"));
    assert!(states(&alone).iter().all(|state| state == "settled"), "{alone}");
    assert!(!alone["undetected"].as_array().unwrap().is_empty());
    assert_eq!(alone["watched"]["again"], 0);
    assert_eq!((&watched["broken"], &alone["broken"]), (&Value::Array(vec![]), &Value::Array(vec![])));
}

#[test]
fn without_honest_providers_the_client_gets_its_money_back() {
    let report = demo(&["--providers", "vanish=1,copier=1"]);
    let job = &report["jobs"][0];
    assert_eq!((job["settled"].as_u64(), job["refunded"].as_u64()), (Some(0), job["shards"].as_u64()));
}

#[test]
fn where_nothing_is_settled_nothing_is_proven() {
    let output = tequio(&["demo", "--providers", "vanish=1,lazy=1"]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let last = text.lines().last().unwrap();
    let said =
        "Nothing was settled, so nothing is proven and nobody was paid: 1 absent, 1 slashed; 98 shards refunded.";
    assert_eq!(last, said);
    assert!(!text.contains("Proven"), "{text}");
    assert!(!text.contains("digits read right"), "{text}");
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

#[test]
fn every_command_answers_in_json() {
    let (_keep, path) = folder();
    let (program, inputs) = (digits("digits.tosa"), digits("test_inputs.npy"));
    let (y, plan) = (path("y.npy"), path("plan.json"));
    let (y, plan) = (y.to_str().unwrap(), plan.to_str().unwrap());
    let shown = json(&["program", "show", &program]);
    assert_eq!(shown["program_id"].as_str().unwrap().len(), 64);
    assert!(shown["tensors"].as_array().unwrap().len() > 20);
    let ran = json(&["program", "run", &program, "--inputs", &inputs, "--outputs", y]);
    assert_eq!(ran["outputs"][0]["shape"], serde_json::json!([360, 10]));
    assert_eq!(ran["outputs"][0]["file"], y);
    let checked = json(&["program", "check", &program, "--rounds", "2", "--draws", "8"]);
    assert_eq!((checked["elements"].as_u64(), checked["shards"].as_u64()), (Some(16), Some(4)));
    assert!(checked["longest"].as_u64() <= checked["bound"].as_u64());
    assert_eq!(json(&["program", "plan", &program, "--output", plan])["plan"], plan);
    assert_eq!(json(&["config", "show"])["threads"]["value"], 0);
}

#[test]
fn the_text_says_what_the_json_says() {
    let program = digits("digits.tosa");
    let (text, shown) = (tequio(&["program", "show", &program]).stdout, json(&["program", "show", &program]));
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains(shown["program_id"].as_str().unwrap()), "{text}");
    assert!(text.contains(&format!("committed    {} bytes a shard", shown["committed_bytes"])), "{text}");
    // Files are written; there is nothing to say.
    let (_keep, path) = folder();
    let (y, inputs) = (path("y.npy"), digits("test_inputs.npy"));
    let output = tequio(&["program", "run", &program, "--inputs", &inputs, "--outputs", y.to_str().unwrap()]);
    assert!(output.stdout.is_empty() && output.stderr.is_empty());
}

#[test]
fn exit_codes_tell_failures_from_wrong_use() {
    let (_keep, path) = folder();
    let (program, inputs) = (digits("digits.tosa"), digits("test_inputs.npy"));
    let y = path("y.npy");
    let y = y.to_str().unwrap();
    let code = |arguments: &[&str]| tequio(arguments).status.code();
    assert_eq!(code(&["--version"]), Some(0));
    assert_eq!(code(&["program", "show", &program]), Some(0));
    for failure in [
        &["program", "show", "nowhere.tosa"][..],
        &["program", "run", &program, "--inputs", "nowhere.npy", "--outputs", y],
        &["program", "plan", &program, "--output", "/nowhere/plan.json"],
    ] {
        assert_eq!(code(failure), Some(1), "{failure:?}");
    }
    for usage in [
        &[][..],
        &["demonstrate"],
        &["program", "run", &program],
        &["program", "run", &program, "--inputs", "x=nowhere.npy", "--outputs", y],
        &["program", "run", &program, "--inputs", &inputs, &inputs, "--outputs", y],
        &["program", "run", &program, "--inputs", &inputs, "--outputs", y, y],
        &["demo", "--draws", "0"],
        &["--quiet", "--verbose", "demo"],
        &["--threads", "many", "demo"],
        &["--color", "blue", "demo"],
        &["--log", "a=b=c", "config", "show"],
        &["--config", "nowhere.toml", "config", "show"],
    ] {
        assert_eq!(code(usage), Some(2), "{usage:?}");
    }
}

#[test]
fn a_refusal_says_what_why_and_what_to_do() {
    let program = digits("digits.tosa");
    let page = refusal(&["program", "show", "nowhere.tosa"]);
    assert_eq!(page, "error: cannot read nowhere.tosa\n  why: No such file or directory (os error 2)\n");
    let page = refusal(&["program", "run", &program, "--inputs", "x=y", "--outputs", "z"]);
    assert_eq!(
        page,
        "error: the program has inputs TosaInput_0, not x\n help: give each as NAME=FILE: TosaInput_0=…\n"
    );
}

#[test]
fn a_stronger_source_of_settings_wins() {
    let (_keep, path) = folder();
    let (user, here) = (path("config"), path("here"));
    fs::create_dir_all(user.join("tequio")).unwrap();
    fs::create_dir_all(here.join("below")).unwrap();
    let show = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = command(&[&["config", "show", "--json"], arguments].concat());
        command.env("XDG_CONFIG_HOME", &user).current_dir(here.join("below")).envs(variables.iter().copied());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let settings: Value = serde_json::from_slice(&output.stdout).unwrap();
        let set = |name: &str| {
            let from = settings[name]["from"].as_str().unwrap().rsplit('/').take(2).collect::<Vec<_>>();
            (settings[name]["value"].to_string(), from.into_iter().rev().collect::<Vec<_>>().join("/"))
        };
        (set("threads"), set("log"))
    };
    let is = |value: &str, from: &str| (value.to_owned(), from.to_owned());
    let default_log = is("\"warn,tequio=info\"", "default");
    assert_eq!(show(&[], &[]), (is("0", "default"), default_log.clone()));
    fs::write(user.join("tequio/tequio.toml"), "threads = 1\nlog = \"warn\"\n").unwrap();
    let of_user = is("\"warn\"", "tequio/tequio.toml");
    assert_eq!(show(&[], &[]), (is("1", "tequio/tequio.toml"), of_user.clone()));
    fs::write(here.join("tequio.toml"), "threads = 2\n").unwrap();
    assert_eq!(show(&[], &[]).0, is("2", "here/tequio.toml"));
    assert_eq!(show(&[], &[]).1, of_user);
    assert_eq!(show(&[], &[("RUST_LOG", "error")]).1, is("\"error\"", "RUST_LOG"));
    let both = [("RUST_LOG", "error"), ("TEQUIO_LOG", "off"), ("TEQUIO_THREADS", "3")];
    assert_eq!(show(&[], &both), (is("3", "TEQUIO_THREADS"), is("\"off\"", "TEQUIO_LOG")));
    assert_eq!(show(&["--threads", "4", "--log", "warn"], &both), (is("4", "flags"), is("\"warn\"", "flags")));
    assert_eq!(show(&["-v"], &both).1.1, "flags");
    // A file that is named takes the place of the one that is found.
    let named = path("named.toml");
    fs::write(&named, "log = \"warn\"\n").unwrap();
    assert_eq!(show(&["--config", named.to_str().unwrap()], &[]).0, is("1", "tequio/tequio.toml"));
    for wrong in ["thread = 2\n", "threads = \"two\"\n", "color = \"blue\"\n", "threads\n"] {
        fs::write(&named, wrong).unwrap();
        let output = command(&["--config", named.to_str().unwrap(), "config", "show"]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{wrong}");
        assert!(String::from_utf8(output.stderr).unwrap().contains("named.toml"), "{wrong}");
    }
}

#[test]
fn logs_go_to_standard_error_as_far_as_the_filter_lets_them() {
    let said =
        |arguments: &[&str]| String::from_utf8(tequio(&[&["config", "show"], arguments].concat()).stderr).unwrap();
    assert_eq!(said(&[]), "");
    assert!(said(&["-v"]).contains("DEBUG settings"));
    assert!(said(&["--log", "debug"]).contains("DEBUG settings"));
    assert!(said(&["-v", "--color", "always"]).contains("\x1b["));
    assert!(!said(&["-v", "--color", "never"]).contains("\x1b["));
    assert_eq!(said(&["-q"]), "");
}

#[test]
fn the_digits_withstand_what_is_mounted_on_them() {
    let (program, inputs) = (digits("digits.tosa"), digits("test_inputs.npy"));
    let report = json(&["program", "attack", &program, "--inputs", &inputs]);
    let ratios: Vec<f64> =
        report["cheats"].as_array().unwrap().iter().map(|cheat| cheat["ratio"].as_f64().unwrap()).collect();
    assert!(ratios.is_sorted_by(|one, next| one >= next), "{ratios:?}");
    assert!(*ratios.last().unwrap() >= report["least"].as_f64().unwrap());
    assert!(report["tried"].as_u64().unwrap() >= 40);
}

/// A plan that says that nothing is ever equal, and nothing guessed.
#[test]
fn a_plan_that_promises_too_much_is_found_out() {
    let (_keep, path) = folder();
    let mut plan: Value = serde_json::from_slice(&fs::read(digits("digits.plan.json")).unwrap()).unwrap();
    plan["gamma"] = 0.into();
    plan["committed"].as_array_mut().unwrap().iter_mut().for_each(|commit| commit["s"] = 0.into());
    let rates = plan["scenarios"][0]["rates"].as_array_mut().unwrap();
    rates.iter_mut().for_each(|rate| *rate = 0.into());
    fs::write(path("kind.json"), plan.to_string()).unwrap();
    let (program, inputs, plan) = (digits("digits.tosa"), digits("test_inputs.npy"), path("kind.json"));
    let arguments = ["program", "attack", &program, "--plan", plan.to_str().unwrap(), "--inputs", &inputs];
    let output = tequio(&arguments);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("\n`guess") && text.contains("broken: that is more than 0.5 %"), "{text}");
}
