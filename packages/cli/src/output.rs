//! The one place that prints: answers on standard output, as text or as JSON, and progress on standard error.

mod table;

use std::{
    fmt::Display,
    io::{self, Write},
};

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::settings::{Flags, Settings};

pub(crate) use table::row;
pub use table::table;

/// How a user wants to be told.
pub struct Output {
    json: bool,
    progress: bool,
}

impl Output {
    pub fn new(settings: &Settings, flags: &Flags) -> Self {
        Self { json: flags.json, progress: settings.progress && !flags.json }
    }

    /// What a command answers: as people read it, or as JSON. An answer without a text is not printed.
    pub fn print<T: Display + Serialize>(&self, answer: &T) -> Result<()> {
        let text = if self.json { serde_json::to_string_pretty(answer)? } else { answer.to_string() };
        if text.is_empty() {
            return Ok(());
        }
        match writeln!(io::stdout().lock(), "{text}") {
            // Whoever reads has read enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            done => done.context("cannot write the answer to standard output"),
        }
    }

    /// A bar that counts to `total`; what is counted is said in plural words.
    pub fn progress(&self, total: u64, counted: &str) -> Result<ProgressBar> {
        let bar = if self.progress { ProgressBar::new(total) } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template(&format!("{{msg:28}} {{wide_bar}} {{pos}}/{{len}} {counted}"))?;
        Ok(bar.with_style(style))
    }
}
