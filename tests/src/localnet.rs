//! The chain that `scripts/localnet/localnet start --free` started, for whoever deploys on it.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use cosmwasm_std::Decimal;
use tequio_client::Contract;
use tequio_rpc::{Connection, Network};

/// Reaches it, with no key. No fee is paid: balances and gas are counted to the last unit.
pub async fn connect(endpoint: &str) -> Result<Connection> {
    let mut network = Network::from_toml(include_str!("../../scripts/networks/local.toml"))?;
    network.set_rpc(&[endpoint.to_owned()]);
    network.fees.fee_tokens[0].average_gas_price = Decimal::zero();
    Connection::open(network).await
}

/// A contract's Wasm, of a folder that `scripts/wasm` filled.
pub fn wasm(artifacts: &Path, contract: Contract) -> Result<Vec<u8>> {
    let file = artifacts.join(contract.file());
    fs::read(&file).with_context(|| format!("cannot read {}: run scripts/wasm", file.display()))
}
