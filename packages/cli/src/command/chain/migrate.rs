//! `tequio chain migrate`.

use std::fmt;

use anyhow::{Context, Result};
use serde::Serialize;
use tequio_client::{Contract, Deployed, StoredCode};
use tequio_rpc::sha256;

use super::artifacts;
use crate::{file::write_json, network::Signed, output::table};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    signed: Signed,
    #[command(flatten)]
    wasm: artifacts::From,
    /// Says what would be moved, and moves nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Contracts whose code is another now, or would be.
#[derive(Serialize)]
#[serde(transparent)]
pub struct Migrated(Vec<Moved>);

#[derive(Serialize)]
struct Moved {
    contract: Contract,
    from: String,
    to: String,
}

pub async fn run(args: Args) -> Result<Migrated> {
    let wasm = args.wasm.read()?;
    let (connection, sender) = args.signed.connect().await?;
    let file = args.signed.on.deployment()?;
    let mut deployed = Deployed::read(&file, &connection.network.chain_id)?;
    let mut moved = vec![];
    // The token is nobody's to migrate.
    for contract in Contract::OURS {
        let address = deployed.contracts.address(contract).clone();
        let code = wasm.of(contract)?;
        let (from, to) = (connection.code(connection.contract(&address).await?.0).await?, sha256(&code));
        if from == to {
            continue;
        }
        if !args.dry_run {
            eprintln!("migrate {contract}");
            // A run that was cut off may have stored the code already.
            let known = deployed.codes.get(&contract).filter(|code| code.sha256 == to).map(|code| code.id);
            let id = match known {
                Some(id) => id,
                None => connection.store(&sender, contract, &code).await?.0,
            };
            deployed.codes.insert(contract, StoredCode { id, sha256: to.clone() });
            write_json(&file, &deployed)?;
            let migrated = connection.migrate(&sender, contract, &address, id).await;
            migrated.with_context(|| format!("{contract} is not migrated; go on with the same command"))?;
        }
        moved.push(Moved { contract, from, to });
    }
    Ok(Migrated(moved))
}

impl fmt::Display for Migrated {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if self.0.is_empty() {
            return write!(f, "every contract has this version's code");
        }
        let mut table = table(["contract", "from", "to"], &[]);
        for Moved { contract, from, to } in &self.0 {
            table.add_row([contract.to_string(), from.clone(), to.clone()]);
        }
        write!(f, "{table}")
    }
}
