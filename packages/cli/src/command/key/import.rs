//! `tequio key import`.

use anyhow::{Context, Result};
use tequio_rpc::Key;
use zeroize::Zeroizing;

use super::ring::{All, Ring};
use crate::network::secret_line;

#[derive(clap::Args)]
pub struct Args {
    name: String,
    #[command(flatten)]
    ring: Ring,
}

pub fn run(args: Args) -> Result<All> {
    let ring = args.ring.keys.open()?;
    let text = secret_line("Secret, 64 hex digits: ")?;
    let bytes = hex::decode(text.trim().trim_start_matches("0x")).map(Zeroizing::new);
    let key = Key::from_secret(&bytes.context("the secret is not hex")?)?;
    ring.add(&args.name, &key)?;
    Ok(All(vec![ring.show(&args.name, &args.ring.prefix)?]))
}
