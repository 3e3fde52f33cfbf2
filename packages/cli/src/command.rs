//! The commands: a folder for each noun, a file for each verb. A command returns its answer; it is printed here.

mod chain;
mod config;
mod demo;
mod job;
mod key;
mod program;
mod receipt;

use anyhow::Result;
use clap::Subcommand;
use figment::Figment;

use crate::output::Output;

#[derive(Subcommand)]
pub enum Command {
    /// The whole way of a job on a chain inside this process, or on a real one: honest and dishonest providers, every step real.
    Demo(Box<demo::Args>),
    /// Look at a program, run it, or try its attestation.
    #[command(subcommand)]
    Program(program::Command),
    /// Put the contracts on a network, and look after them.
    #[command(subcommand)]
    Chain(chain::Command),
    /// A client's jobs, from posting to the outputs.
    #[command(subcommand)]
    Job(job::Command),
    /// Keys that sign.
    #[command(subcommand)]
    Key(key::Command),
    /// Files that show, to somebody without a node, that shards were verified and paid.
    #[command(subcommand)]
    Receipt(receipt::Command),
    /// How this command line is set up.
    #[command(subcommand)]
    Config(config::Command),
}

pub fn run(command: Command, sources: &Figment, output: &Output) -> Result<()> {
    match command {
        Command::Demo(args) => demo::run(*args, output),
        Command::Program(command) => program::run(command, output),
        Command::Chain(command) => chain::run(command, output),
        Command::Job(command) => job::run(command, output),
        Command::Key(command) => key::run(command, output),
        Command::Receipt(command) => receipt::run(command, output),
        Command::Config(command) => config::run(command, sources, output),
    }
}
