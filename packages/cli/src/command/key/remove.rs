//! `tequio key remove`.

use anyhow::Result;

use super::ring::{All, Ring};
use crate::network::confirm;

#[derive(clap::Args)]
pub struct Args {
    name: String,
    #[command(flatten)]
    ring: Ring,
    /// Does not ask.
    #[arg(long)]
    yes: bool,
}

pub fn run(args: Args) -> Result<All> {
    let ring = args.ring.keys.open()?;
    let key = ring.show(&args.name, &args.ring.prefix)?;
    confirm(args.yes, &format!("Remove {} ({})? Without its words it is lost.", key.name, key.address))?;
    ring.remove(&args.name)?;
    Ok(All(vec![key]))
}
