//! `tequio key import`.

use anyhow::Result;
use tequio_rpc::{Key, KeyError};
use zeroize::Zeroizing;

use super::{list::Shown, ring::Ring};
use crate::network::secret_line;

#[derive(clap::Args)]
pub struct Args {
    name: String,
    #[command(flatten)]
    ring: Ring,
}

pub fn run(args: Args) -> Result<Shown> {
    let ring = args.ring.keys.open()?;
    let text = secret_line("Secret, 64 hex digits: ")?;
    // What is wrong with it is not said: it would be a part of the secret.
    let bytes = hex::decode(text.trim().trim_start_matches("0x")).map(Zeroizing::new);
    let key = Key::from_secret(&bytes.map_err(|_| KeyError::Secret)?)?;
    ring.add(&args.name, &key)?;
    Ok(Shown(ring.show(&args.name, &args.ring.prefix)?))
}
