//! `tequio program`: a program on its own, without a chain.

mod attack;
mod check;
mod import;
mod plan;
mod run;
mod show;

use anyhow::{Result, bail};
use clap::Subcommand;

use crate::output::Output;

#[derive(Subcommand)]
pub enum Command {
    /// Makes a program of a quantised `.tflite`, and says what it comes to, as `show` does.
    Import(import::Args),
    /// What is committed, what one draw proves and costs, and what lien that takes.
    Show(show::Args),
    /// Runs the program on this machine.
    Run(run::Args),
    /// Attests to a run, draws, opens and checks, as provider and contract would, with random seeds.
    Check(check::Args),
    /// Mounts cheats on the program: what they save, and how often one draw catches them. Fails if that is less often than
    /// promised.
    Attack(attack::Args),
    /// Writes the plan that the compiler proposes: what is committed, in which leaves, by which routes and rates.
    Plan(plan::Args),
}

pub fn run(command: Command, output: &Output) -> Result<()> {
    match command {
        Command::Import(args) => output.print(&import::run(args)?),
        Command::Show(args) => output.print(&show::run(args)?),
        Command::Run(args) => output.print(&run::run(args)?),
        Command::Check(args) => output.print(&check::run(args)?),
        Command::Attack(args) => {
            let attacked = attack::run(args)?;
            output.print(&attacked)?;
            if attacked.is_broken() {
                bail!("a cheat is caught less often than promised; `tequio program plan --inputs` measures the rates")
            }
            Ok(())
        }
        Command::Plan(args) => output.print(&plan::run(args)?),
    }
}
