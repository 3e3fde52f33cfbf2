//! `tequio key`: keys that sign, kept as the Cosmos SDK's keyrings keep them. No secret is an argument or logged.

mod add;
mod import;
mod list;
mod remove;
mod ring;

use anyhow::Result;
use clap::Subcommand;

use crate::output::Output;

#[derive(Subcommand)]
pub enum Command {
    /// Makes a key from 24 new words, which are shown once, or recovers one from words.
    Add(add::Args),
    /// Takes a secret that is 32 bytes in hex, from standard input.
    Import(import::Args),
    /// All keys.
    List(list::Args),
    /// One key: its address.
    Show(list::One),
    /// Removes a key from the keyring. Without its words it is lost.
    Remove(remove::Args),
}

pub fn run(command: Command, output: &Output) -> Result<()> {
    match command {
        Command::Add(args) => output.print(&add::run(args)?),
        Command::Import(args) => output.print(&import::run(args)?),
        Command::List(args) => output.print(&list::run(args)?),
        Command::Show(args) => output.print(&list::one(args)?),
        Command::Remove(args) => output.print(&remove::run(args)?),
    }
}
