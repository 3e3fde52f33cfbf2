//! Running takes every program that loads; planning and posting ask for more.

mod harness;

use std::{fs, path::Path};

use harness::{demo, digits, folder, json, read_words, refusal, tequio, words, write_npy, write_tosa};
use serde_json::{Value, json};
use tequio_tosa::{Attribute, DType, Op, Program};

/// |x| of an input of these lengths.
fn magnitude(program: &mut Program, shape: &[i32]) {
    program.input("x", DType::INT32, shape);
    program.op(Op::ABS, Attribute::None, &["x"], ("y", DType::INT32, shape));
    program.output("y");
}

/// x + y of inputs that don't begin with the same axis.
fn sum(program: &mut Program) {
    program.input("x", DType::INT32, &[2, 3]);
    program.input("y", DType::INT32, &[1, 3]);
    program.op(Op::ADD, Attribute::None, &["x", "y"], ("z", DType::INT32, &[2, 3]));
    program.output("z");
}

/// The same elements each time.
fn constant(program: &mut Program) {
    program.constant("x", DType::INT32, &[2], words(&[-7, 8]));
    program.op(Op::ABS, Attribute::None, &["x"], ("y", DType::INT32, &[2]));
    program.output("y");
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// The shape of the first output.
fn run(program: &Path, inputs: &[String], outputs: &[&Path]) -> Value {
    let (program, outputs): (_, Vec<_>) = (text(program), outputs.iter().map(|path| text(path)).collect());
    let mut arguments = vec!["program", "run", &program, "--outputs"];
    arguments.extend(outputs.iter().map(String::as_str));
    if !inputs.is_empty() {
        arguments.push("--inputs");
        arguments.extend(inputs.iter().map(String::as_str));
    }
    json(&arguments)["outputs"][0]["shape"].clone()
}

#[test]
fn a_program_without_inputs_runs_once() {
    let (_keep, path) = folder();
    write_tosa(&path("m.tosa"), constant);
    assert_eq!(run(&path("m.tosa"), &[], &[&path("y.npy")]), json!([2]));
    assert_eq!(read_words(&path("y.npy"), 2), [7, 8]);
}

#[test]
fn a_tensor_of_rank_0_is_one_element() {
    let (_keep, path) = folder();
    write_tosa(&path("m.tosa"), |program| magnitude(program, &[]));
    write_npy(&path("x.npy"), "<i4", "()", &words(&[-5]));
    assert_eq!(run(&path("m.tosa"), &[text(&path("x.npy"))], &[&path("y.npy")]), json!([]));
    assert_eq!(read_words(&path("y.npy"), 1), [5]);
}

#[test]
fn inputs_may_begin_with_different_axes() {
    let (_keep, path) = folder();
    write_tosa(&path("m.tosa"), sum);
    write_npy(&path("x.npy"), "<i4", "(2, 3)", &words(&[0, 1, 2, 3, 4, 5]));
    write_npy(&path("y.npy"), "<i4", "(1, 3)", &words(&[10, 20, 30]));
    let inputs = ["x", "y"].map(|name| format!("{name}={}", text(&path(&format!("{name}.npy")))));
    assert_eq!(run(&path("m.tosa"), &inputs, &[&path("z.npy")]), json!([2, 3]));
    assert_eq!(read_words(&path("z.npy"), 6), [10, 21, 32, 13, 24, 35]);
    // Without items there is nothing to have more of.
    let program = text(&path("m.tosa"));
    let page = refusal(&[
        "program",
        "run",
        &program,
        "--inputs",
        &inputs[0],
        &inputs[1].replace("y.npy", "x.npy"),
        "--outputs",
        "z",
    ]);
    assert_eq!(page, "error: input y has shape [2, 3] where the program takes [1, 3]\n");
}

#[test]
fn an_output_that_does_not_begin_with_the_items_is_there_for_every_shard() {
    let (_keep, path) = folder();
    write_tosa(&path("m.tosa"), |program| {
        program.input("x", DType::INT32, &[2]);
        program.op(Op::REDUCE_SUM, Attribute::Axis(0), &["x"], ("sum", DType::INT32, &[1]));
        program.shape("flat", &[]);
        program.op(Op::RESHAPE, Attribute::None, &["sum", "flat"], ("scalar", DType::INT32, &[]));
        program.output("scalar");
        program.output("sum");
    });
    write_npy(&path("x.npy"), "<i4", "(5,)", &words(&[1, 2, 3, 4, 5]));
    let outputs = [path("scalar.npy"), path("sum.npy")];
    assert_eq!(run(&path("m.tosa"), &[text(&path("x.npy"))], &[&outputs[0], &outputs[1]]), json!([3]));
    for output in outputs {
        assert_eq!(read_words(&output, 3), [3, 7, 5]);
    }
}

#[test]
fn a_job_is_cut_along_the_axis_that_all_inputs_begin_with() {
    let (_keep, path) = folder();
    let program = path("m.tosa");
    let refused = || refusal(&["demo", "--program", &text(&program), "--inputs", "nowhere.npy"]);
    write_tosa(&program, constant);
    assert!(refused().contains("m.tosa cannot be posted\n  why: it has no inputs"), "{}", refused());
    write_tosa(&program, sum);
    assert!(refused().contains("begin with the same axis, the items: x 2x3xint32, y 1x3xint32\n"), "{}", refused());
    write_tosa(&program, |program| magnitude(program, &[]));
    assert!(refused().contains("begin with the same axis, the items: x int32\n"), "{}", refused());
    // That was said before anything was planned.
    assert!(!path("m.plan.json").exists());
    write_tosa(&program, |program| magnitude(program, &[2]));
    assert!(refused().contains("cannot read nowhere.npy"), "{}", refused());
}

#[test]
fn what_has_no_batch_can_be_checked_all_the_same() {
    let (_keep, path) = folder();
    write_tosa(&path("m.tosa"), sum);
    let checked = json(&["program", "check", &text(&path("m.tosa")), "--rounds", "2", "--draws", "8"]);
    assert_eq!(checked["elements"], 16);
}

#[test]
fn a_plan_is_kept_beside_its_program_and_running_makes_none() {
    let (_keep, path) = folder();
    let (program, plan) = (path("m.tosa"), path("m.plan.json"));
    write_tosa(&program, |program| magnitude(program, &[2]));
    write_npy(&path("x.npy"), "<i4", "(2,)", &words(&[1, -2]));
    run(&program, &[text(&path("x.npy"))], &[&path("y.npy")]);
    assert!(!plan.exists());
    // Nor does it look at what is there.
    fs::write(&plan, "no plan").unwrap();
    run(&program, &[text(&path("x.npy"))], &[&path("y.npy")]);
    fs::remove_file(&plan).unwrap();

    let show = || tequio(&["program", "show", &text(&program), "--log", "debug"]);
    let said = |output: &std::process::Output| String::from_utf8_lossy(&output.stderr).contains("the plan is kept in");
    let first = show();
    assert!(said(&first) && plan.exists());
    let again = show();
    assert!(!said(&again));
    assert_eq!(first.stdout, again.stdout);
    // Another program of this name is planned anew, and says so.
    write_tosa(&program, |program| magnitude(program, &[3]));
    assert!(said(&show()));
    assert!(!said(&show()));
}

/// The rates of a job are measured on its own inputs, whether its program was planned before or not.
#[test]
fn a_kept_plan_is_not_taken_for_a_users() {
    let (_keep, path) = folder();
    let program = path("digits.tosa");
    fs::copy(digits("digits.tosa"), &program).unwrap();
    let images = fs::read(digits("test_inputs.npy")).unwrap();
    write_npy(&path("x.npy"), "|i1", "(32, 8, 8, 1)", &images[images.len() - 32 * 64..]);
    let (program, inputs) = (text(&program), text(&path("x.npy")));
    let arguments = ["--program", &program, "--inputs", &inputs, "--providers", "honest=1", "--draws", "4"];
    let first = demo(&arguments);
    assert!(path("digits.plan.json").exists());
    assert_eq!(demo(&arguments), first);
}
