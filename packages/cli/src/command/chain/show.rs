//! `tequio chain show`.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use tequio_client::{Contract, Deployed};

use crate::{network::OnNetwork, output::table};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    on: OnNetwork,
}

#[derive(Serialize)]
#[serde(transparent)]
pub struct Shown(pub Deployed);

pub fn run(args: Args) -> Result<Shown> {
    Ok(Shown(Deployed::read(&args.on.deployment()?, &args.on.network()?.chain_id)?))
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Deployed { chain_id, since, codes, contracts } = &self.0;
        let mut table = table(["contract", "address", "code", "SHA-256"], &[2]);
        for contract in Contract::all() {
            let (id, hash) =
                codes.get(&contract).map(|code| (code.id.to_string(), code.sha256.clone())).unwrap_or_default();
            table.add_row([contract.to_string(), contracts.address(contract).to_string(), id, hash]);
        }
        write!(f, "on {chain_id} since block {since}, deployed by {}\n{table}", contracts.governance)
    }
}
