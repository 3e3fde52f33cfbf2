//! `tequio chain`: what those do who put the contracts on a network and look after them.

pub mod artifacts;
mod begin;
mod deploy;
mod migrate;
mod show;
mod verify;

use anyhow::Result;
use clap::Subcommand;

use crate::{network::block_on, output::Output};

#[derive(Subcommand)]
pub enum Command {
    /// Puts all contracts on a network and grants their rights; goes on where an earlier run was cut off.
    Deploy(Box<deploy::Args>),
    /// Moves contracts to the code of this version, where theirs is another.
    Migrate(migrate::Args),
    /// Says whether what is deployed is as it should be: code, rights, who governs, and that all equations hold.
    Verify(verify::Args),
    /// Where everything is.
    Show(show::Args),
}

pub fn run(command: Command, output: &Output) -> Result<()> {
    match command {
        Command::Deploy(args) => output.print(&block_on(deploy::run(*args))?),
        Command::Migrate(args) => output.print(&block_on(migrate::run(args))?),
        Command::Verify(args) => {
            let found = block_on(verify::run(args))?;
            output.print(&found)?;
            found.judge()
        }
        Command::Show(args) => output.print(&show::run(args)?),
    }
}
