//! Some value of every type that a field has here. No two numbers of one value are the same.

use std::cell::Cell;

use cosmwasm_std::{Addr, Coin, Uint128, coin};
use tequio_protocol::escrow::Ending;
use tequio_protocol::rewards::Kind;
use tequio_protocol::{AssignmentId, AttestationId, BeaconId, Digest, JobId, Permission, ProgramId, SubjectId};

thread_local!(static LAST: Cell<u8> = const { Cell::new(0) });

/// Begins to count anew.
pub fn fresh() {
    LAST.set(0);
}

fn next() -> u8 {
    LAST.set(LAST.get() + 1);
    LAST.get()
}

pub trait Sample {
    fn sample() -> Self;
}

macro_rules! samples {
    ($($ty:ty: $value:expr),* $(,)?) => {
        $(impl Sample for $ty {
            fn sample() -> Self {
                $value
            }
        })*
    };
}

samples! {
    u8: next(),
    u16: next().into(),
    u32: next().into(),
    u64: next().into(),
    Option<u64>: Some(next().into()),
    usize: next().into(),
    i64: -i64::from(next()),
    bool: next() % 2 == 1,
    String: format!("text{}", next()),
    &'static str: "word",
    Uint128: next().into(),
    Addr: Addr::unchecked(format!("address{}", next())),
    Coin: coin(next().into(), "udenom"),
    JobId: JobId(next().into()),
    AssignmentId: AssignmentId(next().into()),
    BeaconId: BeaconId(next().into()),
    Digest: Digest([next(); 32]),
    ProgramId: ProgramId(Digest::sample()),
    AttestationId: AttestationId(Digest::sample()),
    SubjectId: SubjectId(Digest::sample()),
    Kind: Kind::Commons,
    Ending: Ending::Settled,
    Permission: Permission::Governance,
}
