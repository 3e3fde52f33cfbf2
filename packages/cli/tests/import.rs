//! From a `.tflite` to a program, and from floats to labels.

mod harness;

use std::{
    fs,
    path::{Path, PathBuf},
};

use harness::{command, folder, json, refusal, tequio, write_npy, write_tosa};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tequio_tflite::{Declared, Written, schema::TensorType};
use tequio_tosa::{Attribute, DType, Op};

const RELU: i32 = 19;

/// Three classes scored by max(x, 0).
fn net(batch: i32) -> Written {
    Written {
        tensors: vec![
            Declared::new("scores", TensorType::INT8, &[batch, 3]),
            Declared::new("rectified", TensorType::INT8, &[batch, 3]),
        ],
        operators: vec![(RELU, vec![0], vec![1])],
        inputs: vec![0],
        outputs: vec![1],
    }
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// The exit code and the page of an import with `tools` as the only PATH.
fn wrong(tools: &Path, arguments: &[&str]) -> (i32, String) {
    let output = command(&[&["program", "import"], arguments].concat()).env("PATH", tools).output().unwrap();
    assert!(output.stdout.is_empty(), "{arguments:?} answers though it fails");
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn what_cannot_be_imported_is_named() {
    let (keep, path) = folder();
    let model = text(&path("m.tflite"));
    let write = |change: &dyn Fn(&mut Written), batch: i32| {
        let mut net = net(batch);
        change(&mut net);
        fs::write(path("m.tflite"), net.bytes()).unwrap();
    };
    let import = |arguments: &[&str]| {
        let (code, page) = wrong(keep.path(), &[&[model.as_str()], arguments].concat());
        (code, page.replace(&format!("{}/", text(keep.path())), ""))
    };
    let cannot = |why: &str| (1, format!("error: m.tflite cannot be imported\n  why: {why}\n"));
    assert_eq!(import(&[]).1, "error: cannot read m.tflite\n  why: No such file or directory (os error 2)\n");
    fs::write(path("m.tflite"), "hello, hello").unwrap();
    assert_eq!(import(&[]), cannot("not a .tflite: no file identifier `TFL3`"));
    let whole = net(-1).bytes();
    fs::write(path("m.tflite"), &whole[..whole.len() / 2]).unwrap();
    let (code, page) = import(&["--batch", "4"]);
    assert!(code == 1 && page.contains("  why: not a valid flatbuffer: "), "{page}");

    write(&|net| net.tensors[0].ty = TensorType::FLOAT32, -1);
    let why = "input `scores` is FLOAT32: the model is not quantised to integers from end to end";
    assert_eq!(import(&["--batch", "4"]), cannot(why));
    write(&|net| net.tensors[1].ty = TensorType::FLOAT32, -1);
    assert_eq!(import(&["--batch", "4"]), cannot(&why.replace("input `scores`", "tensor `rectified`")));

    write(&|_| (), -1);
    let page =
        "error: `scores` takes any number of items, and a shard has a fixed one\n help: say how many with --batch\n";
    assert_eq!(import(&[]), (2, page.into()));
    assert_eq!(import(&["--batch", "0"]).0, 2);
    write(&|_| (), 8);
    assert_eq!(import(&["--batch", "4"]), cannot("`scores` has a batch of 8 in the file, which cannot become 4"));
    assert!(!path("m.tosa").exists() && !path("m.scales.json").exists());
}

#[test]
fn without_the_tools_it_says_how_to_get_them() {
    let (keep, path) = folder();
    fs::write(path("m.tflite"), net(-1).bytes()).unwrap();
    let (code, page) = wrong(keep.path(), &[&text(&path("m.tflite")), "--batch", "4"]);
    let missing = "tosa-converter-for-tflite is not on the PATH, nor is uvx or pipx to fetch it";
    let help = "pip install tosa-converter-for-tflite==2026.2.0 tosa-tools==2026.8.0";
    assert_eq!(code, 2, "{page}");
    assert!(page.ends_with(&format!("  why: {missing}\n help: {help}\n")), "{page}");
}

/// What a tool says goes to the user; uv and pipx are asked for the package that it is in.
#[cfg(unix)]
#[test]
fn a_tool_that_fails_is_quoted() {
    use std::os::unix::fs::PermissionsExt;
    let (keep, path) = folder();
    fs::write(path("m.tflite"), net(-1).bytes()).unwrap();
    let tool = |name: &str, script: &str| {
        fs::write(path(name), format!("#!/bin/sh\n{script}\nexit 1\n")).unwrap();
        fs::set_permissions(path(name), fs::Permissions::from_mode(0o755)).unwrap();
    };
    let failed = || {
        let (code, page) = wrong(keep.path(), &[&text(&path("m.tflite")), "--batch", "4"]);
        assert_eq!(code, 1);
        page.lines().last().unwrap().to_owned()
    };
    tool("pipx", "echo pipx $1 $2 $3 $4");
    assert_eq!(failed(), "  why: pipx run --spec tosa-converter-for-tflite==2026.2.0 tosa-converter-for-tflite");
    tool("uvx", "echo uvx $1 $2 $3");
    assert_eq!(failed(), "  why: uvx --from tosa-converter-for-tflite==2026.2.0 tosa-converter-for-tflite");
    let said = r#"loc(\"a/b\"(\"m\":0:0)): error: 'tfl.x' op has too few elements"#;
    tool("tosa-converter-for-tflite", &format!("echo \"{said}\" >&2; echo '[ERROR] Conversion failed'"));
    assert_eq!(failed(), "  why: `a/b`: 'tfl.x' op has too few elements");
    tool("tosa-converter-for-tflite", "echo; echo '[INFO] reading'; echo '[ERROR] Conversion failed'");
    assert_eq!(failed(), "  why: Conversion failed");
}

#[test]
#[ignore = "needs tosa-converter-for-tflite and tosa-tools on the PATH"]
fn a_model_becomes_a_program_with_scales_and_labels() {
    let (_keep, path) = folder();
    let model = text(&path("m.tflite"));
    let (inputs, labels, outputs) = (text(&path("x.npy")), path("labels.txt"), text(&path("y.npy")));
    fs::write(&labels, "cat\ndog\nbird\n").unwrap();
    // One item in the file, and any number of them.
    for batch in [1, -1] {
        fs::write(&model, net(batch).bytes()).unwrap();
        let shown = json(&["program", "import", &model, "--batch", "2", "--labels", &text(&labels)]);
        assert_eq!(shown, json(&["program", "show", &text(&path("m.tosa"))]));
        assert_eq!(shown["tensors"][0]["ty"], "2x3xint8");
        let floats = [0.5f32, -2.0, 0.24, -9.0, -8.0, 900.0, 0.0, 1.0, 0.75];
        write_npy(&path("x.npy"), "<f4", "(3, 3)", &floats.map(f32::to_le_bytes).concat());
        let run = ["program", "run", &text(&path("m.tosa")), "--inputs", &inputs];
        let ran = json(&[&run[..], &["--outputs", &outputs, "--floats", "--labels"]].concat());
        let [cat, bird] =
            [json!({"item": 0, "label": "cat", "score": 0.5}), json!({"item": 1, "label": "bird", "score": 62.0})];
        assert_eq!(ran["labels"], json!([cat, bird, {"item": 2, "label": "dog", "score": 1.0}]));
        assert_eq!(ran["outputs"][0]["dtype"], "<f4");
        assert_eq!(read_floats(&path("y.npy")), [0.5, 0.0, 0.0, 0.0, 0.0, 62.0, 0.0, 1.0, 1.0]);
    }
    let two = text(&path("two.txt"));
    fs::write(&two, "cat\ndog\n").unwrap();
    let page = refusal(&["program", "import", &model, "--batch", "2", "--labels", &two]);
    assert_eq!(page, format!("error: {two} has 2 labels, and no output as many classes: TosaOutput_0 2x3xint8\n"));
}

/// The nine elements of a `.npy` file of float32.
fn read_floats(path: &Path) -> [f32; 9] {
    let file = fs::read(path).unwrap();
    let floats = file[file.len() - 36..].chunks(4).map(|word| f32::from_le_bytes(word.try_into().unwrap()));
    floats.collect::<Vec<_>>().try_into().unwrap()
}

/// A program of max(x, -64) on [2, 3] int8, and what its scales are.
fn clamped(path: impl Fn(&str) -> PathBuf) -> Value {
    write_tosa(&path("m.tosa"), |program| {
        program.input("x", DType::INT8, &[2, 3]);
        let attribute = Attribute::Clamp { min: vec![192], max: vec![127] };
        program.op(Op::CLAMP, attribute, &["x"], ("y", DType::INT8, &[2, 3]));
        program.output("y");
    });
    let port = |name: &str, scale: f32, zero_point: i64| {
        let quantised = json!({"scale": scale, "zero_point": zero_point});
        json!({"name": name, "called": name, "ty": "2x3xint8", "quantised": quantised})
    };
    let mut y = port("y", 0.25, -64);
    y["labels"] = json!(["cat", "dog", "bird"]);
    let program = hex::encode(Sha256::digest(fs::read(path("m.tosa")).unwrap()));
    json!({"program": program, "inputs": [port("x", 0.5, 3)], "outputs": [y]})
}

#[test]
fn floats_go_in_and_come_out_and_the_best_label_is_told() {
    let (_keep, path) = folder();
    let scales = clamped(&path);
    fs::write(path("m.scales.json"), scales.to_string()).unwrap();
    let [program, inputs, outputs] = ["m.tosa", "x.npy", "y.npy"].map(|name| text(&path(name)));
    let run = ["program", "run", &program, "--inputs", &inputs];
    // 3, -128 and 127, -64 three times of which the first counts, then 5, 4 and 3.
    let numbers = [0.0, -1e30, f64::INFINITY, -33.5, -33.5, -40.0, 1.1, 0.25, 0.2];
    write_npy(&path("x.npy"), "<f8", "(3, 3)", &numbers.map(f64::to_le_bytes).concat());
    let ran = json(&[&run[..], &["--outputs", &outputs, "--floats", "--labels"]].concat());
    let labels = [("bird", 47.75), ("cat", 0.0), ("cat", 17.25)];
    let labels: Vec<Value> =
        (0..).zip(labels).map(|(item, (label, score))| json!({"item": item, "label": label, "score": score})).collect();
    assert_eq!(ran["labels"], json!(labels));
    assert_eq!(read_floats(&path("y.npy")), [16.75, 0.0, 47.75, 0.0, 0.0, 0.0, 17.25, 17.0, 16.75]);
    // As text there is a table, without files too; and the elements are what they are without --floats.
    let said = String::from_utf8(tequio(&[&run[..], &["--labels"]].concat()).stdout).unwrap();
    assert!(said.contains("│    0 ┆ bird  ┆ 47.75 │"), "{said}");
    let plain = json(&[&run[..], &["--outputs", &outputs]].concat());
    assert_eq!(plain["outputs"][0]["dtype"], "|i1");
    assert!(plain.get("labels").is_none());
    let elements = fs::read(path("y.npy")).unwrap();
    assert_eq!(elements[elements.len() - 9..], [3i8, -64, 127, -64, -64, -64, 5, 4, 3].map(|element| element as u8));
    // Elements are taken as they are.
    fs::copy(path("y.npy"), path("x.npy")).unwrap();
    assert!(json(&[&run[..], &["--outputs", &outputs]].concat())["outputs"].is_array());

    write_npy(&path("x.npy"), "<f4", "(1, 3)", &[0.0, 1.0, f32::NAN].map(f32::to_le_bytes).concat());
    let page = refusal(&[&run[..], &["--outputs", &text(&path("z.npy"))]].concat());
    let help = format!(
        "write it anew: numpy.save(\"{inputs}\", numpy.ascontiguousarray(array, \"|i1\")), or with \"<f4\" the"
    );
    let why = "the number NaN is none";
    let cannot =
        format!("error: {inputs} cannot be an input\n  why: {why}\n help: {help} numbers that elements stand for\n");
    assert_eq!(page, cannot);
    assert!(!path("z.npy").exists());
}

#[test]
fn unsigned_elements_are_written_as_such() {
    let (_keep, path) = folder();
    let mut scales = clamped(&path);
    for side in ["inputs", "outputs"] {
        scales[side][0]["quantised"]["unsigned"] = json!(true);
        scales[side][0]["quantised"]["zero_point"] = json!(0);
    }
    fs::write(path("m.scales.json"), scales.to_string()).unwrap();
    let [program, inputs, outputs] = ["m.tosa", "x.npy", "y.npy"].map(|name| text(&path(name)));
    write_npy(&path("x.npy"), "|u1", "(3, 3)", &[1, 2, 3, 100, 127, 200, 255, 7, 8]);
    let run = ["program", "run", &program, "--inputs", &inputs, "--outputs", &outputs];
    assert_eq!(json(&run)["outputs"][0]["dtype"], "|u1");
    json(&[&run[..], &["--floats"]].concat());
    assert_eq!(read_floats(&path("y.npy")), [0.25, 0.5, 0.75, 25.0, 31.75, 50.0, 63.75, 1.75, 2.0]);
}

#[test]
fn without_scales_floats_and_labels_are_refused() {
    let (keep, path) = folder();
    let scales = clamped(&path);
    let [program, inputs, outputs] = ["m.tosa", "x.npy", "y.npy"].map(|name| text(&path(name)));
    write_npy(&path("x.npy"), "<f4", "(1, 3)", &[0; 12]);
    let run = |arguments: &[&str]| {
        let page = refusal(&[&["program", "run", &program, "--inputs", &inputs][..], arguments].concat());
        page.replace(&format!("{}/", text(keep.path())), "")
    };
    let why = "it holds floats, <f4, where the program takes |i1, and no scale is known";
    let help = "write it anew: numpy.save(\"x.npy\", numpy.ascontiguousarray(array, \"|i1\"))";
    let unknown = &*format!("error: x.npy cannot be an input\n  why: {why}\n help: {help}\n");
    assert_eq!(run(&["--outputs", &outputs]), unknown);
    let missing = "error: no m.scales.json says what the outputs stand for\n help: `tequio program import` writes it for a .tflite\n";
    assert_eq!(run(&["--outputs", &outputs, "--floats"]), missing);
    assert_eq!(run(&["--labels"]), missing);
    // Those of another program are none.
    let with = |at: &[&str], value: Value| {
        let mut scales = scales.clone();
        *at.iter().fold(&mut scales, |inside, key| match key.parse::<usize>() {
            Ok(place) => &mut inside[place],
            Err(_) => &mut inside[*key],
        }) = value;
        fs::write(path("m.scales.json"), scales.to_string()).unwrap();
    };
    with(&["program"], json!("00"));
    let page = run(&["--outputs", &outputs]);
    assert!(page.contains("m.scales.json is of another program, and not used") && page.ends_with(unknown), "{page}");
    with(&["outputs", "0", "labels"], json!([]));
    let page = "error: no output has labels\n help: give them to `tequio program import` with --labels\n";
    assert_eq!(run(&["--labels"]), page);
    with(&["outputs", "0", "quantised"], Value::Null);
    let page = "error: output y stands for itself: it has no scale\n help: leave --floats out\n";
    assert_eq!(run(&["--outputs", &outputs, "--floats"]), page);
    // Nonsense beside the program is said at once.
    let cases: [(&[&str], Value, &str); 5] = [
        (&["outputs", "0", "labels"], json!(["cat"]), "y has 3 classes, and 1 labels"),
        (&["inputs", "0", "ty"], json!("3x3xint8"), "it has x as 3x3xint8, the program as 2x3xint8"),
        (&["inputs", "0", "quantised", "scale"], json!(0.0), "the scale of x makes no sense"),
        (&["inputs", "0", "quantised", "zero_point"], json!(500), "the scale of x makes no sense"),
        (&["outputs"], json!([]), "it has 0 outputs, the program 1"),
    ];
    for (at, value, why) in cases {
        with(at, value);
        assert_eq!(run(&["--labels"]), format!("error: the scales m.scales.json cannot be used\n  why: {why}\n"));
    }
}

/// Two items, of which 64 MiB hold one.
#[test]
fn labels_go_on_from_one_piece_of_the_inputs_to_the_next() {
    let (_keep, path) = folder();
    let length = (1 << 25) + 1;
    write_tosa(&path("m.tosa"), |program| {
        program.input("x", DType::INT8, &[1, length]);
        program.shape("start", &[0, 0]);
        program.shape("size", &[1, 3]);
        program.op(Op::SLICE, Attribute::None, &["x", "start", "size"], ("y", DType::INT8, &[1, 3]));
        program.output("y");
    });
    let x = json!({"name": "x", "called": "x", "ty": format!("1x{length}xint8")});
    let y = json!({"name": "y", "called": "y", "ty": "1x3xint8", "labels": ["cat", "dog", "bird"]});
    let program = hex::encode(Sha256::digest(fs::read(path("m.tosa")).unwrap()));
    fs::write(path("m.scales.json"), json!({"program": program, "inputs": [x], "outputs": [y]}).to_string()).unwrap();
    let mut items = vec![0; 2 * length as usize];
    (items[1], items[length as usize + 2]) = (7, 5);
    write_npy(&path("x.npy"), "|i1", &format!("(2, {length})"), &items);
    let [program, inputs] = ["m.tosa", "x.npy"].map(|name| text(&path(name)));
    let ran = json(&["program", "run", &program, "--inputs", &inputs, "--labels"]);
    let [dog, bird] =
        [json!({"item": 0, "label": "dog", "score": 7.0}), json!({"item": 1, "label": "bird", "score": 5.0})];
    assert_eq!(ran["labels"], json!([dog, bird]));
}
