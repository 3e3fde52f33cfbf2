//! Messages and queries, each with the contract it is for.

use cosmwasm_std::{StdResult, Uint128, to_json_vec};
use cw20::{Cw20ExecuteMsg, Cw20QueryMsg};
use serde::{Deserialize, Serialize};
use strum::Display;
use tequio_protocol::{arbiter, escrow, registry, rewards, verifier};

/// A contract of a deployment, by its role.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Contract {
    Registry,
    Verifier,
    Arbiter,
    Rewards,
    Escrow,
    /// The reward token.
    Token,
}

impl Contract {
    /// The contracts of this project, in the order in which they know each other.
    pub const OURS: [Self; 5] = [Self::Registry, Self::Verifier, Self::Arbiter, Self::Rewards, Self::Escrow];

    /// Everything that is deployed: the token too, which rewards instantiates.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::OURS.into_iter().chain([Self::Token])
    }

    /// The file of its Wasm, as `scripts/wasm` names it.
    pub fn file(self) -> String {
        match self {
            Self::Token => "cw20_base.wasm".into(),
            ours => format!("tequio_{ours}.wasm"),
        }
    }
}

macro_rules! for_contract {
    ($(#[$doc:meta])* $name:ident { $($contract:ident($ty:ty)),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[serde(untagged)]
        pub enum $name { $($contract($ty)),* }

        $(impl From<$ty> for $name {
            fn from(msg: $ty) -> Self {
                Self::$contract(msg)
            }
        })*

        impl $name {
            /// The contract it is for.
            pub fn contract(&self) -> Contract {
                match self { $(Self::$contract(_) => Contract::$contract),* }
            }

            /// As it goes over the wire.
            pub fn json(&self) -> StdResult<Vec<u8>> {
                to_json_vec(self)
            }
        }
    };
}

for_contract!(
    /// A message to one of the contracts.
    Message {
        Registry(registry::ExecuteMsg),
        Verifier(verifier::ExecuteMsg),
        Arbiter(arbiter::ExecuteMsg),
        Rewards(rewards::ExecuteMsg),
        Escrow(escrow::ExecuteMsg),
        Token(Cw20ExecuteMsg),
    }
);

for_contract!(
    /// A query to one of the contracts.
    Query {
        Registry(registry::QueryMsg),
        Verifier(verifier::QueryMsg),
        Arbiter(arbiter::QueryMsg),
        Rewards(rewards::QueryMsg),
        Escrow(escrow::QueryMsg),
        Token(Cw20QueryMsg),
    }
);

/// A message and the funds that go with it, in the deployment's denom.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub message: Message,
    pub funds: Uint128,
}

impl Call {
    pub fn paying(funds: impl Into<Uint128>, message: impl Into<Message>) -> Self {
        Self { message: message.into(), funds: funds.into() }
    }
}

impl<M: Into<Message>> From<M> for Call {
    fn from(message: M) -> Self {
        Self::paying(Uint128::zero(), message)
    }
}

/// The variant that a message's JSON names.
pub fn variant(json: &[u8]) -> &str {
    let name = json.split(|byte| *byte == b'"').nth(1).unwrap_or_default();
    std::str::from_utf8(name).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_the_contracts_own_json() {
        let tick = Message::from(verifier::ExecuteMsg::Tick {});
        assert_eq!(tick.contract(), Contract::Verifier);
        let json = tick.json().unwrap();
        assert_eq!(json, br#"{"tick":{}}"#);
        assert_eq!(variant(&json), "tick");
        let unit = verifier::ExecuteMsg::UpdateOwnership(cw_ownable::Action::AcceptOwnership);
        assert_eq!(variant(&Message::from(unit).json().unwrap()), "update_ownership");
    }
}
