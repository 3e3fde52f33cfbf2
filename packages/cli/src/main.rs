//! `tequio`: the command line.

mod command;
mod failure;
mod file;
mod log;
mod model;
mod network;
mod npy;
mod output;
mod scale;
mod settings;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::{command::Command, output::Output, settings::Flags};

/// Buy and sell computing that the chain has verified.
///
/// Exit codes: 0 done, 1 failed, 2 not used as it is meant to be.
#[derive(Parser)]
#[command(name = "tequio", version)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failure::tell(&error),
    }
}

fn run(Cli { flags, command }: Cli) -> Result<()> {
    let sources = settings::sources(&flags)?;
    let settings = settings::read(&sources)?;
    log::begin(&settings)?;
    tracing::debug!(?settings);
    if settings.threads > 0 {
        rayon::ThreadPoolBuilder::new().num_threads(settings.threads).build_global()?;
    }
    command::run(command, &sources, &Output::new(&settings, &flags))
}
