//! A sitter takes shards, attests nothing, and takes them again.

use tequio_escrow::ContractError;
use tequio_protocol::{
    TypedEvent,
    escrow::{Ended, ExecuteMsg, MAX_ABSENCES},
    verifier::Verdict,
};

use crate::world::{World, event};

#[test]
fn a_sitter_is_barred_loses_more_than_fees_and_the_job_goes_on() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let (sitter, other) = (world.alice.operator.clone(), world.bob.operator.clone());
    let (mut lost, mut fees) = (0, 0);
    for _ in 0..MAX_ABSENCES {
        let assignment = world.assign(&sitter, job, 100);
        fees += world.assignment(assignment).price.u128() * 100 / 100;
        world.pass(3_601);
        lost += event::<Ended>(&world.expire(assignment)).slashed.u128();
    }
    assert_eq!((lost, fees), (3 * 20_650, 3 * 1_000));
    let provider = world.alice.owner.clone();
    let barred = ContractError::Absences { job, provider, absences: 3 };
    assert_eq!(world.refused(&sitter, world.taking(&sitter, job, 1), 0), barred);
    // Not by another operator of the same provider either.
    let (owner, rig) = (world.alice.owner.clone(), world.stranger.clone());
    world.registers(&owner, &rig);
    assert_eq!(world.refused(&rig, world.taking(&rig, job, 1), 0), barred);
    // There is all of the job for others, and other jobs for it.
    let assignment = world.assign(&other, job, 100);
    world.attest(assignment);
    world.verdict(assignment, Verdict::Genuine {});
    world.pass(600);
    world.settle(assignment);
    assert_eq!(world.tally(job), (0, 0, 100, 0));
    let spec = world.spec();
    let another = world.post(spec);
    world.assign(&sitter, another, 1);
}

#[test]
fn only_absences_count_and_those_of_one_job() {
    let mut world = World::new();
    let jobs = [world.post(world.spec()), world.post(world.spec())];
    let operator = world.alice.operator.clone();
    for _ in 0..2 {
        for job in jobs {
            let assignment = world.assign(&operator, job, 1);
            world.pass(3_601);
            world.expire(assignment);
        }
    }
    for verdict in [Verdict::Lapsed {}, Verdict::Void {}] {
        let assignment = world.assign(&operator, jobs[0], 1);
        world.attest(assignment);
        world.verdict(assignment, verdict);
        world.expire(assignment);
    }
    let assignment = world.assign(&operator, jobs[0], 1);
    let ended = Ended::all(&world.sends(&operator, ExecuteMsg::GiveBack { assignment }, 10));
    assert_eq!(ended.len(), 1);
    world.assign(&operator, jobs[0], 1);
}
