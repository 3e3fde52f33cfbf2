//! The terms of an attestation: what is fixed for it, whoever governs later.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::hash::name;

/// When an attestation is drawn, until when it is opened, and how long it is watched. Windows are seconds *and* blocks: none
/// is over before `blocks` more blocks were made, so that no halt of the chain makes anyone late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Seconds between the clock's time and the round drawn from.
    pub delay: u32,
    /// Seconds from the round's arrival in which the opening must be complete.
    pub open_window: u32,
    /// Seconds after the round was due in which it must arrive, or the attestation is void.
    pub void_after: u32,
    /// Seconds from the complete opening in which it can be refuted. 0: none, and no blocks either.
    pub audit_window: u32,
    /// Blocks that each of these windows takes at least.
    pub blocks: u32,
}

/// Who may hold an attestation back in its audit window, and on what terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arbitration {
    /// The contract that takes demands.
    pub arbiter: String,
    /// To whom the outputs are delivered.
    pub principal: String,
    /// Bond of a demand for what the attester keeps.
    #[serde(with = "crate::decimal")]
    #[schemars(schema_with = "crate::decimal::schema")]
    pub bond: u128,
    /// Bond of a demand for what it must run again for.
    #[serde(with = "crate::decimal")]
    #[schemars(schema_with = "crate::decimal::schema")]
    pub rerun_bond: u128,
    /// Seconds to answer a demand, and of the turn that follows a reveal.
    pub answer_window: u32,
    /// Seconds between the answers that one queue asks for.
    pub spacing: u32,
    /// Seconds by which demands may hold the attestation back beyond its audit window.
    pub longest_hold: u32,
    /// Bytes of outputs that are delivered in a second.
    pub rate: u32,
}

/// Half a minute to the round, an hour to open, a week for the round, ten minutes to refute, each with 100 blocks.
impl Default for Terms {
    fn default() -> Self {
        Self { delay: 30, open_window: 3_600, void_after: 604_800, audit_window: 600, blocks: 100 }
    }
}

impl Terms {
    /// As the subject binds them.
    pub(crate) fn encode(&self) -> Vec<u8> {
        [self.delay, self.open_window, self.void_after, self.audit_window, self.blocks].map(u32::to_be_bytes).concat()
    }
}

impl Arbitration {
    /// As the subject binds them. Names are preceded by their length (u32).
    pub(crate) fn encode(&self) -> Vec<u8> {
        let names = [&self.arbiter, &self.principal].map(|text| name(text)).concat();
        let bonds = [self.bond, self.rerun_bond].map(u128::to_be_bytes).concat();
        let rest = [self.answer_window, self.spacing, self.longest_hold, self.rate].map(u32::to_be_bytes).concat();
        [names, bonds, rest].concat()
    }
}
