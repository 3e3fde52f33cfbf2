//! Censor or front-run an opening; be quicker at the shards that another is about to take.

use cosmwasm_std::Addr;
use tequio_protocol::{
    escrow::{self, Assigned},
    verifier::ExecuteMsg,
};
use tequio_tests::{Provider, World, job};
use tequio_verifier::ContractError;

fn drawn() -> (World, Provider, Provider, tequio_protocol::AssignmentId) {
    let mut world = World::new();
    let (alice, mallory) = (world.provider("alice"), world.provider("mallory"));
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.beacon();
    (world, alice, mallory, assignment)
}

#[test]
fn who_opens_anothers_attestation_does_it_for_the_other() {
    let (mut world, alice, mallory, assignment) = drawn();
    let opening = world.openings(assignment, u32::MAX).remove(0);
    world.send(&mallory.operator, opening.clone(), 0);
    assert!(world.verdict(assignment).agreed());
    world.refuses(
        &alice.operator,
        opening,
        0,
        ContractError::Closed { verdict: "genuine_so_far", opened: 64, draws: 64 },
    );
    world.pass(605);
    world.send(&mallory.operator, escrow::ExecuteMsg::Settle { assignments: vec![assignment] }, 0);
    assert_eq!(world.balance(&alice.owner), 8_000);
    for who in [&mallory.owner, &mallory.operator] {
        assert_eq!((world.balance(who), world.compensation(who)), (0, 0));
        assert!(world.claimable(who).earned.is_zero());
    }
}

#[test]
fn a_part_sent_first_takes_nothing_from_the_rest() {
    let (mut world, alice, mallory, assignment) = drawn();
    let whole = world.openings(assignment, u32::MAX).remove(0);
    let part = world.openings(assignment, 10).remove(0);
    world.send(&mallory.operator, part, 0);
    // The message on its way does not fit any more; what is left is opened from there.
    let _: ContractError = world.refused(&alice.operator, whole, 0);
    world.open(&alice);
    assert!(world.verdict(assignment).agreed());
}

#[test]
fn a_wrong_opening_sent_first_changes_nothing() {
    let (mut world, alice, mallory, assignment) = drawn();
    let ExecuteMsg::Open { opening, .. } = world.openings(assignment, u32::MAX).remove(0) else { panic!() };
    for spoiled in [vec![], opening[..opening.len() / 2].to_vec(), opening.iter().map(|byte| byte ^ 1).collect()] {
        let message = world.opening(assignment, spoiled);
        let refused: ContractError = world.refused(&mallory.operator, message, 0);
        assert!(matches!(refused, ContractError::Malformed(_)), "{refused}");
    }
    // Nor can she make a false value out of a right one.
    world.open(&alice);
    assert!(world.verdict(assignment).agreed());
}

#[test]
fn whoever_is_kept_out_for_blocks_has_until_the_deadline_and_friends() {
    let (mut world, alice, _, assignment) = drawn();
    let deadline = world.attestation(assignment).round.unwrap().deadline.unwrap();
    let last = deadline.time();
    let blocks = (last - world.now()) / 5;
    assert!(blocks >= 600, "{blocks} blocks");
    let opening = world.openings(assignment, u32::MAX).remove(0);
    world.pass(last - world.now() - 5);
    assert!(world.now() <= last);
    let friend = world.client.clone();
    world.send(&friend, opening, 0);
    assert!(world.verdict(assignment).agreed());
    world.settle();
    assert_eq!(world.balance(&alice.owner), 8_000);
}

#[test]
fn an_attestation_seen_on_its_way_is_no_use_to_others() {
    let mut world = World::new();
    let (alice, mallory) = (world.provider("alice"), world.provider("mallory"));
    world.post(job());
    let assignment = world.assign(&alice, 8);
    // She sends alice's very message first, under her own name.
    let root = world.run(&alice, assignment).run.root();
    let subject = world.assignment(assignment).subject;
    world.send(&mallory.operator, ExecuteMsg::Attest { subject, root }, 0);
    assert!(world.attested(assignment).is_none());
    world.complete(&alice);
    assert_eq!((world.balance(&alice.owner), world.balance(&mallory.owner)), (8_000, 0));
}

/// Mallory sees what alice is about to take, and leaves her fewer shards, or cheaper ones.
#[test]
fn who_is_quicker_makes_nobody_take_fewer_or_cheaper_shards() {
    let mut world = World::new();
    let (alice, mallory) = (world.provider("alice"), world.provider("mallory"));
    let job = world.post(job());
    let client = Addr::unchecked(world.job(job).client);
    let bait = world.assign(&mallory, 2);
    world.send(&client, escrow::ExecuteMsg::TopUp { job, first: 2, price: 3_000u128.into() }, 6 * 2_000);
    let taking = |at_least, price: u128| {
        let (provider, at_least, price) = (alice.owner.to_string(), Some(at_least), Some(price.into()));
        escrow::ExecuteMsg::Assign { job, provider, count: 6, parts: None, first: None, at_least, price }
    };
    let none = |ranges, asked, price: u128, most| tequio_escrow::ContractError::NoRange {
        job,
        ranges,
        asked,
        price: price.into(),
        most,
        least: 1,
    };
    // The cheap shards come back in front of the dear ones, and of those some are taken.
    world.give_back(bait);
    world.assign(&mallory, 2);
    let part = world.assign(&mallory, 3);
    assert_eq!(world.assignment(part).first, 2);
    let fewer: tequio_escrow::ContractError = world.refused(&alice.operator, taking(6, 3_000), 0);
    assert_eq!(fewer, none(1, 6, 3_000, 3));
    world.pass(3_700);
    world.send(&mallory.owner, escrow::ExecuteMsg::Expire { assignments: vec![part] }, 0);
    let cheaper: tequio_escrow::ContractError = world.refused(&alice.operator, taking(1, 3_001), 0);
    assert_eq!(cheaper, none(1, 1, 3_001, 0));
    let Assigned { first, count, price, .. } = world.send(&alice.operator, taking(6, 3_000), 0).one().unwrap();
    assert_eq!((first, count, price.u128()), (2, 6, 3_000));
}
