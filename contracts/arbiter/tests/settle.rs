//! `settle`: a bond goes where it belongs once the answer on its attestation is final.

use tequio_arbiter::ContractError;
use tequio_contract::bounds::OutOfBounds;
use tequio_protocol::{
    AttestationId, DemandId, TypedEvent,
    arbiter::{Credited, ExecuteMsg, Settled, State, Wanted},
    balance::Reason,
    verifier::Verdict,
};

use crate::{
    program::FIRST,
    world::{ONE, WRONG, World, event},
};

const SHARDS: Wanted = Wanted::Shards { depth: 0, index: 0 };
const TENSORS: Wanted = Wanted::Tensors { shard: FIRST, depth: 0, index: 0 };

/// Bob's demand, met by a stranger; carol's, which is open.
fn demanded() -> (World, DemandId, DemandId) {
    let mut world = World::new();
    let (bob, carol) = (world.bob.clone(), world.carol.clone());
    let met = world.demands(&bob, TENSORS).demand;
    let open = world.demands(&carol, SHARDS).demand;
    world.reveals(met);
    (world, met, open)
}

fn settle(demands: &[DemandId]) -> ExecuteMsg {
    ExecuteMsg::Settle { demands: demands.to_vec() }
}

#[test]
fn what_was_revealed_of_what_stands_is_the_attesters_whoever_revealed_it() {
    let (mut world, met, _) = demanded();
    world.verdict(ONE, Verdict::Genuine {});
    let events = world.settles(&[met]);
    // ⌈1,251 / 5⌉ burn.
    let settled =
        Settled { demand: met, attestation: ONE, state: State::Paid, bond: 1_251u128.into(), to_burn: 251u128.into() };
    assert_eq!(event::<Settled>(&events), settled);
    let credited = Credited { address: world.alice.to_string(), amount: 1_000u128.into(), reason: Reason::Answer };
    assert_eq!(event::<Credited>(&events), credited);
    let found = [&world.alice, &world.stranger, &world.bob].map(|who| world.balance(who));
    assert_eq!((found, world.to_burn(), world.demand(met).state), ([1_000, 0, 0], 251, State::Paid));
}

#[test]
fn of_what_does_not_stand_every_bond_goes_back_whole() {
    let (bob, wrong) = ("somebody".to_string(), WRONG);
    for verdict in [
        Verdict::Refuted { by: bob.clone(), wrong },
        Verdict::Withheld { from: bob.clone() },
        Verdict::False(wrong),
        Verdict::Lapsed {},
        Verdict::Void {},
    ] {
        let (mut world, met, open) = demanded();
        world.verdict(ONE, verdict);
        let events = world.settles(&[open, met]);
        let back = |who: &cosmwasm_std::Addr, amount: u128| Credited {
            address: who.to_string(),
            amount: amount.into(),
            reason: Reason::BondReturned,
        };
        assert_eq!(Credited::all(&events), [back(&world.carol, 126), back(&world.bob, 1_251)]);
        assert_eq!([met, open].map(|demand| world.demand(demand).state), [State::Returned; 2]);
        assert_eq!((world.balance(&world.alice), world.to_burn()), (0, 0));
    }
}

/// The real verifier never says genuine while something is to be revealed; if one did, nobody would have earned the bond.
#[test]
fn what_was_not_revealed_is_never_paid() {
    let (mut world, _, open) = demanded();
    world.verdict(ONE, Verdict::Genuine {});
    world.settles(&[open]);
    assert_eq!((world.demand(open).state, world.balance(&world.carol)), (State::Returned, 126));
    assert_eq!((world.balance(&world.alice), world.to_burn()), (0, 0));
}

/// A part of outputs is no answer.
#[test]
fn part_of_an_answer_earns_nothing() {
    let mut world = World::new();
    let client = world.client.clone();
    let demand = world.demands(&client, Wanted::Outputs { first: FIRST, count: 2 }).demand;
    let message = world.revealing_part(demand, 1_000);
    world.sends(&client, message, 0);
    world.verdict(ONE, Verdict::Withheld { from: client.to_string() });
    world.settles(&[demand]);
    assert_eq!((world.balance(&client), world.balance(&world.alice)), (63, 0));
}

#[test]
fn not_before_the_answer_is_final() {
    let (mut world, met, open) = demanded();
    let (bob, so_far) = (world.bob.clone(), world.so_far());
    for verdict in [so_far, Verdict::Pending {}] {
        world.verdict(ONE, verdict.clone());
        for demand in [met, open] {
            let error = world.refused(&bob, settle(&[demand]), &[]);
            assert_eq!(error, ContractError::NotFinal { demand, verdict: verdict.word() });
        }
    }
}

#[test]
fn nothing_is_settled_twice() {
    let (mut world, met, open) = demanded();
    let bob = world.bob.clone();
    world.verdict(ONE, Verdict::Genuine {});
    world.settles(&[met, open]);
    for (demand, state) in [(met, State::Paid), (open, State::Returned)] {
        for verdict in [Verdict::Genuine {}, Verdict::False(WRONG)] {
            world.verdict(ONE, verdict);
            let error = world.refused(&bob, settle(&[demand]), &[]);
            assert_eq!(error, ContractError::AlreadySettled { demand, state });
        }
    }
}

/// Anyone may have settled one just before, and one that is too early holds up nobody's.
#[test]
fn what_cannot_be_settled_is_passed_over() {
    let (mut world, met, open) = demanded();
    let (bob, two) = (world.bob.clone(), AttestationId::from([2; 32]));
    world.attested(two);
    let early = world.demands_of(&bob, two, SHARDS).demand;
    world.verdict(ONE, Verdict::Genuine {});
    let events = world.settles(&[early, met, met, open]);
    let settled: Vec<_> = Settled::all(&events).into_iter().map(|settled| settled.demand).collect();
    assert_eq!(settled, [met, open]);
    let error = world.refused(&bob, settle(&[early, met]), &[]);
    assert_eq!(error, ContractError::NotFinal { demand: early, verdict: "genuine_so_far" });
    let unknown = DemandId(9);
    let error = world.refused(&bob, settle(&[early, unknown]), &[]);
    assert_eq!(error, ContractError::UnknownDemand { demand: unknown });
}

#[test]
fn from_one_to_a_hundred_at_once() {
    let (mut world, met, _) = demanded();
    let bob = world.bob.clone();
    world.verdict(ONE, Verdict::Genuine {});
    for count in [0, 101] {
        let error = world.refused(&bob, settle(&vec![met; count]), &[]);
        let bounds = OutOfBounds::Number { name: "demands", value: count as u64, min: 1, max: 100 };
        assert_eq!(error, ContractError::Bounds(bounds));
    }
    world.settles(&[met; 100]);
    assert_eq!(world.balance(&world.alice), 1_000);
}
