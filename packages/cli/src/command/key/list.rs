//! `tequio key list` and `show`.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use tequio_rpc::Listed;

use super::ring::{All, Ring};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    ring: Ring,
}

#[derive(clap::Args)]
pub struct One {
    name: String,
    #[command(flatten)]
    ring: Ring,
}

/// One key. As text its address alone, for scripts.
#[derive(Serialize)]
#[serde(transparent)]
pub struct Shown(pub Listed);

pub fn run(args: Args) -> Result<All> {
    let ring = args.ring.keys.open()?;
    let names = ring.names()?;
    Ok(All(names.iter().map(|name| ring.show(name, &args.ring.prefix)).collect::<Result<_, _>>()?))
}

pub fn one(args: One) -> Result<Shown> {
    Ok(Shown(args.ring.keys.open()?.show(&args.name, &args.ring.prefix)?))
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0.address)
    }
}
