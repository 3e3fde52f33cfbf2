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

/// The exit code of a command that was used wrongly, as clap has it.
const USAGE: u8 = 2;

/// Tells the user on standard error.
pub fn tell(error: &anyhow::Error) -> ExitCode {
    let usage = error.chain().find_map(|cause| cause.downcast_ref::<Usage>());
    eprint!("{}", page(error, usage));
    usage.map_or(ExitCode::FAILURE, |_| ExitCode::from(USAGE))
}

fn page(error: &anyhow::Error, usage: Option<&Usage>) -> String {
    let mut page = format!("error: {error}\n");
    for cause in error.chain().skip(1) {
        // Of what a library has to say, the first line says what it is about.
        let cause = cause.to_string();
        page += &format!("  why: {}\n", cause.trim().lines().next().unwrap_or_default());
    }
    if let Some(Usage { help, .. }) = usage {
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
        let usage = error.chain().find_map(|cause| cause.downcast_ref::<Usage>());
        assert_eq!(page(&error, usage), "error: m.tosa cannot be run\n  why: input y is missing\n help: give it\n");
    }
}
