//! Arm's converter from `.tflite` to TOSA, and the serialiser of what it writes: programs in Python packages.

use std::{
    ffi::{OsStr, OsString},
    fs, io,
    process::{Command, Output, Stdio},
};

use anyhow::{Context, Error, Result, anyhow};

use crate::failure::Usage;

/// A program of a Python package.
struct Tool {
    name: &'static str,
    package: &'static str,
}

const CONVERTER: Tool = Tool { name: "tosa-converter-for-tflite", package: "tosa-converter-for-tflite==2026.2.0" };
const SERIALISER: Tool = Tool { name: "tosa-opt", package: "tosa-tools==2026.8.0" };

/// The TOSA flatbuffer of a `.tflite` with a batch.
pub fn convert(file: &[u8]) -> Result<Vec<u8>> {
    let folder = tempfile::tempdir().context("no temporary folder")?;
    let [model, lowered, program] = ["model.tflite", "model.mlirbc", "model.tosa"].map(|name| folder.path().join(name));
    fs::write(&model, file).context("the temporary folder cannot be written")?;
    CONVERTER.run(&[model.as_os_str(), OsStr::new("-o"), lowered.as_os_str()])?;
    let mut serialise = OsString::from("--tosa-serialize=tosa-flatbuffer-filename=");
    serialise.push(&program);
    // Programs have no unsigned types: operators say which bits are unsigned.
    let signless = "--tosa-convert-integer-type-to-signless";
    let nowhere = folder.path().join("rest.mlir");
    SERIALISER.run(&[lowered.as_os_str(), OsStr::new(signless), &serialise, OsStr::new("-o"), nowhere.as_os_str()])?;
    fs::read(&program).with_context(|| format!("{} wrote no program", SERIALISER.name))
}

impl Tool {
    /// Runs it: the one that is installed, else the one that uv or pipx fetches.
    fn run(&self, arguments: &[&OsStr]) -> Result<()> {
        let Self { name, package } = *self;
        for begin in [&[name][..], &["uvx", "--from", package, name], &["pipx", "run", "--spec", package, name]] {
            let mut command = Command::new(begin[0]);
            match command.args(&begin[1..]).args(arguments).stdin(Stdio::null()).output() {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(Error::from(error).context(format!("{} cannot be run", begin[0]))),
                Ok(output) if output.status.success() => return Ok(()),
                Ok(output) => return Err(anyhow!("{}", complaint(&output)).context(format!("{name} failed"))),
            }
        }
        let what = format!("{name} is not on the PATH, nor is uvx or pipx to fetch it");
        Err(Usage::new(what, format!("pip install {} {}", CONVERTER.package, SERIALISER.package)).into())
    }
}

/// The first error that a tool names, with the tensor it is about; else the last thing it says.
fn complaint(output: &Output) -> String {
    let said = [&output.stderr, &output.stdout].map(|bytes| String::from_utf8_lossy(bytes));
    let lines = || said.iter().flat_map(|text| text.lines()).map(str::trim).filter(|line| !line.is_empty());
    let named = lines().find_map(|line| line.split_once(": error: ").or_else(|| line.split_once("[ERROR] ")));
    match named {
        Some((place, what)) => match place.strip_prefix("loc(\"").and_then(|place| place.split_once("\"(")) {
            Some((tensor, _)) => format!("`{tensor}`: {what}"),
            None => what.to_owned(),
        },
        None => lines().next_back().map_or_else(|| output.status.to_string(), str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_those_of_the_scripts() {
        let pinned = include_str!("../../../../../../scripts/models/requirements.txt");
        assert_eq!(pinned.lines().collect::<Vec<_>>(), [CONVERTER.package, SERIALISER.package]);
    }
}
