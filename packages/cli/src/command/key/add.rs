//! `tequio key add`.

use std::fmt;

use anyhow::{Context, Result};
use serde::Serialize;
use tequio_rpc::{Key, Listed, PATH};
use zeroize::Zeroizing;

use super::ring::Ring;
use crate::network::secret_line;

#[derive(clap::Args)]
pub struct Args {
    name: String,
    #[command(flatten)]
    ring: Ring,
    /// Asks for the words of a key instead of making new ones.
    #[arg(long)]
    recover: bool,
    /// Where the key is derived.
    #[arg(long, default_value = PATH)]
    hd_path: String,
}

/// A new key, with its words if they are new.
#[derive(Serialize)]
pub struct Added {
    #[serde(flatten)]
    key: Listed,
    #[serde(skip_serializing_if = "Option::is_none")]
    mnemonic: Option<Zeroizing<String>>,
}

pub fn run(args: Args) -> Result<Added> {
    let ring = args.ring.keys.open()?;
    let words = match args.recover {
        true => secret_line("Words of the key: ")?,
        false => Key::words(),
    };
    let key = Key::recover(&words, &args.hd_path).context("no key is added")?;
    ring.add(&args.name, &key)?;
    let key = ring.show(&args.name, &args.ring.prefix)?;
    Ok(Added { key, mnemonic: (!args.recover).then_some(words) })
}

impl fmt::Display for Added {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} {}", self.key.name, self.key.address)?;
        if let Some(words) = &self.mnemonic {
            write!(
                f,
                "\n\nWrite these words down. Whoever has them has the key; without them it can't be had again.\n\n{}",
                **words
            )?;
        }
        Ok(())
    }
}
