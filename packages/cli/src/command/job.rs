//! `tequio job`: a client's jobs, from posting to the outputs. What is posted and delivered is public.

mod assignments;
mod fetch;
mod list;
mod money;
mod post;
mod show;
mod store;
mod watch;
pub mod words;

use anyhow::Result;
use clap::Subcommand;

use crate::{network::block_on, output::Output};

#[derive(Subcommand)]
pub enum Command {
    /// Puts a program and inputs into a store, and a job over them on the chain. Both are public, and so are the outputs.
    Post(Box<post::Args>),
    /// Jobs, the newest first.
    List(list::Args),
    /// A job and what became of its shards.
    Show(show::Args),
    /// Runs a few shards of every assignment again, refutes what is wrong, and demands what is not shown.
    Watch(watch::Args),
    /// Fetches the outputs, each checked against what was attested.
    Fetch(fetch::Args),
    /// Raises the price of shards that nobody has taken.
    TopUp(money::TopUp),
    /// Takes back the payment of shards that nobody has taken.
    Refund(money::Refund),
    /// Withdraws what the chain owes.
    Withdraw(money::Withdraw),
}

pub fn run(command: Command, output: &Output) -> Result<()> {
    match command {
        Command::Post(args) => output.print(&block_on(post::run(*args))?),
        Command::List(args) => output.print(&block_on(list::run(args))?),
        Command::Show(args) => show::run(args, output),
        Command::Watch(args) => output.print(&block_on(watch::run(args))?),
        Command::Fetch(args) => output.print(&block_on(fetch::run(args))?),
        Command::TopUp(args) => output.print(&block_on(money::top_up(args))?),
        Command::Refund(args) => output.print(&block_on(money::refund(args))?),
        Command::Withdraw(args) => output.print(&block_on(money::withdraw(args))?),
    }
}
