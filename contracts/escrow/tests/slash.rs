//! How a slash is split: false and lapsed whole, absent in part, always with the larger half to the fire.

use cosmwasm_std::Uint128;
use tequio_escrow::ContractError;
use tequio_protocol::{
    AssignmentId, TypedEvent,
    escrow::{Arbiter, Config, Credited, Ended, Ending, ExecuteMsg, State},
    registry::{self, Part},
    verifier::Verdict,
};

use crate::world::{FALSE, MAX_GAS, World, arbiter, config, event};

fn is_false(world: &mut World, assignment: AssignmentId) {
    world.attest(assignment);
    world.verdict(assignment, FALSE);
}

/// The one slash that registry was told of: amount, client's part, reporter's part.
fn slash(world: &World) -> (u128, Option<u128>, Option<u128>) {
    let slashes: Vec<_> = world
        .told_registry()
        .into_iter()
        .filter_map(|message| match message {
            registry::ExecuteMsg::Slash { amount, client, reporter, .. } => {
                Some((amount.u128(), client.map(|part| part.amount.u128()), reporter.map(|part| part.amount.u128())))
            }
            _ => None,
        })
        .collect();
    let [slash] = slashes[..] else { panic!("{slashes:?}") };
    slash
}

#[test]
fn a_false_verdict_slashes_the_whole_lien_at_once_and_frees_the_shards() {
    let mut world = World::new();
    let assignment = world.assigned(32);
    let job = world.assignment(assignment).job;
    is_false(&mut world, assignment);
    let events = world.settle(assignment);
    let (provider, amount) = (world.alice.owner.to_string(), Uint128::new(32 * 2_065));
    let ended = Ended {
        assignment,
        job,
        provider: provider.clone(),
        ending: Ending::Slashed,
        first: 0,
        shards: 32,
        paid: Uint128::zero(),
        slashed: amount,
        fee: Uint128::zero(),
        to_burn: Uint128::zero(),
    };
    assert_eq!((event::<Ended>(&events), Credited::all(&events)), (ended, vec![]));
    let part = |to: &cosmwasm_std::Addr, amount: u128| Some(Part { to: to.to_string(), amount: amount.into() });
    let (client, reporter) = (part(&world.client, 50), part(&world.stranger, 30));
    assert_eq!(world.told_registry()[1..], [registry::ExecuteMsg::Slash { provider, amount, client, reporter }]);
    assert_eq!((world.tally(job), world.free(job)), ((100, 0, 0, 0), vec![(0, 100, 1_000)]));
    assert_eq!((world.balance(&world.client), world.balance(&world.alice.owner)), (0, 0), "the escrow stays held");
}

#[test]
fn what_another_left_behind_is_taken_over() {
    let mut world = World::new();
    let assignment = world.assigned(32);
    let job = world.assignment(assignment).job;
    is_false(&mut world, assignment);
    world.settle(assignment);
    let again = world.assign(&world.bob.operator.clone(), job, 100);
    let again = world.assignment(again);
    assert_eq!((again.first, again.count, again.price.u128()), (0, 100, 1_000));
}

#[test]
fn what_lapsed_forfeits_as_much() {
    let mut world = World::new();
    let assignment = world.assigned(32);
    world.attest(assignment);
    world.verdict(assignment, Verdict::Lapsed {});
    world.expire(assignment);
    assert_eq!(
        (world.state(assignment), slash(&world)),
        (State::Ended(Ending::Lapsed), (32 * 2_065, Some(50), Some(30)))
    );
    assert_eq!(world.lien_on(&world.alice), 0);
}

#[test]
fn who_vanishes_forfeits_a_small_share() {
    let mut world = World::new();
    let assignment = world.assigned(1);
    world.pass(3_601);
    let events = world.expire(assignment);
    // ⌈2,065 / 10⌉, of which at least half burns.
    assert_eq!((world.state(assignment), slash(&world)), (State::Ended(Ending::Absent), (207, Some(50), Some(30))));
    assert_eq!(Ended::all(&events)[0].slashed.u128(), 207);
    let provider = world.alice.owner.to_string();
    let release = registry::ExecuteMsg::Release { provider, amount: 1_858u128.into() };
    assert_eq!(world.told_registry().last(), Some(&release));
    assert_eq!(world.lien_on(&world.alice), 0);
}

#[test]
fn fire_comes_before_the_reporter_and_the_reporter_before_the_client() {
    // Lien 13: ⌈13/2⌉ burn, 6 are left.
    for (client_gas, reporter_tip, client, reporter) in [
        (4, 1, Some(4), Some(1)),
        (9, 4, Some(2), Some(4)),
        (9, 6, None, Some(6)),
        (9, 100, None, Some(6)),
        (100, 0, Some(6), None),
        (0, 0, None, None),
    ] {
        let mut world = World::new();
        let config =
            Config { client_gas: Uint128::new(client_gas), reporter_tip: Uint128::new(reporter_tip), ..config() };
        world.sends(&world.governance.clone(), ExecuteMsg::Configure { config }, 0);
        let job = world.post(world.commons());
        let assignment = world.assign(&world.alice.operator.clone(), job, 1);
        is_false(&mut world, assignment);
        world.settle(assignment);
        assert_eq!(slash(&world), (13, client, reporter));
    }
}

#[test]
fn a_job_pays_its_clients_gas_once_in_all() {
    let mut world = World::new();
    let (one, other) = (world.post(world.spec()), world.post(world.spec()));
    let operator = world.alice.operator.clone();
    let mut parts = vec![];
    // Gas is 50, and a fee of 30 for giving back counts too.
    let assignment = world.assign(&operator, one, 3);
    world.sends(&operator, ExecuteMsg::GiveBack { assignment }, 30);
    for job in [one, one, other, one, other] {
        let assignment = world.assign(&operator, job, 1);
        is_false(&mut world, assignment);
        world.settle(assignment);
        let Some(registry::ExecuteMsg::Slash { client, .. }) = world.told_registry().pop() else { panic!() };
        parts.push((client.map(|part| part.amount.u128()), world.job(job).client_gas_left.u128()));
    }
    assert_eq!(parts, [(Some(20), 0), (None, 0), (Some(50), 0), (None, 0), (None, 0)]);
}

/// Who lets its own work lapse and reports it gets less than it loses, whatever the tip.
#[test]
fn nobody_gains_by_reporting_its_own_absence() {
    let mut world = World::new();
    let config = Config { client_gas: Uint128::zero(), reporter_tip: MAX_GAS, ..config() };
    world.sends(&world.governance.clone(), ExecuteMsg::Configure { config }, 0);
    let assignment = world.assigned(1);
    world.pass(3_601);
    world.sends(&world.alice.operator.clone(), ExecuteMsg::Expire { assignments: vec![assignment] }, 0);
    assert_eq!(slash(&world), (207, None, Some(103)), "⌈207/2⌉ burn");
}

/// attestation.md §8: slash yourself to save the stake.
#[test]
fn a_cheat_that_reports_itself_to_itself_loses_the_larger_half() {
    let mut world = World::new();
    let config = Config { client_gas: MAX_GAS, reporter_tip: MAX_GAS, ..config() };
    world.sends(&world.governance.clone(), ExecuteMsg::Configure { config }, 0);
    let assignment = world.assigned(1);
    is_false(&mut world, assignment);
    world.sends(&world.alice.operator.clone(), ExecuteMsg::Settle { assignments: vec![assignment] }, 0);
    assert_eq!(slash(&world), (2_065, None, Some(1_032)));
}

#[test]
fn a_registry_that_burns_more_than_when_the_job_was_posted_is_obeyed() {
    let mut world = World::new();
    let config = Config { client_gas: MAX_GAS, ..config() };
    world.sends(&world.governance.clone(), ExecuteMsg::Configure { config }, 0);
    let assignment = world.assigned(1);
    is_false(&mut world, assignment);
    world.burn_bps(9_999);
    world.settle(assignment);
    assert_eq!(slash(&world), (2_065, None, None), "⌈2,064.8⌉ burn");
}

#[test]
fn a_registry_that_burns_less_changes_nothing() {
    let mut world = World::new();
    world.burn_bps(10_000);
    let assignment = world.assigned(1);
    is_false(&mut world, assignment);
    world.burn_bps(5_000);
    world.settle(assignment);
    assert_eq!(slash(&world), (1_033, None, None));
}

/// P + M̄ is 1,012: who refuted gets at most the tip and sixteen times that, and who ends it nothing.
#[test]
fn who_refuted_is_thanked_instead_of_who_ends_it() {
    for (shards, refuter, client) in [(32, 30 + 16 * 1_012, Some(50)), (1, 1_032, None)] {
        let mut world = World::new();
        let assignment = world.assigned(shards);
        world.attest(assignment);
        let watcher = world.carol.owner.clone();
        let Verdict::False(wrong) = FALSE else { panic!("a false verdict") };
        world.verdict(assignment, Verdict::Refuted { by: watcher.to_string(), wrong });
        let (job, stranger) = (world.assignment(assignment).job, world.stranger.clone());
        let expire = ExecuteMsg::Expire { assignments: vec![assignment] };
        let error = ContractError::Settles { assignment, ending: Ending::Refuted };
        assert_eq!(world.refused(&stranger, expire, 0), error);
        let ended: Ended = event(&world.settle(assignment));
        assert_eq!((ended.ending, ended.paid.u128()), (Ending::Refuted, 0));
        assert_eq!(slash(&world), (u128::from(shards) * 2_065, client, Some(refuter)));
        let thanked = world.told_registry().into_iter().find_map(|message| match message {
            registry::ExecuteMsg::Slash { reporter, .. } => reporter.map(|part| part.to),
            _ => None,
        });
        assert_eq!(thanked, Some(watcher.to_string()));
        assert_eq!((world.tally(job), world.lien_on(&world.alice)), ((100, 0, 0, 0), 0));
    }
}

/// Who demanded what was withheld gets the tip and the gas of one answer, 1,000, and never what a shard costs: else taking
/// a provider off line would pay. Who ends it gets nothing.
#[test]
fn who_demanded_what_was_withheld_gets_its_gas_and_no_more() {
    for (arbitration, demander) in [(Some(arbiter()), 1_030), (None, 30)] {
        let mut world = World::new();
        let config = Config { arbitration, ..config() };
        world.sends(&world.governance.clone(), ExecuteMsg::Configure { config }, 0);
        let assignment = world.assigned(32);
        world.attest(assignment);
        let watcher = world.carol.owner.clone();
        world.verdict(assignment, Verdict::Withheld { from: watcher.to_string() });
        let (job, stranger) = (world.assignment(assignment).job, world.stranger.clone());
        let expire = ExecuteMsg::Expire { assignments: vec![assignment] };
        let error = ContractError::Settles { assignment, ending: Ending::Withheld };
        assert_eq!(world.refused(&stranger, expire, 0), error);
        let ended: Ended = event(&world.settle(assignment));
        assert_eq!((ended.ending, ended.paid.u128()), (Ending::Withheld, 0));
        assert_eq!(slash(&world), (32 * 2_065, Some(50), Some(demander)));
        let thanked = world.told_registry().into_iter().find_map(|message| match message {
            registry::ExecuteMsg::Slash { reporter, .. } => reporter.map(|part| part.to),
            _ => None,
        });
        assert_eq!(thanked, Some(watcher.to_string()));
        assert_eq!(world.state(assignment), State::Ended(Ending::Withheld));
        assert_eq!((world.tally(job), world.lien_on(&world.alice)), ((100, 0, 0, 0), 0));
        let again = ExecuteMsg::Settle { assignments: vec![assignment] };
        let over = ContractError::Over { assignment, ending: Ending::Withheld };
        assert_eq!(world.refused(&stranger, again, 0), over);
    }
}

/// A provider whose friend demands, and who then keeps back what was demanded, loses four fifths all the same.
#[test]
fn withholding_from_a_friend_saves_no_stake() {
    let mut world = World::new();
    let arbiter = Arbiter { answer_gas: MAX_GAS, ..arbiter() };
    let config = Config { client_gas: MAX_GAS, reporter_tip: MAX_GAS, arbitration: Some(arbiter), ..config() };
    world.sends(&world.governance.clone(), ExecuteMsg::Configure { config }, 0);
    let assignment = world.assigned(1);
    world.attest(assignment);
    world.verdict(assignment, Verdict::Withheld { from: world.alice.operator.to_string() });
    world.settle(assignment);
    let (lien, client, friend) = slash(&world);
    assert_eq!((client, friend), (None, Some(lien / 2)), "the larger half burns: this world's registry burns half");
}
