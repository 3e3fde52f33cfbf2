//! Which keyring, and keys as they are listed.

use std::fmt;

use clap::Args;
use serde::Serialize;
use tequio_rpc::Listed;

use crate::{network::Keys, output::table};

/// Where keys are, and what their addresses begin with.
#[derive(Args)]
pub struct Ring {
    #[command(flatten)]
    pub keys: Keys,
    /// What addresses begin with.
    #[arg(long, default_value = "wasm")]
    pub prefix: String,
}

/// Keys as they are listed.
#[derive(Serialize)]
#[serde(transparent)]
pub struct All(pub Vec<Listed>);

impl fmt::Display for All {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut table = table(["name", "address", "public key"], &[]);
        for Listed { name, address, public_key } in &self.0 {
            table.add_row([name, address, public_key]);
        }
        write!(f, "{table}")
    }
}
