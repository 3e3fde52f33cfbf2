//! `tequio receipt`: a file that shows, to somebody without a node, that shards were verified and paid.

mod export;
mod form;
#[cfg(test)]
mod fuzz;
mod verify;

use anyhow::Result;
use clap::Subcommand;

use crate::{network::block_on, output::Output};

#[derive(Subcommand)]
pub enum Command {
    /// Writes the receipt of an assignment that was settled.
    Export(export::Args),
    /// Checks a receipt. Asks nobody.
    Verify(verify::Args),
}

pub fn run(command: Command, output: &Output) -> Result<()> {
    match command {
        Command::Export(args) => output.print(&block_on(export::run(args))?),
        Command::Verify(args) => output.print(&verify::run(args)?),
    }
}
