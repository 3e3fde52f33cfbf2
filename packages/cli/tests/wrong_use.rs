//! What goes wrong is said in one line that names it, and the exit code says whose fault it is.

mod harness;

use std::fs;

use harness::{digits, folder, tequio, write_npy, write_tosa};
use tequio_tosa::{Attribute, DType, Op};

/// Runs it, and gives the exit code and the page on standard error, paths without their folder.
fn wrong(folder: &str, arguments: &[&str]) -> (i32, String) {
    let output = tequio(arguments);
    assert!(output.stdout.is_empty(), "{arguments:?} answers though it fails");
    let page = String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), page.replace(&format!("{folder}/"), ""))
}

#[test]
fn programs() {
    let (keep, path) = folder();
    let named = |name: &str| path(name).to_str().unwrap().to_owned();
    fs::write(path("cut.tosa"), &fs::read(digits("digits.tosa")).unwrap()[..3000]).unwrap();
    fs::write(path("text.tosa"), "hello, hello").unwrap();
    fs::write(path("empty.tosa"), "").unwrap();
    fs::create_dir(path("folder.tosa")).unwrap();
    write_tosa(&path("new.tosa"), |program| {
        program.version = (2, 0, 0, false);
        program.input("x", DType::INT8, &[3]);
        program.output("x");
    });
    write_tosa(&path("float.tosa"), |program| {
        program.input("x", DType::FP32, &[3]);
        program.output("x");
    });
    write_tosa(&path("constant.tosa"), |program| {
        program.constant("x", DType::INT8, &[2], vec![1, 2]);
        program.output("x");
    });
    write_tosa(&path("shapes.tosa"), |program| {
        program.input("x", DType::INT32, &[3]);
        program.op(Op::ABS, Attribute::None, &["x"], ("y", DType::INT32, &[4]));
        program.output("y");
    });
    fs::File::create(path("large.tosa")).unwrap().set_len(1 << 40).unwrap();
    let cannot_run = |name: &str, why: &str| format!("error: {name} is not a program that can be run\n  why: {why}\n");
    let damaged = " help: it is damaged, or of another kind: copy it again, or convert the model again\n";
    let no_tosa = |name: &str| cannot_run(name, "not a TOSA flatbuffer: no file identifier `TOSA`") + damaged;
    let large = "error: large.tosa has more than 268435456 bytes, which no such file has\n";
    let cases = [
        ("nowhere.tosa", "error: cannot read nowhere.tosa\n  why: No such file or directory (os error 2)\n".into()),
        ("folder.tosa", "error: cannot read folder.tosa\n  why: Is a directory (os error 21)\n".into()),
        ("text.tosa", no_tosa("text.tosa")),
        ("empty.tosa", no_tosa("empty.tosa")),
        ("large.tosa", large.into()),
        ("new.tosa", cannot_run("new.tosa", "TOSA version 2.0.0; 1.0.x, 1.0.x-draft and 1.1.0-draft are known")),
        ("float.tosa", cannot_run("float.tosa", "`x` is of type FP32: only integers")),
        ("shapes.tosa", cannot_run("shapes.tosa", "abs `y`: output has length 4 along axis 0, not 3")),
    ];
    let folder = keep.path().to_str().unwrap();
    for (name, page) in cases {
        let (program, y) = (named(name), named("y.npy"));
        for arguments in [
            &["program", "show"][..],
            &["program", "plan"],
            &["program", "check"],
            &["program", "run", "--outputs", &y],
        ] {
            let arguments = [&arguments[..2], &[&program], &arguments[2..]].concat();
            assert_eq!(wrong(folder, &arguments), (1, page.clone()), "{arguments:?}");
        }
        assert!(!path("y.npy").exists());
    }
    let (code, page) = wrong(folder, &["program", "show", &named("cut.tosa")]);
    let begins = "error: cut.tosa is not a program that can be run\n  why: not a valid flatbuffer: ";
    assert!(code == 1 && page.starts_with(begins) && page.ends_with(damaged) && page.lines().count() == 3, "{page}");
    let page = "error: constant.tosa cannot be planned\n  why: no inputs\n";
    assert_eq!(wrong(folder, &["program", "show", &named("constant.tosa")]), (1, page.into()));
}

#[test]
fn inputs() {
    let (keep, path) = folder();
    let named = |name: &str| path(name).to_str().unwrap().to_owned();
    let npy = |name: &str, dtype: &str, shape: &str, len: usize| write_npy(&path(name), dtype, shape, &vec![0; len]);
    npy("short.npy", "|i1", "(2, 8, 8, 1)", 100);
    npy("wide.npy", "<i2", "(1, 8, 8, 1)", 128);
    npy("shape.npy", "|i1", "(1, 8, 9, 1)", 72);
    npy("huge.npy", "|i1", "(288230376151711744, 8, 8, 1)", 64);
    npy("rank.npy", "|i1", "(8, 8)", 64);
    npy("scalar.npy", "|i1", "()", 1);
    npy("lengths.npy", "|i1", "(1, -8, 8, 1)", 64);
    npy("none.npy", "|i1", "(0, 8, 8, 1)", 0);
    fs::create_dir(path("folder.npy")).unwrap();
    fs::write(path("text.npy"), "hello, hello").unwrap();
    fs::write(path("cut.npy"), b"\x93NUMPY\x01\x00\x76\x00{'descr'").unwrap();
    let records = b"\x93NUMPY\x01\x00\x3f\x00{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (1,)}";
    fs::write(path("records.npy"), [&records[..], &[b' '; 8]].concat()).unwrap();
    let fortran = b"\x93NUMPY\x01\x00\x40\x00{'descr': '|i1', 'fortran_order': True, 'shape': (1, 8, 8, 1), }";
    fs::write(path("fortran.npy"), [&fortran[..], &[b' '; 64]].concat()).unwrap();
    npy("ends.npy", "|i1", "(2, 8, 8, 1)", 127);
    npy("follows.npy", "|i1", "(2, 8, 8, 1)", 130);
    npy("swapped.npy", ">i2", "(1, 8, 8, 1)", 128);
    npy("objects.npy", "|O", "(3,)", 40);
    let mut version = fs::read(path("follows.npy")).unwrap();
    version[6] = 9;
    fs::write(path("version.npy"), version).unwrap();
    let not_one = |name: &str, why: &str| {
        let help = format!("numpy.save(\"{name}\", numpy.ascontiguousarray(array, \"|i1\"))");
        format!("error: {name} cannot be an input\n  why: {why}\n help: write it anew: {help}\n")
    };
    let ends = |there: u64, shape: &str, all: u64| {
        format!("it ends before its last element: {there} bytes of them are there, its shape {shape} has {all}")
    };
    let shape = |shape: &str| {
        format!("error: input TosaInput_0 has shape {shape} where the program takes any number of [8, 8, 1]\n")
    };
    let cases = [
        ("nowhere.npy", "error: cannot read nowhere.npy\n  why: No such file or directory (os error 2)\n".into()),
        ("folder.npy", "error: cannot read folder.npy\n  why: Is a directory (os error 21)\n".into()),
        ("text.npy", not_one("text.npy", "it is not a .npy file")),
        ("cut.npy", not_one("cut.npy", "it ends within its header")),
        ("version.npy", not_one("version.npy", "it is a .npy file of version 9.0; 1.0, 2.0 and 3.0 are known")),
        ("swapped.npy", not_one("swapped.npy", "it holds elements of type >i2 where the program takes |i1")),
        ("objects.npy", not_one("objects.npy", "it holds Python objects")),
        ("follows.npy", not_one("follows.npy", "2 bytes follow its last element, as its shape [2, 8, 8, 1] has it")),
        ("ends.npy", not_one("ends.npy", &ends(127, "[2, 8, 8, 1]", 128))),
        ("records.npy", not_one("records.npy", "it holds records")),
        ("fortran.npy", not_one("fortran.npy", "it is in Fortran order")),
        ("lengths.npy", not_one("lengths.npy", "its header makes no sense")),
        ("short.npy", not_one("short.npy", &ends(100, "[2, 8, 8, 1]", 128))),
        ("huge.npy", not_one("huge.npy", "its shape [288230376151711744, 8, 8, 1] has more bytes than there are")),
        ("wide.npy", not_one("wide.npy", "it holds elements of type <i2 where the program takes |i1")),
        ("shape.npy", shape("[1, 8, 9, 1]")),
        ("rank.npy", shape("[8, 8]")),
        ("scalar.npy", shape("[]")),
        ("none.npy", "error: input TosaInput_0 has no items\n".into()),
    ];
    let folder = keep.path().to_str().unwrap();
    let (program, y) = (digits("digits.tosa"), named("y.npy"));
    for (name, page) in cases {
        let run = ["program", "run", &program, "--inputs", &named(name), "--outputs", &y];
        assert_eq!(wrong(folder, &run), (1, page.clone()), "{name}");
        let plan = named("plan.json");
        let others = [
            &["program", "check", &program][..],
            &["program", "plan", &program, "--output", &plan],
            &["demo", "--program", &program],
        ];
        for arguments in others {
            assert_eq!(wrong(folder, &[arguments, &["--inputs", &named(name)]].concat()), (1, page.clone()), "{name}");
        }
        assert!(!path("y.npy").exists() && !path("plan.json").exists());
    }
}

#[test]
fn an_element_that_its_type_does_not_have() {
    let (keep, path) = folder();
    write_tosa(&path("m.tosa"), |program| {
        program.input("x", DType::BOOL, &[2]);
        program.input("y", DType::INT48, &[2]);
        program.output("x");
        program.output("y");
    });
    write_npy(&path("x.npy"), "|b1", "(2,)", &[1, 2]);
    write_npy(&path("y.npy"), "<i8", "(1,)", &(1u64 << 47).to_le_bytes());
    write_npy(&path("z.npy"), "<i8", "(2,)", &[255; 16]);
    let (folder, file) = (keep.path().to_str().unwrap(), |name: &str| format!("{name}.npy"));
    let run = |x: &str, y: &str| {
        let named = |name: &str, file: &str| format!("{name}={}", path(file).to_str().unwrap());
        let (program, x, y) = (path("m.tosa"), named("x", &file(x)), named("y", &file(y)));
        wrong(folder, &["program", "run", program.to_str().unwrap(), "--outputs", "a", "b", "--inputs", &x, &y])
    };
    let page = |file: &str, dtype: &str, value: &str| {
        let help = format!("numpy.save(\"{file}\", numpy.ascontiguousarray(array, \"{dtype}\"))");
        let why = format!("the element {value} is out of range");
        (1, format!("error: {file} cannot be an input\n  why: {why}\n help: write it anew: {help}\n"))
    };
    assert_eq!(run("x", "z"), page("x.npy", "|b1", "2"));
    write_npy(&path("x.npy"), "|b1", "(2,)", &[1, 0]);
    write_npy(&path("y.npy"), "<i8", "(2,)", &[(1u64 << 47).to_le_bytes(), [0; 8]].concat());
    assert_eq!(run("x", "y"), page("y.npy", "<i8", "140737488355328"));
}

#[test]
fn names_of_inputs_and_outputs() {
    let (keep, path) = folder();
    let named = |name: &str| path(name).to_str().unwrap().to_owned();
    write_tosa(&path("two.tosa"), |program| {
        program.input("x", DType::INT32, &[2]);
        program.input("y", DType::INT32, &[2]);
        program.op(Op::ADD, Attribute::None, &["x", "y"], ("z", DType::INT32, &[2]));
        program.op(Op::SUB, Attribute::None, &["x", "y"], ("d", DType::INT32, &[2]));
        program.output("z");
        program.output("d");
    });
    write_tosa(&path("none.tosa"), |program| {
        program.constant("x", DType::INT8, &[2], vec![1, 2]);
        program.output("x");
    });
    let each = " help: give each as NAME=FILE: x=…, y=…\n";
    let (two, outputs) = (named("two.tosa"), " help: name a file for each after --outputs\n");
    let cases: [(&[&str], String); 9] = [
        (&["--inputs", "x=a", "--outputs", "z", "d"], format!("error: input y is missing\n{each}")),
        (&["--outputs", "z", "d"], format!("error: input x is missing\n{each}")),
        (&["--inputs", "x=a", "x=b", "--outputs", "z", "d"], format!("error: input x is given twice\n{each}")),
        (&["--inputs", "a", "b", "--outputs", "z", "d"], format!("error: the program has 2 inputs: x, y\n{each}")),
        (&["--inputs", "x=", "--outputs", "z", "d"], format!("error: no file is named for input x\n{each}")),
        (&["--inputs", "w=a", "--outputs", "z", "d"], format!("error: the program has inputs x, y, not w\n{each}")),
        (&["--inputs", "x=a", "y=a", "--outputs", "z"], format!("error: the program has 2 outputs: z, d\n{outputs}")),
        (&["--inputs", "x=a", "y=a", "--outputs", "z", "z"], format!("error: z is named for two outputs\n{outputs}")),
        (
            &["--inputs", "x=a", "y=a", "--outputs", "a", "b", "c"],
            format!("error: the program has 2 outputs: z, d\n{outputs}"),
        ),
    ];
    let folder = keep.path().to_str().unwrap();
    for (arguments, page) in cases {
        assert_eq!(wrong(folder, &[&["program", "run", &two], arguments].concat()), (2, page), "{arguments:?}");
    }
    let page = "error: the program has no inputs\n help: leave --inputs out\n";
    let run = ["program", "run", &named("none.tosa"), "--inputs", "a", "--outputs", "b"];
    assert_eq!(wrong(folder, &run), (2, page.into()));
}

#[test]
fn outputs() {
    let (keep, path) = folder();
    let named = |name: &str| path(name).to_str().unwrap().to_owned();
    let (program, inputs) = (digits("digits.tosa"), digits("test_inputs.npy"));
    let folder = keep.path().to_str().unwrap();
    let cannot =
        |name: &str, why: &str, help: &str| (1, format!("error: cannot write {name}\n  why: {why}\n help: {help}\n"));
    fs::create_dir(path("folder")).unwrap();
    let nowhere = "make its folder first, or name a file elsewhere";
    let cases = [
        ("folder", cannot("folder", "Is a directory (os error 21)", "name a file in it")),
        ("nowhere/y", cannot("nowhere/y", "No such file or directory (os error 2)", nowhere)),
    ];
    for (name, expected) in cases {
        let run = ["program", "run", &program, "--inputs", &inputs, "--outputs", &named(name)];
        assert_eq!(wrong(folder, &run), expected);
        assert_eq!(wrong(folder, &["program", "plan", &program, "--output", &named(name)]), expected);
    }
    #[cfg(target_os = "linux")]
    {
        let run = ["program", "run", &program, "--inputs", &inputs, "--outputs", "/dev/full"];
        let help = "make room there, or name a file elsewhere";
        assert_eq!(wrong(folder, &run), cannot("/dev/full", "No space left on device (os error 28)", help));
    }
}

/// Runs it where no file can have more than `blocks` of 512 bytes.
#[cfg(target_os = "linux")]
fn limited(folder: &str, blocks: u32, arguments: &[&str]) -> (i32, String) {
    let command = harness::command(arguments);
    // The signal would end it before it can say anything.
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\""), "sh"]);
    limited.arg(command.get_program()).args(command.get_args()).env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR"));
    let output = limited.output().unwrap();
    let page = String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), page.replace(&format!("{folder}/"), ""))
}

/// What was finished before stays, of the rest nothing is there.
#[cfg(target_os = "linux")]
#[test]
fn files_that_become_too_large() {
    let (keep, path) = folder();
    let named = |name: &str| path(name).to_str().unwrap().to_owned();
    write_tosa(&path("m.tosa"), |program| {
        program.input("x", DType::INT32, &[1, 4]);
        program.op(Op::REDUCE_MAX, Attribute::Axis(1), &["x"], ("small", DType::INT32, &[1, 1]));
        program.op(Op::ABS, Attribute::None, &["x"], ("large", DType::INT32, &[1, 4]));
        program.output("small");
        program.output("large");
    });
    write_npy(&path("x.npy"), "<i4", "(2000, 4)", &[1; 32_000]);
    fs::write(path("large.npy"), "as it was").unwrap();
    let (folder, program, x) = (keep.path().to_str().unwrap(), named("m.tosa"), named("x.npy"));
    let run = ["program", "run", &program, "--inputs", &x, "--outputs", &named("small.npy"), &named("large.npy")];
    let help = "raise the limit of a file's size (ulimit -f), or name a file elsewhere";
    let page = format!("error: cannot write large.npy\n  why: File too large (os error 27)\n help: {help}\n");
    // dash counts blocks of 512 bytes: the smaller file has 8,128 of them, the larger 32,128.
    assert_eq!(limited(folder, 32, &run), (1, page));
    assert_eq!(fs::read(path("large.npy")).unwrap(), b"as it was");

    fs::write(path("old.json"), "the old plan").unwrap();
    let plan = ["program", "plan", &digits("digits.tosa"), "--output", &named("old.json")];
    let (code, page) = limited(folder, 1, &plan);
    assert!(code == 1 && page.starts_with("error: cannot write old.json\n  why: File too large"), "{page}");
    assert_eq!(fs::read(path("old.json")).unwrap(), b"the old plan");
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["large.npy", "m.tosa", "old.json", "small.npy", "x.npy"]);
}

/// A file that no machine has the memory for, and that takes no room on the disk.
#[test]
fn inputs_that_no_memory_holds() {
    let (keep, path) = folder();
    let name = path("x.npy").to_str().unwrap().to_owned();
    write_npy(&path("x.npy"), "|i1", "(17179869184, 8, 8, 1)", &[]);
    let header = fs::metadata(&name).unwrap().len();
    fs::OpenOptions::new().write(true).open(&name).unwrap().set_len(header + (1 << 40)).unwrap();
    let (folder, program) = (keep.path().to_str().unwrap(), digits("digits.tosa"));
    for command in [&["program", "check", &program][..], &["demo", "--program", &program]] {
        let (code, page) = wrong(folder, &[command, &["--inputs", &name]].concat());
        let begins =
            "error: the inputs of 4294967296 shards cannot be read\n  why: 1099511627776 bytes of memory are needed, ";
        let ends = " are there\n help: give fewer items at a time: this command holds all of them at once\n";
        assert!(code == 1 && page.starts_with(begins) && page.ends_with(ends), "{page}");
    }
    // The first shards are enough for it.
    let plan = path("plan.json");
    let output = tequio(&["program", "plan", &program, "--output", plan.to_str().unwrap(), "--inputs", &name]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn plans() {
    let (keep, path) = folder();
    let named = |name: &str| path(name).to_str().unwrap().to_owned();
    fs::write(path("text.json"), "hello").unwrap();
    fs::write(
        path("empty.json"),
        r#"{"compiler": 3, "job": [], "given": [], "committed": [], "scenarios": [], "gamma": 0}"#,
    )
    .unwrap();
    fs::write(
        path("other.json"),
        r#"{"program": "00", "compiler": 3, "job": [], "given": [], "committed": [], "scenarios": [], "gamma": 0}"#,
    )
    .unwrap();
    let (folder, program) = (keep.path().to_str().unwrap(), digits("digits.tosa"));
    let show = |plan: &str| wrong(folder, &["program", "show", &program, "--plan", &named(plan)]);
    let page = |plan: &str, why: &str| (1, format!("error: the plan {plan} cannot be used\n  why: {why}\n"));
    assert_eq!(show("text.json"), page("text.json", "not a plan: expected value at line 1 column 1"));
    let why = "given does not name each of its tensors once, in order: at entry 0";
    assert_eq!(show("empty.json"), page("empty.json", why));
    let (code, other) = show("other.json");
    let begins = "error: the plan other.json cannot be used\n  why: made for the program with SHA-256 00, this has ";
    assert!(code == 1 && other.starts_with(begins) && other.lines().count() == 2, "{other}");
    let page = "error: cannot read the plan nowhere.json\n  why: No such file or directory (os error 2)\n";
    assert_eq!(show("nowhere.json"), (1, page.into()));
}

#[test]
fn numbers_that_make_no_sense() {
    let program = digits("digits.tosa");
    for arguments in [&["--draws", "0"][..], &["--rounds", "0"], &["--draws", "-1"], &["--seed", "x"]] {
        let output = tequio(&[&["program", "check", &program], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = harness::command(&["config", "show"]).stdout(full).output().unwrap();
    let page = "error: cannot write the answer to standard output\n  why: No space left on device (os error 28)\n";
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(1), page.into()));
}
