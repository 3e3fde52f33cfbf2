//! The only door to storage: no other file names a key.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, BlockInfo, Order, StdResult, Storage};
use cw_storage_plus::{Bound, Map as Plain};
use tequio_contract::{
    checked,
    record::{Item, Map},
};
use tequio_protocol::{
    AttestationId, BeaconId, Digest, Moment, SubjectId,
    verifier::{Beacon, BeaconResponse, Config, RoundResponse, Subject, Verdict},
};

use crate::{
    core::{
        counts::Counts,
        error::CoreError,
        timing::{self, BLOCKS, Progress, Timing},
    },
    error::ContractError,
};

/// Name under which `cw2` knows this contract.
pub const CONTRACT: &str = "crates.io:tequio-verifier";
/// Version under which `cw2` knows this contract.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

const CONFIG: Item<Config> = Item::new("config");
const COUNTS: Item<Counts> = Item::new("counts");
/// By [`Moment::block`]: time and height of each block in which a message came.
const CLOCK: Plain<u64, (u64, u64)> = Plain::new("clock");
const BEACONS: Plain<BeaconId, Known> = Plain::new("beacons");
/// By beacon and round.
const ROUNDS: Map<(BeaconId, u64), RoundResponse> = Map::new("rounds");
/// What never changes of an attestation.
const ATTESTATIONS: Map<AttestationId, Attestation> = Map::new("attestations");
/// What openings change of it.
const PROGRESS: Map<AttestationId, Progress> = Map::new("progress");
/// The attestation for a subject by an attester: the first, and no other.
const FIRST: Map<(SubjectId, &Addr), AttestationId> = Map::new("first");
/// Attestations by attester.
const OF: Plain<(&Addr, AttestationId), ()> = Plain::new("of");

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
    pub attested: Moment,
    /// The beacon it is drawn from.
    pub beacon: BeaconId,
}

impl Attestation {
    /// From this block on the first record of the clock decides the round.
    pub fn clock_block(&self) -> u64 {
        self.attested.block.saturating_add(BLOCKS)
    }
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
    pub fn verdict(&self, now: &Moment) -> Verdict {
        timing::verdict(&self.progress.finding, &self.attestation.subject.terms, self.timing.as_ref(), now)
    }

    /// What the draws follow from, if the round was stored in time.
    pub fn seed(&self, id: AttestationId) -> Option<Digest> {
        let (timing, round) = (self.timing.as_ref()?, self.round.as_ref()?);
        let beacon = self.attestation.beacon.0;
        Some(tequio_attestation::seed(&id, beacon, timing.round, &round.randomness))
    }
}

/// A verifier that nobody has used, without its first beacon.
pub fn begin(storage: &mut dyn Storage, config: &Config) -> StdResult<()> {
    CONFIG.save(storage, config)?;
    COUNTS.save(storage, &Counts::default())
}

pub fn config(storage: &dyn Storage) -> StdResult<Config> {
    CONFIG.load(storage)
}

pub fn configure(storage: &mut dyn Storage, config: &Config) -> StdResult<()> {
    CONFIG.save(storage, config)
}

pub fn counts(storage: &dyn Storage) -> StdResult<Counts> {
    COUNTS.load(storage)
}

pub fn change_counts(
    storage: &mut dyn Storage,
    change: impl FnOnce(&mut Counts) -> Result<(), CoreError>,
) -> Result<(), ContractError> {
    let mut counts = COUNTS.load(storage)?;
    change(&mut counts)?;
    Ok(COUNTS.save(storage, &counts)?)
}

// The clock.

/// The block, counted on from the last record. A height below that record's has begun anew.
pub fn moment(storage: &dyn Storage, block: &BlockInfo) -> StdResult<Moment> {
    let height = block.height;
    let (counted, (_, last)) =
        CLOCK.range(storage, None, None, Order::Descending).next().transpose()?.unwrap_or_default();
    let more = height.checked_sub(last).unwrap_or(height);
    Ok(Moment { time: block.time.seconds(), block: counted.saturating_add(more) })
}

/// Records a block, once; whether this was the first record of it.
pub fn record_clock(storage: &mut dyn Storage, now: Moment, height: u64) -> StdResult<bool> {
    if CLOCK.has(storage, now.block) {
        return Ok(false);
    }
    CLOCK.save(storage, now.block, &(now.time, height))?;
    Ok(true)
}

/// Whether a message came at this very moment.
pub fn recorded(storage: &dyn Storage, moment: Moment) -> StdResult<bool> {
    let found = CLOCK.may_load(storage, moment.block)?;
    Ok(found.is_some_and(|(time, _)| time == moment.time))
}

/// The first record of `block` or a later one.
fn clock_from(storage: &dyn Storage, block: u64) -> StdResult<Option<Moment>> {
    let records = CLOCK.range(storage, Some(Bound::inclusive(block)), None, Order::Ascending);
    records.map(|record| record.map(|(block, (time, _))| Moment { time, block })).next().transpose()
}

// Beacons.

pub fn beacon(storage: &dyn Storage, id: BeaconId) -> Result<Beacon, ContractError> {
    let known = BEACONS.may_load(storage, id)?.ok_or(ContractError::UnknownBeacon { beacon: id })?;
    Ok(known.beacon)
}

/// Beacons from the latest to the earliest.
pub fn latest_beacons(storage: &dyn Storage) -> impl Iterator<Item = StdResult<BeaconResponse>> {
    BEACONS.range(storage, None, None, Order::Descending).map(known)
}

pub fn beacons(storage: &dyn Storage, after: Option<BeaconId>, count: usize) -> StdResult<Vec<BeaconResponse>> {
    BEACONS.range(storage, after.map(Bound::exclusive), None, Order::Ascending).take(count).map(known).collect()
}

fn known(entry: StdResult<(BeaconId, Known)>) -> StdResult<BeaconResponse> {
    let (id, Known { beacon, effective }) = entry?;
    Ok(BeaconResponse { id, beacon, effective })
}

/// Adds a beacon under the next id.
pub fn add_beacon(storage: &mut dyn Storage, beacon: Beacon, effective: u64) -> Result<BeaconId, ContractError> {
    let last = BEACONS.keys(storage, None, None, Order::Descending).next().transpose()?;
    let id = BeaconId(checked::add(last.map_or(0, |last| last.0), 1)?);
    BEACONS.save(storage, id, &Known { beacon, effective })?;
    Ok(id)
}

/// The beacon for attestations at time `now`: the latest in effect. A later proposal counts even if an earlier one,
/// under a longer timelock, comes into effect after it.
pub fn beacon_in_effect(storage: &dyn Storage, now: u64) -> Result<BeaconId, ContractError> {
    for latest in latest_beacons(storage) {
        let latest = latest?;
        if latest.effective <= now {
            return Ok(latest.id);
        }
    }
    // The first beacon is in effect from the moment the contract is instantiated.
    Err(ContractError::UnknownBeacon { beacon: BeaconId(1) })
}

pub fn round(storage: &dyn Storage, beacon: BeaconId, round: u64) -> StdResult<Option<RoundResponse>> {
    ROUNDS.may_load(storage, (beacon, round))
}

pub fn store_round(storage: &mut dyn Storage, beacon: BeaconId, round: u64, stored: &RoundResponse) -> StdResult<()> {
    ROUNDS.save(storage, (beacon, round), stored)
}

// Attestations.

/// The attestation of `attester` for a subject.
pub fn first(storage: &dyn Storage, attester: &Addr, subject: SubjectId) -> StdResult<Option<AttestationId>> {
    FIRST.may_load(storage, (subject, attester))
}

pub fn add_attestation(
    storage: &mut dyn Storage,
    id: AttestationId,
    subject: SubjectId,
    attestation: &Attestation,
) -> StdResult<()> {
    ATTESTATIONS.save(storage, id, attestation)?;
    FIRST.save(storage, (subject, &attestation.attester), &id)?;
    OF.save(storage, (&attestation.attester, id), &())?;
    save_progress(storage, id, &Progress::default())
}

pub fn save_progress(storage: &mut dyn Storage, id: AttestationId, progress: &Progress) -> StdResult<()> {
    PROGRESS.save(storage, id, progress)
}

pub fn attestation(storage: &dyn Storage, id: AttestationId) -> Result<Attestation, ContractError> {
    ATTESTATIONS.may_load(storage, id)?.ok_or(ContractError::UnknownAttestation { attestation: id })
}

/// An attestation and where it stands.
pub fn standing(storage: &dyn Storage, id: AttestationId) -> Result<Standing, ContractError> {
    let attestation = attestation(storage, id)?;
    let progress = PROGRESS.load(storage, id)?;
    let mut standing = Standing { attestation, progress, timing: None, round: None };
    let Attestation { beacon: from, ref subject, .. } = standing.attestation;
    let Some(clock) = clock_from(storage, standing.attestation.clock_block())? else {
        return Ok(standing);
    };
    let timing = Timing::new(&subject.terms, &beacon(storage, from)?, clock);
    let stored = round(storage, from, timing.round)?;
    let timing = stored.as_ref().map_or(timing, |round| timing.arrived(&subject.terms, round.stored));
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
    OF.prefix(attester).keys(storage, after.map(Bound::exclusive), None, Order::Ascending).take(count).collect()
}

/// Attestations for a subject by attester.
pub fn of_subject(
    storage: &dyn Storage,
    subject: SubjectId,
    after: Option<&Addr>,
    count: usize,
) -> StdResult<Vec<AttestationId>> {
    let after = after.map(Bound::exclusive);
    let attesters = FIRST.prefix(subject).keys(storage, after, None, Order::Ascending).take(count);
    attesters.map(|attester| FIRST.load(storage, (subject, &attester?))).collect()
}
