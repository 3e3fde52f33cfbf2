//! The only door to storage: no other file names a key.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Order, StdResult, Storage};
use cw_storage_plus::{Bound, Item, Map};
use tequio_contract::{balance::Balances, checked};
use tequio_protocol::{
    AttestationId, DemandId,
    arbiter::{State, Wanted},
    verifier::{AnswerBy, Held},
};

use crate::{
    core::{demand::Demand, error::CoreError, money::Money, queue::Case},
    error::ContractError,
};

/// Name under which `cw2` knows this contract.
pub const CONTRACT: &str = "crates.io:tequio-arbiter";
/// Version under which `cw2` knows this contract.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

const SETUP: Item<Setup> = Item::new("setup");
const MONEY: Item<Money> = Item::new("money");
pub const BALANCES: Balances = Balances::new("balance");
const LAST: Item<DemandId> = Item::new("last");
const DEMANDS: Map<DemandId, Demand> = Map::new("demand");
const CASES: Map<AttestationId, Case> = Map::new("case");
/// Demands by attestation.
const OF: Map<(AttestationId, DemandId), ()> = Map::new("of");
/// Open demands by attestation and due time.
const DUE: Map<(AttestationId, u64, DemandId), ()> = Map::new("due");
/// By attestation and address.
const ADDRESSES: Map<(AttestationId, &str), DemandId> = Map::new("address");
/// Outputs demanded, by attestation and first shard: how many shards. No two overlap.
const OUTPUTS: Map<(AttestationId, u64), (u64, DemandId)> = Map::new("outputs");

/// What this contract was instantiated with.
#[cw_serde]
pub struct Setup {
    pub denom: String,
    pub verifier: Addr,
}

/// An arbiter that nobody has used.
pub fn begin(storage: &mut dyn Storage, setup: &Setup) -> StdResult<()> {
    SETUP.save(storage, setup)?;
    MONEY.save(storage, &Money::default())?;
    LAST.save(storage, &DemandId(0))
}

pub fn setup(storage: &dyn Storage) -> StdResult<Setup> {
    SETUP.load(storage)
}

pub fn money(storage: &dyn Storage) -> StdResult<Money> {
    MONEY.load(storage)
}

/// Changes the sums of the invariants.
pub fn change_money<T>(
    storage: &mut dyn Storage,
    change: impl FnOnce(&mut Money) -> Result<T, CoreError>,
) -> Result<T, ContractError> {
    let mut money = MONEY.load(storage)?;
    let found = change(&mut money)?;
    MONEY.save(storage, &money)?;
    Ok(found)
}

/// What demands have made of an attestation; `None` if there were none.
pub fn case(storage: &dyn Storage, attestation: AttestationId) -> StdResult<Option<Case>> {
    CASES.may_load(storage, attestation)
}

pub fn save_case(storage: &mut dyn Storage, attestation: AttestationId, case: &Case) -> StdResult<()> {
    CASES.save(storage, attestation, case)
}

pub fn demand(storage: &dyn Storage, id: DemandId) -> Result<Demand, ContractError> {
    DEMANDS.may_load(storage, id)?.ok_or(ContractError::UnknownDemand { demand: id })
}

/// The latest demand of an address, or of some of the same outputs.
pub fn demanded(storage: &dyn Storage, attestation: AttestationId, wanted: &Wanted) -> StdResult<Option<DemandId>> {
    let Wanted::Outputs { first, count } = *wanted else {
        return ADDRESSES.may_load(storage, (attestation, &wanted.to_string()));
    };
    let outputs = OUTPUTS.prefix(attestation);
    // The last that begins before the end.
    let end = Some(Bound::exclusive(first.saturating_add(count)));
    let before = outputs.range(storage, None, end, Order::Descending).next().transpose()?;
    Ok(before.filter(|(from, (shards, _))| from.saturating_add(*shards) > first).map(|(_, (_, demand))| demand))
}

/// Adds an open demand.
pub fn add_demand(storage: &mut dyn Storage, demand: &Demand) -> Result<DemandId, ContractError> {
    let id = DemandId(checked::add(LAST.load(storage)?.0, 1)?);
    let Demand { attestation, wanted, due, .. } = demand;
    DEMANDS.save(storage, id, demand)?;
    OF.save(storage, (*attestation, id), &())?;
    DUE.save(storage, (*attestation, due.time(), id), &())?;
    match *wanted {
        Wanted::Outputs { first, count } => OUTPUTS.save(storage, (*attestation, first), &(count, id))?,
        _ => ADDRESSES.save(storage, (*attestation, &wanted.to_string()), &id)?,
    }
    LAST.save(storage, &id)?;
    Ok(id)
}

/// Saves a demand as it is now.
pub fn save_demand(storage: &mut dyn Storage, id: DemandId, demand: &Demand) -> StdResult<()> {
    if demand.state != State::Open {
        DUE.remove(storage, (demand.attestation, demand.due.time(), id));
    }
    DEMANDS.save(storage, id, demand)
}

/// Open demands of an attestation by when they are due.
pub fn due(storage: &dyn Storage, attestation: AttestationId, count: usize) -> StdResult<Vec<(DemandId, Demand)>> {
    let keys = DUE.sub_prefix(attestation).keys(storage, None, None, Order::Ascending).take(count);
    let load = |key: StdResult<(u64, DemandId)>| {
        let (_, id) = key?;
        Ok((id, DEMANDS.load(storage, id)?))
    };
    keys.map(load).collect()
}

/// What holds an attestation now: its open demand that is due first, and the turn.
pub fn held(storage: &dyn Storage, attestation: AttestationId, case: &Case) -> StdResult<Held> {
    let first = due(storage, attestation, 1)?.pop();
    let answer_by = first.map(|(_, demand)| AnswerBy { demander: demand.demander.into(), deadline: demand.due });
    Ok(Held { answer_by, turn: case.turn })
}

/// Demands of an attestation by id.
pub fn demands(
    storage: &dyn Storage,
    attestation: AttestationId,
    after: Option<DemandId>,
    count: usize,
) -> StdResult<Vec<(DemandId, Demand)>> {
    let keys = OF.prefix(attestation).keys(storage, after.map(Bound::exclusive), None, Order::Ascending).take(count);
    keys.map(|id| id.and_then(|id| Ok((id, DEMANDS.load(storage, id)?)))).collect()
}
