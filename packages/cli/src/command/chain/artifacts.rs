//! The contracts' Wasm, as `scripts/wasm` builds it.

use std::{collections::BTreeMap, fs, path::PathBuf};

use anyhow::{Context, Result, bail};
use tequio_client::Contract;
use tequio_rpc::sha256;

use crate::failure::Usage;

/// The SHA-256 of every contract's Wasm of this version.
const CHECKSUMS: &str = include_str!("../../../../../checksums.txt");

#[derive(clap::Args)]
pub struct From {
    /// Folder of the contracts' Wasm, as scripts/wasm builds it.
    #[arg(long, default_value = "artifacts")]
    artifacts: PathBuf,
    /// Takes Wasm that is not this version's.
    #[arg(long)]
    any_wasm: bool,
}

/// Wasm by contract.
pub struct Artifacts(BTreeMap<Contract, Vec<u8>>);

impl From {
    pub fn read(&self) -> Result<Artifacts> {
        let mut all = BTreeMap::new();
        for contract in Contract::all() {
            let file = self.artifacts.join(contract.file());
            let wasm =
                fs::read(&file).with_context(|| format!("cannot read {}: scripts/wasm builds it", file.display()))?;
            let (found, expected) = (sha256(&wasm), checksum(contract));
            if found != expected && !self.any_wasm {
                let what = format!("{} has SHA-256 {found}, this version's is {expected}", file.display());
                bail!(Usage::new(what, "build it with scripts/wasm, or take it with --any-wasm"));
            }
            all.insert(contract, wasm);
        }
        Ok(Artifacts(all))
    }
}

impl Artifacts {
    pub fn of(&self, contract: Contract) -> Result<Vec<u8>> {
        self.0.get(&contract).cloned().with_context(|| format!("no Wasm of {contract}"))
    }

    pub fn hashes(&self) -> BTreeMap<Contract, String> {
        self.0.iter().map(|(contract, wasm)| (*contract, sha256(wasm))).collect()
    }
}

/// The SHA-256 of a contract's Wasm of this version, hex.
pub fn checksum(contract: Contract) -> &'static str {
    let file = contract.file();
    let lines = CHECKSUMS.lines().filter_map(|line| line.split_once("  "));
    let mut found = lines.filter(|(_, path)| path.ends_with(&file)).map(|(hash, _)| hash);
    found.next().expect("every contract is in checksums.txt")
}
