//! The file that says what is deployed on a network: a deployment writes it, everything else reads it.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{Contract, Deployment};

/// What is deployed on a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deployed {
    pub chain_id: String,
    /// The block in which the deployment began: nothing of it happened before.
    pub since: u64,
    pub codes: BTreeMap<Contract, StoredCode>,
    pub contracts: Deployment,
}

/// A contract's code on the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredCode {
    pub id: u64,
    /// Of the Wasm, hex.
    pub sha256: String,
}

/// Why a file is no deployment on a network.
#[derive(Debug, thiserror::Error)]
pub enum DeployedError {
    #[error("there is no deployment on {chain_id} in {}", .file.display())]
    None { chain_id: String, file: PathBuf },
    #[error("cannot read {}: {error}", .file.display())]
    Unreadable { file: PathBuf, error: io::Error },
    #[error("{} is not a deployment: {error}", .file.display())]
    Form { file: PathBuf, error: serde_json::Error },
    #[error("{} is a deployment on {found}, not on {wanted}", .file.display())]
    Elsewhere { file: PathBuf, found: String, wanted: String },
}

impl Deployed {
    /// Reads the deployment on the network `chain_id`.
    pub fn read(file: &Path, chain_id: &str) -> Result<Self, DeployedError> {
        let text = fs::read(file).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => DeployedError::None { chain_id: chain_id.into(), file: file.into() },
            _ => DeployedError::Unreadable { file: file.into(), error },
        })?;
        let deployed: Self =
            serde_json::from_slice(&text).map_err(|error| DeployedError::Form { file: file.into(), error })?;
        if deployed.chain_id == chain_id {
            return Ok(deployed);
        }
        Err(DeployedError::Elsewhere { file: file.into(), found: deployed.chain_id, wanted: chain_id.into() })
    }
}
