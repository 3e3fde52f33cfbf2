//! A network as users describe it, in the chain registry's words.

use cosmwasm_std::Decimal;
use serde::{Deserialize, Serialize};

/// How a chain is reached, and what it takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    pub chain_name: String,
    pub chain_id: String,
    #[serde(default)]
    pub network_type: String,
    /// What its addresses begin with.
    pub bech32_prefix: String,
    #[serde(default = "slip44")]
    pub slip44: u32,
    /// The first is what fees, stake and payment are in.
    pub fees: Fees,
    #[serde(default)]
    pub apis: Apis,
    #[serde(default)]
    pub explorers: Vec<Explorer>,
    /// Gas that is paid for, over the gas that a simulation takes.
    #[serde(default = "gas_adjustment")]
    pub gas_adjustment: Decimal,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fees {
    pub fee_tokens: Vec<FeeToken>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeeToken {
    pub denom: String,
    /// Of one unit of gas.
    pub average_gas_price: Decimal,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Apis {
    #[serde(default)]
    pub rpc: Vec<Api>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Api {
    pub address: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explorer {
    #[serde(default)]
    pub kind: String,
    #[serde(default)]
    pub url: String,
    /// Page of a transaction; `${txHash}` stands for it.
    pub tx_page: String,
}

/// Why a description is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    #[error("{0}")]
    Toml(String),
    #[error("fees.fee_tokens is empty")]
    NoFeeToken,
    #[error("gas_adjustment is {0}, less than 1")]
    Adjustment(Decimal),
    #[error("slip44 is {0}: only keys of coin type 118 are made here")]
    CoinType(u32),
}

impl Network {
    pub fn from_toml(text: &str) -> Result<Self, NetworkError> {
        let network: Self = toml::from_str(text).map_err(|error| NetworkError::Toml(error.message().into()))?;
        if network.fees.fee_tokens.is_empty() {
            return Err(NetworkError::NoFeeToken);
        }
        if network.gas_adjustment < Decimal::one() {
            return Err(NetworkError::Adjustment(network.gas_adjustment));
        }
        if network.slip44 != slip44() {
            return Err(NetworkError::CoinType(network.slip44));
        }
        Ok(network)
    }

    /// What fees, stake and payment are in.
    pub fn denom(&self) -> &str {
        &self.fees.fee_tokens[0].denom
    }

    pub fn gas_price(&self) -> Decimal {
        self.fees.fee_tokens[0].average_gas_price
    }

    /// Takes other endpoints than it names.
    pub fn set_rpc(&mut self, addresses: &[String]) {
        self.apis.rpc = addresses.iter().map(|address| Api { address: address.clone() }).collect();
    }

    pub fn rpc(&self) -> Vec<String> {
        self.apis.rpc.iter().map(|api| api.address.clone()).collect()
    }

    /// The page that explains a transaction, if there is an explorer.
    pub fn page(&self, hash: &str) -> Option<String> {
        Some(self.explorers.first()?.tx_page.replace("${txHash}", hash))
    }
}

fn slip44() -> u32 {
    118
}

fn gas_adjustment() -> Decimal {
    Decimal::percent(130)
}
