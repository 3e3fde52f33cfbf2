//! What a demand costs.

use cosmwasm_std::Uint128;
use tequio_protocol::{
    arbiter::{ANSWER_BYTES, Wanted},
    verifier::Arbitration,
};

use crate::core::error::CoreError;

/// The bond of a demand whose answer takes `bytes`: of what the attester keeps, of what it must run again for, or half the
/// gas of delivering outputs, so that neither side can make the other pay alone.
pub fn bond(arbitration: &Arbitration, wanted: &Wanted, bytes: u64) -> Result<Uint128, CoreError> {
    let bond = Uint128::new(arbitration.bond);
    Ok(match wanted {
        Wanted::Shards { .. } => bond,
        Wanted::Tensors { .. } | Wanted::Nodes { .. } | Wanted::Leaves { .. } => arbitration.rerun_bond.into(),
        Wanted::Outputs { .. } => {
            let answers = Uint128::from(bytes.div_ceil(ANSWER_BYTES));
            bond.checked_mul(answers)?.u128().div_ceil(2).into()
        }
    })
}

/// Of a bond that was earned, what is burned: a fifth, rounded up. Whoever demands from itself pays that.
pub fn burned(bond: Uint128) -> Uint128 {
    bond.u128().div_ceil(5).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arbitration() -> Arbitration {
        Arbitration {
            arbiter: String::new(),
            principal: String::new(),
            bond: 125,
            rerun_bond: 1_251,
            answer_window: 60,
            spacing: 5,
            longest_hold: 750,
            rate: 1_000,
        }
    }

    #[test]
    fn by_what_is_asked_for() {
        let of = |wanted, bytes| bond(&arbitration(), &wanted, bytes).unwrap().u128();
        assert_eq!(of(Wanted::Shards { depth: 0, index: 0 }, 8_192), 125);
        assert_eq!(of(Wanted::Tensors { shard: 0, depth: 0, index: 0 }, 8_192), 1_251);
        assert_eq!(of(Wanted::Nodes { shard: 0, tensor: 1, depth: 0, index: 0 }, 8_192), 1_251);
        assert_eq!(of(Wanted::Leaves { shard: 0, tensor: 1, first: 0 }, 16_384), 1_251);
        let outputs = Wanted::Outputs { first: 0, count: 9 };
        assert_eq!([1, 16_384, 16_385, 160 << 10].map(|bytes| of(outputs, bytes)), [63, 63, 125, 625]);
        let dear = Arbitration { bond: u128::MAX, ..arbitration() };
        assert!(bond(&dear, &outputs, 16_385).is_err());
    }

    /// A bond of 5/4 of a cost leaves that cost.
    #[test]
    fn what_is_earned_is_what_it_cost() {
        for cost in (0..2_000).chain([u128::MAX / 2]) {
            let bond = Uint128::new(cost + cost.div_ceil(4));
            let earned = bond - burned(bond);
            assert!(earned.u128() >= cost && burned(bond) * Uint128::new(5) >= bond, "{cost}");
        }
        assert_eq!(burned(Uint128::MAX), Uint128::new(u128::MAX / 5));
    }
}
