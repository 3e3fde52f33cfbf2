//! A deployment as a list of steps, that any chain takes one by one and that can be gone on with at any of them.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use cosmwasm_std::{Addr, Uint128, to_json_vec};
use serde::{Deserialize, Serialize};
use tequio_protocol::{
    BeaconId, arbiter, escrow, registry, rewards,
    verifier::{self, Beacon},
};

use crate::{Call, Contract};

/// The beacon that a deployment begins with.
pub const BEACON: BeaconId = BeaconId(1);

/// What governance burns of the denom to see whether the chain burns it.
pub const REHEARSAL: Uint128 = Uint128::one();

/// Where everything is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    /// Denom of payment and stake.
    pub denom: String,
    /// Owner of all contracts, and the one who may migrate them.
    pub governance: Addr,
    pub registry: Addr,
    pub verifier: Addr,
    pub arbiter: Addr,
    pub rewards: Addr,
    pub escrow: Addr,
    pub token: Addr,
}

impl Deployment {
    pub fn address(&self, contract: Contract) -> &Addr {
        match contract {
            Contract::Registry => &self.registry,
            Contract::Verifier => &self.verifier,
            Contract::Arbiter => &self.arbiter,
            Contract::Rewards => &self.rewards,
            Contract::Escrow => &self.escrow,
            Contract::Token => &self.token,
        }
    }
}

/// What a deployment begins with.
#[derive(Clone, Debug)]
pub struct Settings {
    pub governance: Addr,
    pub denom: String,
    pub registry: registry::Config,
    pub verifier: verifier::Config,
    pub beacon: Beacon,
    pub rewards: rewards::Config,
    pub schedule: rewards::Schedule,
    /// Who has what of the reward token at its genesis.
    pub balances: Vec<cw20::Cw20Coin>,
    /// The address of its arbiter, if it has one, is filled in.
    pub escrow: escrow::Config,
    /// Most that clients and reporters can ever get of a slash, for ever.
    pub max_gas: Uint128,
}

/// What governance has to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Stores a contract's code.
    Upload { contract: Contract },
    /// Instantiates a contract with itself as admin. Where stake is worth something, that is a contract which waits longer
    /// than the thaw, or nobody: a migration can take every bound away.
    Instantiate { contract: Contract, code: u64, message: Vec<u8> },
    /// Asks rewards where its token is.
    FindToken { rewards: Addr },
    /// Rehearses the burn, or gives escrow one of its two rights.
    Send { call: Box<Call> },
}

/// What is done of a deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    codes: BTreeMap<Contract, u64>,
    addresses: BTreeMap<Contract, Addr>,
    sent: usize,
}

impl Progress {
    /// A contract's code is stored under `code`.
    pub fn uploaded(&mut self, contract: Contract, code: u64) {
        self.codes.insert(contract, code);
    }

    /// A contract is at `address`.
    pub fn instantiated(&mut self, contract: Contract, address: Addr) {
        self.addresses.insert(contract, address);
    }

    /// One more message was sent.
    pub fn sent(&mut self) {
        self.sent += 1;
    }

    /// What is deployed, once every step is done.
    pub fn deployment(&self, settings: &Settings) -> Result<Deployment> {
        Ok(Deployment {
            denom: settings.denom.clone(),
            governance: settings.governance.clone(),
            registry: self.address(Contract::Registry)?,
            verifier: self.address(Contract::Verifier)?,
            arbiter: self.address(Contract::Arbiter)?,
            rewards: self.address(Contract::Rewards)?,
            escrow: self.address(Contract::Escrow)?,
            token: self.address(Contract::Token)?,
        })
    }

    /// Where a contract is.
    pub fn address(&self, contract: Contract) -> Result<Addr> {
        self.addresses.get(&contract).cloned().with_context(|| format!("{contract} is not instantiated"))
    }

    /// Whether a contract's code is stored.
    pub fn is_uploaded(&self, contract: Contract) -> bool {
        self.codes.contains_key(&contract)
    }

    /// Under which id a contract's code is stored.
    pub fn code(&self, contract: Contract) -> Result<u64> {
        self.codes.get(&contract).copied().with_context(|| format!("the code of {contract} is not stored"))
    }
}

impl Settings {
    /// The step after those that are `done`; `None` once all are.
    pub fn next(&self, done: &Progress) -> Result<Option<Step>> {
        if !done.codes.contains_key(&Contract::Token) {
            return Ok(Some(Step::Upload { contract: Contract::Token }));
        }
        for contract in Contract::OURS {
            if !done.codes.contains_key(&contract) {
                return Ok(Some(Step::Upload { contract }));
            }
            if !done.addresses.contains_key(&contract) {
                let (code, message) = (done.code(contract)?, self.instantiation(contract, done)?);
                return Ok(Some(Step::Instantiate { contract, code, message }));
            }
        }
        if !done.addresses.contains_key(&Contract::Token) {
            return Ok(Some(Step::FindToken { rewards: done.address(Contract::Rewards)? }));
        }
        let escrow = done.address(Contract::Escrow)?.into_string();
        // A chain that refuses the burn of its denom would keep every slash. It is found before the first grant, so
        // before anyone can register.
        let burn = Call::paying(REHEARSAL, registry::ExecuteMsg::Burn {});
        let grant = registry::ExecuteMsg::Grant { holder: escrow.clone() }.into();
        let open = rewards::ExecuteMsg::Grant { source: escrow }.into();
        Ok([burn, grant, open].into_iter().nth(done.sent).map(|call| Step::Send { call: Box::new(call) }))
    }

    /// The message that instantiates a contract, given those before it.
    fn instantiation(&self, contract: Contract, done: &Progress) -> Result<Vec<u8>> {
        let (owner, denom) = (self.governance.to_string(), self.denom.clone());
        match contract {
            Contract::Registry => json(&registry::InstantiateMsg { owner, denom, config: self.registry.clone() }),
            Contract::Verifier => {
                json(&verifier::InstantiateMsg { owner, config: self.verifier.clone(), beacon: self.beacon.clone() })
            }
            Contract::Arbiter => {
                json(&arbiter::InstantiateMsg { denom, verifier: done.address(Contract::Verifier)?.into() })
            }
            Contract::Rewards => {
                let token = rewards::Token {
                    code_id: done.code(Contract::Token)?,
                    name: "Tequio".into(),
                    symbol: "TEQ".into(),
                    decimals: 6,
                    balances: self.balances.clone(),
                };
                let (schedule, config) = (self.schedule.clone(), self.rewards.clone());
                json(&rewards::InstantiateMsg { owner, token, schedule, config })
            }
            Contract::Escrow => {
                let mut config = self.escrow.clone();
                if let Some(arbiter) = &mut config.arbitration {
                    arbiter.address = done.address(Contract::Arbiter)?.into();
                }
                json(&escrow::InstantiateMsg {
                    owner,
                    denom,
                    registry: done.address(Contract::Registry)?.into(),
                    verifier: done.address(Contract::Verifier)?.into(),
                    rewards: done.address(Contract::Rewards)?.into(),
                    max_gas: self.max_gas,
                    config,
                })
            }
            Contract::Token => anyhow::bail!("the token is instantiated by rewards"),
        }
    }
}

fn json(message: &impl Serialize) -> Result<Vec<u8>> {
    Ok(to_json_vec(message)?)
}
