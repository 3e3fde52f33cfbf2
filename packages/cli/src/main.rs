//! `tequio`: the command line.

mod demo;
mod model;
mod npy;
mod program;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Buy and sell computing that the chain has verified.
#[derive(Parser)]
#[command(name = "tequio", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The whole way of a job on a chain inside this process: honest and dishonest providers, every step real.
    Demo(Box<demo::Args>),
    /// Look at a program, run it, or try its attestation.
    #[command(subcommand)]
    Program(program::Command),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Demo(args) => demo::run(*args),
        Command::Program(command) => program::run(command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
