//! TOSA's official conformance tests, tried on everything that computes here: the definition, the CPU backend, and the way
//! from an attestation to the check that the contract makes. `scripts/conformance/suite` makes the tests and runs this.

mod judge;
mod npy;

use std::{
    fs,
    io::{self, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use clap::Parser;
use rayon::prelude::*;
use serde::Serialize;

use judge::{Found, Test, Way};

#[derive(Parser)]
#[command(about = "TOSA's conformance tests on everything that computes here, a line of JSON for each")]
struct Args {
    /// Folders of tests: `desc.json`, a program, inputs, and the reference model's outputs.
    #[arg(required = true)]
    tests: Vec<PathBuf>,
}

/// What came of a test.
#[derive(Serialize)]
struct Line {
    test: String,
    operator: String,
    /// Whether TOSA forbids the program.
    forbidden: bool,
    definition: Found,
    cpu: Found,
    checker: Found,
}

fn main() -> Result<()> {
    // Of what panics, the line says so.
    std::panic::set_hook(Box::new(|_| {}));
    let lines = Args::parse().tests.par_iter().map(|folder| line(folder)).collect::<Result<Vec<_>>>()?;
    let mut out = io::stdout().lock();
    for line in lines {
        serde_json::to_writer(&mut out, &line)?;
        writeln!(out)?;
    }
    Ok(())
}

fn line(folder: &Path) -> Result<Line> {
    let text = fs::read_to_string(folder.join("desc.json")).with_context(|| folder.display().to_string())?;
    let test: Test = serde_json::from_str(&text).with_context(|| folder.display().to_string())?;
    let [definition, cpu, checker] = Way::ALL.map(|way| {
        let tried = catch_unwind(AssertUnwindSafe(|| judge::judge(folder, &test, way)));
        tried.unwrap_or_else(|_| Found::Wrong("a panic".into()))
    });
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Line {
        test: name,
        operator: test.test_details.operator,
        forbidden: test.expected_failure,
        definition,
        cpu,
        checker,
    })
}
