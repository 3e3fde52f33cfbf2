//! What a chain begins with.

use cosmwasm_std::{Addr, Decimal, Uint128};
use cw20::Cw20Coin;
use tequio_client::deploy::Settings;
use tequio_protocol::{escrow, registry, rewards, verifier};

use crate::LocalBeacon;

/// What a chain begins with. The default's configs are within all bounds.
#[derive(Clone, Debug)]
pub struct Setup {
    pub chain_id: String,
    /// Time of the first block.
    pub genesis: u64,
    /// Seconds of a block, at least 1.
    pub block_time: u64,
    /// Secret of the local beacon.
    pub beacon_seed: Vec<u8>,
    /// Seconds between the beacon's rounds.
    pub beacon_period: u64,
    /// Denom of payment and stake.
    pub denom: String,
    pub registry: registry::Config,
    pub verifier: verifier::Config,
    pub rewards: rewards::Config,
    pub schedule: rewards::Schedule,
    /// The address of its arbiter, if it has one, is filled in.
    pub escrow: escrow::Config,
    /// Most that clients and reporters can ever get of a slash.
    pub max_gas: Uint128,
    /// What named actors have of `denom`.
    pub funds: Vec<(String, u128)>,
    /// What named actors have of the reward token: its genesis.
    pub tokens: Vec<(String, u128)>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            chain_id: "tequio-embedded".into(),
            genesis: 1_767_225_600,
            block_time: 5,
            beacon_seed: b"tequio".to_vec(),
            beacon_period: 3,
            denom: "utequio".into(),
            registry: registry::Config { thaw: 172_800, timelock: 259_200, burn_bps: 8_000 },
            verifier: verifier::Config { timelock: 259_200, max_draws: 512 },
            rewards: rewards::Config {
                rate: Uint128::new(1_000),
                kappa_bps: 8_000,
                cap: Uint128::new(10_000),
                timelock: 259_200,
            },
            schedule: rewards::Schedule { epoch: 86_400, initial: Uint128::new(1_000_000_000), halving: 365 },
            escrow: escrow::Config {
                margin_bps: 20_000,
                token_value: Decimal::one(),
                give_back_window: 300,
                give_back_fee_bps: 100,
                absence_bps: 500,
                client_gas: Uint128::new(10_000),
                reporter_tip: Uint128::new(10_000),
                terms: verifier::Terms::default(),
                arbitration: Some(escrow::Arbiter {
                    address: String::new(),
                    answer_gas: Uint128::new(1_000),
                    answer_window: 600,
                    spacing: 60,
                    longest_hold: 6 * (600 + 60 + 600),
                    rate: 10_000,
                }),
                max_opening_bytes: (8u64 << 20).into(),
                max_draw_bytes: 256 << 10,
                max_reads: 1 << 20,
                rewards_gas: 2_000_000,
            },
            max_gas: Uint128::new(100_000),
            funds: vec![],
            tokens: vec![],
        }
    }
}

impl Setup {
    /// Gives an actor `amount` of the denom.
    pub fn fund(mut self, actor: &str, amount: u128) -> Self {
        self.funds.push((actor.into(), amount));
        self
    }

    /// Gives an actor `amount` of the reward token.
    pub fn genesis_tokens(mut self, actor: &str, amount: u128) -> Self {
        self.tokens.push((actor.into(), amount));
        self
    }

    /// The beacon whose secret follows from the seed.
    pub fn beacon(&self) -> LocalBeacon {
        LocalBeacon::new(&self.beacon_seed, self.genesis, self.beacon_period)
    }

    /// What a deployment owned by `governance` begins with, on any chain; `balances` is the reward token's genesis.
    pub fn settings(&self, governance: Addr, beacon: &LocalBeacon, balances: Vec<Cw20Coin>) -> Settings {
        Settings {
            governance,
            denom: self.denom.clone(),
            registry: self.registry.clone(),
            verifier: self.verifier.clone(),
            beacon: beacon.public().clone(),
            rewards: self.rewards.clone(),
            schedule: self.schedule.clone(),
            balances,
            escrow: self.escrow.clone(),
            max_gas: self.max_gas,
        }
    }
}
