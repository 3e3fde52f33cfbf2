//! One step of a deployment at a time.

use std::{collections::BTreeMap, io::Write};

use anyhow::{Context, Result, bail, ensure};
use cosmrs::{
    Any,
    proto::cosmwasm::wasm::v1::{
        MsgClearAdmin, MsgInstantiateContract, MsgMigrateContract, MsgStoreCode, MsgUpdateAdmin, QueryCodeRequest,
        QueryCodeResponse, QueryContractInfoRequest, QueryContractInfoResponse,
    },
};
use cosmwasm_std::{Addr, Event};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use tendermint_rpc::query::Query as Search;
use tequio_client::{
    Contract, Deployment,
    deploy::{Progress, Settings, Step},
};
use tequio_protocol::rewards;

use crate::{Connection, Included, Named, chain::smart, connection::event};

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

    /// What is done of a deployment by `sender` since a block, read from the chain itself: whatever it was that cut it off,
    /// nothing is done twice. `hashes` has the SHA-256 of each contract's code.
    pub async fn progress(&self, sender: &Addr, since: u64, hashes: &BTreeMap<Contract, String>) -> Result<Progress> {
        let (mut done, mut codes, mut at) = (Progress::default(), BTreeMap::new(), BTreeMap::new());
        for events in self.history(sender, since).await? {
            for event in &events {
                let value =
                    |key: &str| event.attributes.iter().find(|found| found.key == key).map(|found| &*found.value);
                match &*event.ty {
                    "store_code" => {
                        let (Some(hash), Some(id)) = (value("code_checksum"), value("code_id")) else { continue };
                        let id: u64 = id.parse()?;
                        for (contract, _) in hashes.iter().filter(|(_, known)| *known == hash) {
                            if codes.insert(id, *contract).is_none() && !done.is_uploaded(*contract) {
                                done.uploaded(*contract, id);
                            }
                        }
                    }
                    "instantiate" => {
                        let (Some(address), Some(id)) = (value("_contract_address"), value("code_id")) else {
                            continue;
                        };
                        let Some(contract) = codes.get(&id.parse()?) else { continue };
                        if !at.values().any(|known| known == contract) {
                            done.instantiated(*contract, Addr::unchecked(address));
                            at.insert(address.to_owned(), *contract);
                        }
                    }
                    _ => {}
                }
            }
            let called = events.iter().find(|event| event.ty == "execute");
            let called =
                called.and_then(|event| event.attributes.iter().find(|found| found.key == "_contract_address"));
            if called.is_some_and(|found| at.contains_key(&found.value)) {
                done.sent();
            }
        }
        Ok(done)
    }

    /// The events of each accepted transaction of `sender` since a block, from the node's index of transactions.
    async fn history(&self, sender: &Addr, since: u64) -> Result<Vec<Vec<Event>>> {
        let search = Search::eq("message.sender", sender.as_str()).and_gte("tx.height", since);
        let found = self.endpoints.search(&search).await?;
        Ok(found.into_iter().map(|tx| tx.tx_result.events.into_iter().map(event).collect()).collect())
    }

    /// Moves a contract to other code.
    pub async fn migrate(&self, sender: &Addr, contract: Contract, address: &Addr, code: u64) -> Result<Included> {
        let msg = MsgMigrateContract {
            sender: sender.to_string(),
            contract: address.to_string(),
            code_id: code,
            msg: b"{}".to_vec(),
        };
        self.send(sender, vec![Named { name: format!("{contract} migrate"), any: Any::from_msg(&msg)? }]).await
    }

    /// Makes another account the one that may migrate a contract, or nobody.
    pub fn admin(&self, sender: &Addr, contract: Contract, address: &Addr, admin: Option<&Addr>) -> Result<Named> {
        let (sender, at) = (sender.to_string(), address.to_string());
        let any = match admin {
            Some(admin) => Any::from_msg(&MsgUpdateAdmin { sender, new_admin: admin.to_string(), contract: at })?,
            None => Any::from_msg(&MsgClearAdmin { sender, contract: at })?,
        };
        Ok(Named { name: format!("{contract} admin"), any })
    }

    /// The id of a contract's code, and who may migrate it; nobody if that is empty.
    pub async fn contract(&self, address: &Addr) -> Result<(u64, String)> {
        let request = QueryContractInfoRequest { address: address.to_string() };
        let answer: QueryContractInfoResponse =
            self.endpoints.query("/cosmwasm.wasm.v1.Query/ContractInfo", request).await?;
        let info = answer.contract_info.with_context(|| format!("no contract at {address}"))?;
        Ok((info.code_id, info.admin))
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
