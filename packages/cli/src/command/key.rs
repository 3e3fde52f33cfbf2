//! `tequio key`: keys that sign, kept as the Cosmos SDK's keyrings keep them. No secret is an argument or logged.

mod add;
mod import;
mod list;
mod remove;

use std::fmt;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde::Serialize;
use tequio_rpc::Listed;

use crate::{
    network::Keys,
    output::{Output, table},
};

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

/// Where keys are, and what their addresses begin with.
#[derive(Args)]
pub struct Ring {
    #[command(flatten)]
    keys: Keys,
    /// What addresses begin with.
    #[arg(long, default_value = "wasm")]
    prefix: String,
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

/// Keys as they are listed.
#[derive(Serialize)]
#[serde(transparent)]
pub struct All(Vec<Listed>);

impl fmt::Display for All {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut table = table(["name", "address", "public key"], &[]);
        for Listed { name, address, public_key } in &self.0 {
            table.add_row([name, address, public_key]);
        }
        write!(f, "{table}")
    }
}
