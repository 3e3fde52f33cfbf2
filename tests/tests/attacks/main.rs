//! Every attack that attestation.md, "What it must withstand", names and that needs no network: mounted through the
//! messages that anyone can send, or where it would begin, and seen to fail. One file for each row of that table.

mod bait;
mod beacon_stops;
mod change_the_program;
mod copy_a_refutation;
mod copy_a_root;
mod delete_the_inputs;
mod encode_otherwise;
mod front_run;
mod grind;
mod halt;
mod harass;
mod hire_yourself;
mod keep_back;
mod leave_before_the_dispute;
mod many_roots;
mod one_wrong_value;
mod overdue;
mod overflow;
mod post_wrong_inputs;
mod refute_yourself;
mod replay;
mod send_too_much;
mod sit;
mod skip;
mod slash_yourself;
mod squat_on_a_key;
mod steal_the_operator_key;
mod steer;
mod take_off_line;
mod vanish;
mod withhold;

use tequio_attestation::ShardTrace;
use tequio_protocol::{
    escrow::Ending,
    verifier::{Mismatch, Verdict},
};
use tequio_tests::{Job, STAKE, Scene, World};

/// A cheat takes all of a job, shows what `trick` makes up and opens it as well as it can. It is found false, is not
/// paid, and loses its whole lien; the shards are there to be done by somebody else.
fn is_caught(job: Job, trick: impl Fn(&Scene) -> ShardTrace + Send + Sync + 'static) {
    let mut world = World::new();
    let (mallory, alice) = (world.cheat("mallory", trick), world.provider("alice"));
    world.post(job);
    let assignment = world.assign(&mallory, u64::MAX);
    let lien = world.assignment(assignment).lien.u128();
    world.attest(&mallory);
    world.beacon();
    world.open(&mallory);
    let Verdict::False(Mismatch { claimed, computed, .. }) = world.verdict(assignment) else {
        panic!("not caught: {:?}", world.verdict(assignment))
    };
    assert_ne!(claimed, computed);

    let ended = world.settle();
    assert_eq!((ended[0].ending, ended[0].paid.u128(), ended[0].slashed.u128()), (Ending::Slashed, 0, lien));
    assert_eq!((world.balance(&mallory.owner), world.stake(&mallory).stake.u128()), (0, STAKE - lien));
    assert!(world.claimable(&mallory.owner).earned.is_zero());

    world.assign(&alice, u64::MAX);
    world.complete(&alice);
    let (job, shards) = (world.job(world.job), world.shards());
    assert_eq!(shards, (0, 0, job.shards, 0));
}
