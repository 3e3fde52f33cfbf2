//! A demand.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Uint128};
use tequio_protocol::{
    AttestationId, Deadline,
    arbiter::{Queue, State, Wanted},
};

#[cw_serde]
pub struct Demand {
    pub attestation: AttestationId,
    pub demander: Addr,
    pub wanted: Wanted,
    pub queue: Queue,
    pub bond: Uint128,
    pub due: Deadline,
    /// Parts revealed, in order.
    pub revealed: u64,
    pub parts: u64,
    pub state: State,
}

impl Demand {
    /// Whether somebody in `queue` may demand the same: only the principal what waits in the other queue, which a friend of
    /// the attester's may have filled.
    pub fn may_be_demanded_again(&self, queue: Queue) -> bool {
        self.state == State::Open && self.queue == Queue::Public && queue == Queue::Principal
    }
}
