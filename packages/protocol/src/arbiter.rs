//! `arbiter`: the authority over demands, reveals and their bonds.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Binary, Uint64, Uint128};
use schemars::{
    r#gen::SchemaGenerator,
    schema::{InstanceType, Metadata, Schema, SchemaObject},
};

pub use tequio_attestation::Wanted;

pub use crate::balance::{Credited, Withdrawn};
use crate::{AttestationId, Deadline, DemandId, Funds, Permission, Permissioned, attributes, event::Attribute, events};

/// Nobody governs it: what a demand costs and takes is in the subject of each attestation.
#[cw_serde]
pub struct InstantiateMsg {
    /// Denom of the bonds.
    pub denom: String,
    pub verifier: String,
}

/// Bytes of outputs that one answer is reckoned to carry: a demand of more has the bond of several.
pub const ANSWER_BYTES: u64 = 16 << 10;
/// Longest time by which all demands of an attestation's outputs may extend its longest hold: 30 days.
pub const MAX_DELIVERY: u64 = 2_592_000;

#[cw_serde]
pub enum ExecuteMsg {
    /// Demands what an attester committed to, while its attestation is genuine so far, for a bond that must be sent exactly.
    /// `shown` are header and descriptors that the address lies in. Outputs only the principal may demand.
    Demand { attestation: AttestationId, wanted: Wanted, shown: Binary },
    /// Reveals what was demanded, or the next part of outputs. Anyone may relay it.
    Reveal { demand: DemandId, answer: Binary },
    /// Ends demands whose attestation has a final answer: the bond goes to whom it belongs then. What it cannot end now is
    /// passed over, but not all of it.
    Settle { demands: Vec<DemandId> },
    /// Pays the sender's balance.
    Withdraw {},
    /// Burns what settled demands left to burn.
    Burn {},
}

impl Permissioned for ExecuteMsg {
    fn permission(&self) -> Permission {
        Permission::Anyone
    }

    fn funds(&self) -> Funds {
        match self {
            Self::Demand { .. } => Funds::Exact,
            _ => Funds::None,
        }
    }
}

#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    #[returns(ConfigResponse)]
    Config {},
    /// What demanding this now would take of `demander`; fails as `demand` would.
    #[returns(QuoteResponse)]
    Quote { demander: String, attestation: AttestationId, wanted: Wanted, shown: Binary },
    #[returns(DemandResponse)]
    Demand { demand: DemandId },
    /// Demands of an attestation by id.
    #[returns(Vec<DemandResponse>)]
    Demands { attestation: AttestationId, start_after: Option<DemandId>, limit: Option<u32> },
    /// What is to be revealed of an attestation, by when it is due.
    #[returns(Vec<DemandResponse>)]
    Due { attestation: AttestationId, limit: Option<u32> },
    /// The latest demand of an address, or of some of the same outputs, if there is one.
    #[returns(Option<DemandId>)]
    Demanded { attestation: AttestationId, wanted: Wanted },
    /// What `address` can withdraw.
    #[returns(Uint128)]
    Balance { address: String },
    /// What settled demands left to burn.
    #[returns(Uint128)]
    ToBurn {},
    #[returns(crate::Conservation)]
    Conservation {},
}

#[cw_serde]
pub struct MigrateMsg {}

#[cw_serde]
pub struct ConfigResponse {
    pub denom: String,
    pub verifier: String,
}

#[cw_serde]
#[derive(Eq)]
pub struct QuoteResponse {
    pub bond: Uint128,
    /// When it would be due.
    pub due: Deadline,
}

#[cw_serde]
#[derive(Eq)]
pub struct DemandResponse {
    pub id: DemandId,
    pub attestation: AttestationId,
    pub demander: String,
    pub wanted: Wanted,
    pub queue: Queue,
    pub bond: Uint128,
    pub due: Deadline,
    /// Parts revealed, and all parts.
    pub revealed: Uint64,
    pub parts: Uint64,
    pub state: State,
}

/// Where a demand stands.
#[cw_serde]
#[derive(Copy, Eq, strum::Display, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// Not revealed, or not all of it.
    Open,
    /// All of it was revealed.
    Met,
    /// The bond went to the attester, less what was burned.
    Paid,
    /// The bond went back to the demander.
    Returned,
}

attributes!(State);

/// As words and numbers with slashes between them.
impl Attribute for Wanted {
    fn write(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        let examples =
            ["shards/0/0", "tensors/7/0/0", "nodes/7/31/8/200", "leaves/7/31/3216", "outputs/0/100"].map(Into::into);
        let metadata = Metadata {
            description: Some("A wanted address, its words and numbers with slashes between them.".into()),
            examples: examples.into(),
            ..Metadata::default()
        };
        SchemaObject {
            metadata: Some(metadata.into()),
            instance_type: Some(InstanceType::String.into()),
            ..SchemaObject::default()
        }
        .into()
    }
}

/// Who is served first.
#[cw_serde]
#[derive(Copy, Eq, strum::Display, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Queue {
    /// The one to whom the outputs are delivered.
    Principal,
    Public,
}

attributes!(Queue);

events! {
    use Credited, Withdrawn;
    /// Something is to be revealed by `due`, and `due_block`.
    Demanded = "demanded" {
        demand: DemandId,
        attestation: AttestationId,
        demander: String,
        wanted: Wanted,
        queue: Queue,
        bond: Uint128,
        due: u64,
        due_block: u64,
    }
    /// Parts `from` to `parts` of what was demanded, as it was checked; all of it if `parts` is `all`.
    Revealed = "revealed" {
        demand: DemandId,
        attestation: AttestationId,
        wanted: Wanted,
        from: Uint64,
        parts: Uint64,
        all: Uint64,
        answer: Binary,
    }
    /// A demand's bond has gone where it belongs; `to_burn` of it to nobody.
    Settled = "settled" {
        demand: DemandId,
        attestation: AttestationId,
        state: State,
        bond: Uint128,
        to_burn: Uint128,
    }
    Burned = "burned" { amount: Uint128 }
}
