//! What an attestation binds, and the draws that follow from it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Arbitration, AttestationId, Digest, ProgramId, SubjectId, Terms,
    hash::{name, tagged},
};

/// What an attestation is about. The context is the protocol's own that uses the verifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    pub program_id: ProgramId,
    pub input_root: Digest,
    /// First of the job's shards it covers.
    #[serde(with = "crate::decimal")]
    #[schemars(schema_with = "crate::decimal::schema")]
    pub first_shard: u64,
    /// Number of shards, at least 1.
    #[serde(with = "crate::decimal")]
    #[schemars(schema_with = "crate::decimal::schema")]
    pub count: u64,
    /// Number of draws, at least 1.
    pub draws: u32,
    pub context: Digest,
    pub terms: Terms,
    /// Nobody can hold it back if `None`.
    pub arbitration: Option<Box<Arbitration>>,
}

impl Subject {
    pub fn id(&self) -> SubjectId {
        let numbers =
            [&self.first_shard.to_be_bytes()[..], &self.count.to_be_bytes(), &self.draws.to_be_bytes()].concat();
        let (terms, arbitration) = (self.terms.encode(), self.arbitration.as_ref().map(|held| held.encode()));
        let parts = [
            self.program_id.as_ref(),
            self.input_root.as_ref(),
            &numbers,
            self.context.as_ref(),
            &terms,
            &[arbitration.is_some().into()],
            &arbitration.unwrap_or_default(),
        ];
        SubjectId(tagged("tequio/v1/subject", &parts))
    }
}

/// The id of an attestation. Names are preceded by their length (u32).
pub fn attestation_id(
    chain_id: &str,
    verifier: &str,
    attester: &str,
    root: &Digest,
    subject: &SubjectId,
) -> AttestationId {
    let names = [chain_id, verifier, attester].map(name).concat();
    AttestationId(tagged("tequio/v1/attestation", &[&names, root.as_ref(), subject.as_ref()]))
}

/// The seed of an attestation's draws, once its beacon round is known.
pub fn seed(attestation: &AttestationId, beacon: u64, round: u64, randomness: &Digest) -> Digest {
    let parts = [attestation.as_ref(), &beacon.to_be_bytes(), &round.to_be_bytes(), randomness.as_ref()];
    tagged("tequio/v1/seed", &parts)
}

/// One draw: a shard, a ticket that falls on one committed tensor, and a position that becomes an element of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw {
    /// Index among the attestation's shards.
    pub shard: u64,
    pub ticket: u32,
    position: u64,
}

impl Draw {
    /// Draw number `number` over `count` shards.
    pub fn new(seed: &Digest, number: u32, count: u64) -> Self {
        let hash = tagged("tequio/v1/draw", &[seed.as_ref(), &number.to_be_bytes()]).0;
        let word = |at: usize| hash[at..at + 8].iter().fold(0u64, |word, byte| word << 8 | *byte as u64);
        Self { shard: below(word(0), count), ticket: (word(8) >> 32) as u32, position: word(16) }
    }

    /// The element drawn of a tensor with `elements` of them.
    pub fn element(&self, elements: u32) -> u32 {
        below(self.position, elements as u64) as u32
    }
}

/// An index below `n` from a uniform word: the high half of their product.
pub(crate) fn below(word: u64, n: u64) -> u64 {
    ((word as u128 * n as u128) >> 64) as u64
}

/// An element of one shard, of a tensor that is named beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Index among the attestation's shards.
    pub shard: u64,
    pub element: u32,
}

/// All that the chain knows of an attestation whose round is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub subject: Subject,
    /// Root of the attester's tree over its shards.
    pub root: Digest,
    pub seed: Digest,
}

impl Statement {
    pub fn draw(&self, number: u32) -> Draw {
        Draw::new(&self.seed, number, self.subject.count)
    }
}
