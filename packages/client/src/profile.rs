//! What a deployment begins with, as a file of settings.

use cosmwasm_std::{Addr, Uint128};
use cw20::Cw20Coin;
use serde::{Deserialize, Serialize};
use tequio_protocol::{escrow, registry, rewards, verifier};

use crate::deploy::Settings;

/// What a deployment begins with, but for who governs it and in which denom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Most that clients and reporters can ever get of a slash, for ever.
    pub max_gas: Uint128,
    pub registry: registry::Config,
    pub verifier: verifier::Config,
    pub beacon: verifier::Beacon,
    pub rewards: rewards::Config,
    pub schedule: rewards::Schedule,
    /// The address of its arbiter is filled in.
    pub escrow: escrow::Config,
    /// Who has what of the reward token at its genesis.
    #[serde(default)]
    pub balances: Vec<Cw20Coin>,
}

impl Profile {
    pub fn from_toml(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    pub fn settings(self, governance: Addr, denom: String) -> Settings {
        let Self { max_gas, registry, verifier, beacon, rewards, schedule, escrow, balances } = self;
        Settings { governance, denom, registry, verifier, beacon, rewards, schedule, balances, escrow, max_gas }
    }
}
