//! The only file that names a storage key.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Env, Order, StdResult, Storage};
use cw_storage_plus::{Bound, Item, Map};
use tequio_protocol::{
    AttestationId, BeaconId, Digest, SubjectId,
    verifier::{Beacon, BeaconResponse, Config, RoundResponse, Subject, Verdict},
};

use crate::{
    ContractError,
    core::{
        counts::Counts,
        timing::{self, BLOCKS, Progress, Terms, Timing},
    },
};

pub const CONFIG: Item<Config> = Item::new("config");
pub const COUNTS: Item<Counts> = Item::new("counts");

/// Block time of each height at which a message came.
const CLOCK: Map<u64, u64> = Map::new("clock");
/// By beacon.
const BEACONS: Map<u64, Known> = Map::new("beacons");
/// By beacon and round.
const ROUNDS: Map<(u64, u64), RoundResponse> = Map::new("rounds");
/// What never changes of an attestation.
const ATTESTATIONS: Map<AttestationId, Attestation> = Map::new("attestations");
/// What openings change of it.
const PROGRESS: Map<AttestationId, Progress> = Map::new("progress");
/// The attestation of an attester for a subject: the first, and no other.
const FIRST: Map<(&Addr, SubjectId), AttestationId> = Map::new("first");
/// Attestations by attester.
const OF: Map<(&Addr, AttestationId), ()> = Map::new("of");

#[cw_serde]
struct Known {
    beacon: Beacon,
    effective: u64,
}

#[cw_serde]
pub struct Attestation {
    pub attester: Addr,
    pub subject: Subject,
    pub root: Digest,
    pub height: u64,
    pub time: u64,
    pub terms: Terms,
}

/// An attestation and where it stands, as far as its round is known.
pub struct Standing {
    pub attestation: Attestation,
    pub progress: Progress,
    pub timing: Option<Timing>,
    /// The round, if it was stored in time.
    pub round: Option<RoundResponse>,
}

impl Standing {
    pub fn verdict(&self, now: u64) -> Verdict {
        timing::verdict(&self.progress.finding, self.timing.as_ref(), now)
    }

    /// From this height on the first record of the clock decides the round.
    pub fn clock_height(&self) -> u64 {
        self.attestation.height.saturating_add(BLOCKS)
    }

    /// What the draws follow from, if the round was stored in time.
    pub fn seed(&self, id: AttestationId) -> Option<Digest> {
        let (timing, round) = (self.timing.as_ref()?, self.round.as_ref()?);
        let beacon = self.attestation.terms.beacon.0;
        Some(tequio_attestation::seed(&id, beacon, timing.round, &round.randomness))
    }
}

/// Records this block's time, once.
pub fn record_clock(storage: &mut dyn Storage, env: &Env) -> StdResult<()> {
    if !CLOCK.has(storage, env.block.height) {
        CLOCK.save(storage, env.block.height, &env.block.time.seconds())?;
    }
    Ok(())
}

/// Time of the first record at `height` or later.
fn clock_from(storage: &dyn Storage, height: u64) -> StdResult<Option<u64>> {
    let records = CLOCK.range(storage, Some(Bound::inclusive(height)), None, Order::Ascending);
    records.map(|record| record.map(|(_, time)| time)).next().transpose()
}

pub fn beacon(storage: &dyn Storage, id: BeaconId) -> Result<Beacon, ContractError> {
    let known = BEACONS.may_load(storage, id.0)?.ok_or(ContractError::UnknownBeacon { beacon: id })?;
    Ok(known.beacon)
}

/// Beacons from the latest to the earliest.
pub fn latest_beacons(storage: &dyn Storage) -> impl Iterator<Item = StdResult<BeaconResponse>> {
    BEACONS.range(storage, None, None, Order::Descending).map(known)
}

pub fn beacons(storage: &dyn Storage, after: Option<BeaconId>, count: usize) -> StdResult<Vec<BeaconResponse>> {
    let from = after.map(|id| Bound::exclusive(id.0));
    BEACONS.range(storage, from, None, Order::Ascending).take(count).map(known).collect()
}

fn known(entry: StdResult<(u64, Known)>) -> StdResult<BeaconResponse> {
    let (id, Known { beacon, effective }) = entry?;
    Ok(BeaconResponse { id: BeaconId(id), beacon, effective })
}

/// Adds a beacon under the next id.
pub fn add_beacon(storage: &mut dyn Storage, beacon: Beacon, effective: u64) -> Result<BeaconId, ContractError> {
    let last = BEACONS.keys(storage, None, None, Order::Descending).next().transpose()?.unwrap_or(0);
    let id = last.checked_add(1).ok_or(ContractError::Overflow)?;
    BEACONS.save(storage, id, &Known { beacon, effective })?;
    Ok(BeaconId(id))
}

pub fn round(storage: &dyn Storage, beacon: BeaconId, round: u64) -> StdResult<Option<RoundResponse>> {
    ROUNDS.may_load(storage, (beacon.0, round))
}

pub fn store_round(storage: &mut dyn Storage, beacon: BeaconId, round: u64, stored: &RoundResponse) -> StdResult<()> {
    ROUNDS.save(storage, (beacon.0, round), stored)
}

/// The attestation of `attester` for a subject.
pub fn first(storage: &dyn Storage, attester: &Addr, subject: SubjectId) -> StdResult<Option<AttestationId>> {
    FIRST.may_load(storage, (attester, subject))
}

pub fn add_attestation(
    storage: &mut dyn Storage,
    id: AttestationId,
    subject: SubjectId,
    attestation: &Attestation,
) -> StdResult<()> {
    ATTESTATIONS.save(storage, id, attestation)?;
    FIRST.save(storage, (&attestation.attester, subject), &id)?;
    OF.save(storage, (&attestation.attester, id), &())?;
    save_progress(storage, id, &Progress::default())
}

pub fn save_progress(storage: &mut dyn Storage, id: AttestationId, progress: &Progress) -> StdResult<()> {
    PROGRESS.save(storage, id, progress)
}

/// An attestation and where it stands.
pub fn standing(storage: &dyn Storage, id: AttestationId) -> Result<Standing, ContractError> {
    let unknown = ContractError::UnknownAttestation { attestation: id };
    let attestation = ATTESTATIONS.may_load(storage, id)?.ok_or(unknown)?;
    let progress = PROGRESS.load(storage, id)?;
    let terms = attestation.terms;
    let mut standing = Standing { attestation, progress, timing: None, round: None };
    let Some(clock) = clock_from(storage, standing.clock_height())? else {
        return Ok(standing);
    };
    let timing = Timing::new(&terms, &beacon(storage, terms.beacon)?, clock);
    let stored = round(storage, terms.beacon, timing.round)?;
    let timing = stored.as_ref().map_or(timing, |round| timing.arrived(&terms, round.stored));
    standing.round = stored.filter(|_| timing.deadline.is_some());
    standing.timing = Some(timing);
    Ok(standing)
}

/// Attestations of `attester` by id.
pub fn attestations(
    storage: &dyn Storage,
    attester: &Addr,
    after: Option<AttestationId>,
    count: usize,
) -> StdResult<Vec<AttestationId>> {
    let from = after.map(Bound::exclusive);
    let ids = OF.prefix(attester).keys(storage, from, None, Order::Ascending).take(count);
    ids.collect()
}
