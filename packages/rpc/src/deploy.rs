//! One step of a deployment at a time.

use std::io::Write;

use anyhow::{Context, Result, bail, ensure};
use cosmrs::{
    Any,
    proto::cosmwasm::wasm::v1::{MsgInstantiateContract, MsgStoreCode, QueryCodeRequest, QueryCodeResponse},
};
use cosmwasm_std::Addr;
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use tequio_client::{
    Contract, Deployment,
    deploy::{Progress, Settings, Step},
};
use tequio_protocol::rewards;

use crate::{Connection, Included, Named, chain::smart};

impl Connection {
    /// Takes every step of a deployment, and says in which block it began.
    pub async fn deploy(
        &self,
        settings: &Settings,
        wasm: impl Fn(Contract) -> Result<Vec<u8>>,
    ) -> Result<(Deployment, u64)> {
        let (since, _) = self.endpoints.latest().await?;
        let mut done = Progress::default();
        while let Some(step) = settings.next(&done)? {
            self.take(settings, step, &mut done, &wasm).await?;
        }
        Ok((done.deployment(settings)?, since))
    }

    /// Takes a step of a deployment and notes that it is done. `wasm` has each contract's code. Asking takes no transaction.
    pub async fn take(
        &self,
        settings: &Settings,
        step: Step,
        done: &mut Progress,
        wasm: impl Fn(Contract) -> Result<Vec<u8>>,
    ) -> Result<Option<Included>> {
        let sender = &settings.governance;
        match step {
            Step::Upload { contract } => {
                let (id, included) = self.store(sender, contract, &wasm(contract)?).await?;
                done.uploaded(contract, id);
                Ok(Some(included))
            }
            Step::Instantiate { contract, code, message } => {
                let (sender, admin, label) = (sender.to_string(), sender.to_string(), contract.to_string());
                let msg = MsgInstantiateContract { sender, admin, code_id: code, label, msg: message, funds: vec![] };
                let named = Named { name: format!("{contract} instantiate"), any: Any::from_msg(&msg)? };
                let included = self.send(&settings.governance, vec![named]).await?;
                // Its own comes first, then those of contracts that it instantiated.
                let address = included.attribute("instantiate", "_contract_address")?;
                done.instantiated(contract, Addr::unchecked(address));
                Ok(Some(included))
            }
            Step::FindToken { rewards } => {
                let config: rewards::ConfigResponse =
                    smart(&self.endpoints, &rewards, "rewards config", &rewards::QueryMsg::Config {}).await?;
                done.instantiated(Contract::Token, Addr::unchecked(config.token));
                Ok(None)
            }
            Step::Send { call } => {
                let address = done.address(call.message.contract())?;
                let included = self.send(sender, vec![self.message(sender, &address, *call)?]).await?;
                done.sent();
                Ok(Some(included))
            }
        }
    }

    /// Stores a contract's code, which must be on the chain what it was. Its id.
    pub async fn store(&self, sender: &Addr, contract: Contract, wasm: &[u8]) -> Result<(u64, Included)> {
        let msg =
            MsgStoreCode { sender: sender.to_string(), wasm_byte_code: gzip(wasm)?, instantiate_permission: None };
        let named = Named { name: format!("{contract} store"), any: Any::from_msg(&msg)? };
        let included = self.send(sender, vec![named]).await?;
        let id = included.attribute("store_code", "code_id")?.parse().context("a code id that is no number")?;
        let (ours, theirs) = (sha256(wasm), self.code(id).await?);
        ensure!(theirs == ours, "code {id} of {contract} has SHA-256 {theirs} on the chain, not {ours}");
        Ok((id, included))
    }

    /// The SHA-256 of a stored code, hex.
    pub async fn code(&self, id: u64) -> Result<String> {
        let answer: QueryCodeResponse =
            self.endpoints.query("/cosmwasm.wasm.v1.Query/Code", QueryCodeRequest { code_id: id }).await?;
        let info = answer.code_info.with_context(|| format!("no code {id}"))?;
        Ok(hex::encode(info.data_hash))
    }
}

impl Included {
    /// The first attribute of a name in an event of a kind.
    pub fn attribute(&self, kind: &str, name: &str) -> Result<&str> {
        for event in self.events.iter().filter(|event| event.ty == kind) {
            if let Some(found) = event.attributes.iter().find(|attribute| attribute.key == name) {
                return Ok(&found.value);
            }
        }
        bail!("transaction {} has no {kind}.{name}", self.hash)
    }
}

/// The SHA-256 of Wasm, hex, as checksums.txt has it.
pub fn sha256(wasm: &[u8]) -> String {
    hex::encode(Sha256::digest(wasm))
}

/// The same bytes every time: no time, no name.
fn gzip(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(vec![], Compression::best());
    encoder.write_all(wasm)?;
    Ok(encoder.finish()?)
}
