//! Which shards of an attestation are run by somebody else too.

use std::collections::BTreeSet;

use crate::{Digest, hash::tagged, subject::below};

/// `wanted` distinct shards of an attestation of `count`, numbered within it, in the order in which they are drawn; all of
/// them if there are no more. Nobody knows them before the `seed`, that of the attestation's draws.
pub fn audited(seed: &Digest, count: u64, wanted: u64) -> Vec<u64> {
    let mut seen = BTreeSet::new();
    let drawn = (0u64..).map(|number| {
        let hash = tagged("tequio/v1/audit", &[seed.as_ref(), &number.to_be_bytes()]).0;
        below(hash[..8].iter().fold(0, |word, byte| word << 8 | u64::from(*byte)), count)
    });
    drawn.filter(|shard| seen.insert(*shard)).take(wanted.min(count) as usize).collect()
}
