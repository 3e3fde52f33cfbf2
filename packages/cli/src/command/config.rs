//! `tequio config`: the settings of the command line.

mod show;

use anyhow::Result;
use clap::Subcommand;
use figment::Figment;

use crate::output::Output;

#[derive(Subcommand)]
pub enum Command {
    /// Every setting, and where it comes from.
    Show,
}

pub fn run(command: Command, sources: &Figment, output: &Output) -> Result<()> {
    match command {
        Command::Show => output.print(&show::run(sources)?),
    }
}
