//! What a command that fails says: what failed, why, and what to do about it.

use std::{error::Error, fmt, process::ExitCode};

/// A command that is not used as it is meant to be: found before anything is done.
#[derive(Debug)]
pub struct Usage {
    what: String,
    /// What to do instead.
    help: String,
}

impl Usage {
    pub fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what: what.into(), help: help.into() }
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl Error for Usage {}

/// What failed, as context of why it did, and what to do about it.
#[derive(Debug)]
pub struct Advised {
    what: String,
    help: String,
}

impl Advised {
    pub fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what: what.into(), help: help.into() }
    }
}

impl fmt::Display for Advised {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// The exit code of a command that was used wrongly, as clap has it.
const USAGE: u8 = 2;

/// Tells the user on standard error.
pub fn tell(error: &anyhow::Error) -> ExitCode {
    let usage = error.chain().find_map(|cause| cause.downcast_ref::<Usage>());
    eprint!("{}", page(error));
    usage.map_or(ExitCode::FAILURE, |_| ExitCode::from(USAGE))
}

fn page(error: &anyhow::Error) -> String {
    let mut page = format!("error: {error}\n");
    for cause in error.chain().skip(1) {
        // Of what a library has to say, the first line says what it is about.
        let cause = cause.to_string();
        page += &format!("  why: {}\n", cause.trim().lines().next().unwrap_or_default());
    }
    let usage = error.chain().find_map(|cause| cause.downcast_ref::<Usage>()).map(|Usage { help, .. }| help);
    if let Some(help) = usage.or(error.downcast_ref::<Advised>().map(|Advised { help, .. }| help)) {
        page += &format!(" help: {help}\n");
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_what_failed_why_and_what_to_do() {
        let error = anyhow::Error::from(Usage::new("input y is missing", "give it")).context("m.tosa cannot be run");
        assert_eq!(page(&error), "error: m.tosa cannot be run\n  why: input y is missing\n help: give it\n");
        let error = anyhow::anyhow!("no space").context(Advised::new("cannot write y", "make room")).context("m.tosa");
        assert_eq!(page(&error), "error: m.tosa\n  why: cannot write y\n  why: no space\n help: make room\n");
    }
}
