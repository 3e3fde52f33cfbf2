//! An audit job: somebody else runs a few shards of an assignment again, which its own round draws.

use tequio_attestation::{Digest, audited};
use tequio_client::flow::{self, Audit, AuditError, shards};
use tequio_embedded::Setup;
use tequio_protocol::{
    AssignmentId, JobId,
    escrow::Arbiter,
    verifier::{ExecuteMsg, Verdict},
};
use tequio_tests::{Job, Provider, World, job, wait};

use super::job_inputs::product;

/// A provider takes all of a job that is watched for a day, attests to it and opens it. No draw shows anything.
pub fn worked(world: &mut World, provider: &Provider, job: Job) -> AssignmentId {
    world.post(Job { audit_window: Some(86_400), draws: 2, ..job });
    let assignment = world.assign(provider, 8);
    attests(world, provider);
    assert!(world.verdict(assignment).agreed(), "a draw fell on it: {:?}", world.verdict(assignment));
    assignment
}

pub fn attests(world: &mut World, provider: &Provider) {
    world.attest(provider);
    world.beacon();
    world.open(provider);
}

pub fn request(assignment: AssignmentId, takers: &[&Provider]) -> Audit {
    let takers = takers.iter().map(|taker| taker.owner.to_string()).collect();
    Audit { assignment, shards: 3, takers, price: 2_000u128.into() }
}

/// Three shards that are audited, as the first job numbers them.
pub fn drawn(world: &World, assignment: AssignmentId) -> Vec<u64> {
    shards(&world.assignment(assignment), &world.attestation(assignment), 3).unwrap()
}

/// A copy of what is wrong differs nowhere: whom the poster trusts not to copy is the poster's choice.
#[test]
fn a_stranger_cannot_take_an_audit_job() {
    let mut world = World::new();
    let (alice, bob, carol) = (world.provider("alice"), world.provider("bob"), world.provider("carol"));
    let assignment = worked(&mut world, &alice, job());
    let audit = world.audit(request(assignment, &[&bob])).unwrap();
    for stranger in [&carol, &alice] {
        let refused: tequio_escrow::ContractError =
            world.refused(&stranger.operator.clone(), stranger.taking(audit, 1), 0);
        let provider = stranger.owner.clone();
        assert_eq!(refused, tequio_escrow::ContractError::NotTaker { job: audit, provider, takers: 1 });
    }
    world.assign(&bob, 3);
}

/// What is audited follows from the round of the attestation's draws: before it, nobody can name the shards.
#[test]
fn the_shards_are_not_known_before_the_attestation() {
    let mut world = World::new();
    let (alice, bob) = (world.provider("alice"), world.provider("bob"));
    world.post(Job { audit_window: Some(86_400), ..job() });
    let assignment = world.assign(&alice, 8);
    let refused =
        |world: &mut World| world.audit(request(assignment, &[&bob])).unwrap_err().downcast::<AuditError>().unwrap();
    assert_eq!(refused(&mut world), AuditError::Unattested(assignment));
    world.attest(&alice);
    assert_eq!(refused(&mut world), AuditError::Early(assignment));
    let early = shards(&world.assignment(assignment), &world.attestation(assignment), 3);
    assert_eq!(early, Err(AuditError::Early(assignment)));
    world.beacon();
    let seed = world.attestation(assignment).round.unwrap().seed.unwrap();
    assert_eq!(drawn(&world, assignment), audited(&seed, 8, 3));
    // Another root or another round, and others are drawn.
    let others = (0..32u8).filter(|n| audited(&Digest([*n; 32]), 8, 3) != drawn(&world, assignment)).count();
    assert!(others > 28, "{others} of 32");
    world.audit(request(assignment, &[&bob])).unwrap();
}

/// The audit is attested to while one full walk of demands fits into what is left of the first window.
#[test]
fn there_is_time_for_it_and_for_what_follows() {
    let arbiter = Arbiter {
        address: World::new().stranger.into_string(),
        answer_gas: 1_000u128.into(),
        answer_window: 600,
        spacing: 60,
        longest_hold: 7_560,
        rate: 1_000_000,
    };
    for (arbitration, kept) in [(None, 300), (Some(arbiter), 7_560)] {
        let mut setup = Setup::default();
        setup.escrow.arbitration = arbitration;
        let mut world = World::with(setup);
        let (alice, bob) = (world.provider("alice"), world.provider("bob"));
        // The window has not begun, and may begin any moment.
        for (window, fits) in [(kept + 119, false), (kept + 120, true)] {
            world.post(Job { audit_window: Some(window), ..job() });
            let assignment = world.assign(&alice, 8);
            world.attest(&alice);
            world.beacon();
            let posted = world.audit(request(assignment, &[&bob]));
            let (left, kept) = (u64::from(window), u64::from(kept));
            match posted {
                Ok(job) => assert!(fits && world.job(job).attest_window == 60),
                Err(error) => {
                    let error: AuditError = error.downcast().unwrap();
                    assert!(!fits && error == AuditError::NoTime { assignment, left, kept }, "{error}");
                }
            }
        }
        // It has: from now to its end half is to take it, half to attest to it, less the walk.
        world.post(Job { audit_window: Some(86_400), ..job() });
        let assignment = world.assign(&alice, 8);
        attests(&mut world, &alice);
        world.pass(40_000);
        let Verdict::GenuineSoFar { until } = world.verdict(assignment) else { panic!("no window") };
        let now = world.now();
        let job = world.audit(request(assignment, &[&bob])).unwrap();
        let (end, attest_window, audit_window) = {
            let job = world.job(job);
            (job.end, u64::from(job.attest_window), job.terms.audit_window)
        };
        assert!(end + attest_window + u64::from(kept) <= until.time());
        assert!(end + attest_window + u64::from(kept) + 2 > until.time(), "no second is given away");
        assert!((end - now).abs_diff(attest_window) <= 1);
        assert_eq!(audit_window, 86_400);
        world.pass(46_400 - u64::from(kept) - 100);
        let error = world.audit(request(assignment, &[&bob])).unwrap_err().downcast().unwrap();
        assert!(matches!(error, AuditError::NoTime { .. }), "{error}");
    }
}

#[test]
fn nobody_audits_itself_or_what_is_over() {
    let mut world = World::new();
    let (alice, bob) = (world.provider("alice"), world.provider("bob"));
    let assignment = worked(&mut world, &alice, job());
    let provider = alice.owner.to_string();
    for (takers, refused) in
        [(vec![], AuditError::Nobody(assignment)), (vec![&bob, &alice], AuditError::Itself { provider })]
    {
        let error = world.audit(request(assignment, &takers)).unwrap_err();
        assert_eq!(error.downcast::<AuditError>().unwrap(), refused);
    }
    world.settle();
    let error = world.audit(request(assignment, &[&bob])).unwrap_err();
    let over = AuditError::Over { assignment, verdict: "genuine" };
    assert_eq!(error.downcast::<AuditError>().unwrap(), over);
    let jobs = world.job(JobId(1));
    assert_eq!((jobs.settled, jobs.takers), (8, vec![]), "nothing was posted");
}

/// Nobody pays for an audit of what the chain does not name.
#[test]
fn program_and_inputs_are_those_that_were_posted() {
    let mut world = World::new();
    let (alice, bob) = (world.provider("alice"), world.provider("bob"));
    let watched = Job { audit_window: Some(86_400), ..job() };
    let job = world.post_with(watched, |spec| spec.inputs = Digest([7; 32]));
    let assignment = world.assign(&alice, 8);
    let subject = world.assignment(assignment).subject;
    world.send(&alice.operator, ExecuteMsg::Attest { subject, root: Digest([1; 32]) }, 0);
    world.beacon();
    let posted = world.job(job);
    let error = world.audit(request(assignment, &[&bob])).unwrap_err().downcast::<AuditError>().unwrap();
    assert!(
        matches!(error, AuditError::Inputs { found, posted: Digest(seven), .. } if found.0 != seven && seven == [7; 32])
    );

    let other = product();
    let audit = flow::audit(&world.chain, &world.store, &world.client, other.manifest(), request(assignment, &[&bob]));
    let (found, posted) = (other.manifest().program_id(), posted.program_id);
    assert_eq!(wait(audit).unwrap_err().downcast::<AuditError>().unwrap(), AuditError::Program { job, found, posted });
}

/// At least one shard, and at most all.
#[test]
fn an_audit_is_of_as_many_shards_as_there_are() {
    let mut world = World::new();
    let (alice, bob) = (world.provider("alice"), world.provider("bob"));
    let assignment = worked(&mut world, &alice, job());
    for (asked, posted) in [(0, 1), (8, 8), (u64::MAX, 8)] {
        let job = world.audit(Audit { shards: asked, ..request(assignment, &[&bob]) }).unwrap();
        assert_eq!(world.job(job).shards, posted);
    }
    let audit = world.assign(&bob, 8);
    attests(&mut world, &bob);
    assert!(world.verdict(audit).agreed());
}
