//! Cheats with size.

use tequio_attestation::Header;
use tequio_escrow::ContractError;
use tequio_protocol::{
    AssignmentId, JobId, MAX_LIMIT,
    escrow::{self, AssignmentResponse, JobSpec},
    verifier,
};
use tequio_tests::{World, job, shards};

/// A job with something changed is refused.
fn refused(change: impl FnOnce(&mut JobSpec)) -> ContractError {
    let mut world = World::new();
    let mut spec = world.offer(&job());
    let funds = world.quote(&spec).funds.u128();
    change(&mut spec);
    let client = world.client.clone();
    world.refused(&client, escrow::ExecuteMsg::Post { spec }, funds)
}

fn with_header(change: impl FnOnce(&mut Header)) -> ContractError {
    refused(|spec| {
        let mut header = Header::from_bytes(&spec.header).unwrap();
        change(&mut header);
        spec.header = header.encode().into();
    })
}

#[test]
fn programs_and_openings_too_large_to_check() {
    let errors = [
        with_header(|header| header.opening_bytes = u32::MAX),
        with_header(|header| header.reads = u32::MAX),
        with_header(|header| header.delta = 0),
        refused(|spec| spec.draws = 100_000),
        refused(|spec| spec.data = "x".repeat(escrow::MAX_DATA + 1)),
        refused(|spec| spec.shards = u64::MAX),
        refused(|spec| spec.end = u64::MAX),
        refused(|spec| spec.attest_window = u64::MAX),
    ];
    for error in errors {
        assert!(matches!(error, ContractError::Refused(_)), "{error}");
    }
    assert!(matches!(refused(|spec| spec.header = vec![1; 4_000].into()), ContractError::Header(_)));
}

#[test]
fn unbounded_lists() {
    let mut world = World::new();
    let stranger = world.stranger.clone();
    let many: Vec<AssignmentId> = (1..=101).map(AssignmentId).collect();
    for message in [
        escrow::ExecuteMsg::Settle { assignments: many.clone() },
        escrow::ExecuteMsg::Expire { assignments: many.clone() },
        escrow::ExecuteMsg::Reward { assignments: many },
        escrow::ExecuteMsg::Release { jobs: (1..=101).map(JobId).collect() },
    ] {
        let refused: ContractError = world.refused(&stranger, message, 0);
        assert_eq!(refused, ContractError::LongList { count: 101, max: MAX_LIMIT });
    }
    let alice = world.provider("alice");
    world.post(shards(120));
    for _ in 0..120 {
        world.assign(&alice, 1);
    }
    let query = |limit| escrow::QueryMsg::Assignments { job: None, start_after: None, limit };
    let page = |limit| world.ask::<Vec<AssignmentResponse>>(query(limit)).len();
    assert_eq!((page(None), page(Some(7)), page(Some(u32::MAX))), (30, 7, 100));
}

#[test]
fn subjects_that_no_opening_could_be_for() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    let subject = world.assignment(assignment).subject;
    let huge = [
        verifier::Subject { draws: u32::MAX, ..subject.clone() },
        verifier::Subject { draws: 0, ..subject.clone() },
        verifier::Subject { count: 0, ..subject.clone() },
        verifier::Subject { first_shard: u64::MAX, ..subject },
    ];
    for subject in huge {
        let attest = verifier::ExecuteMsg::Attest { subject, root: [0; 32].into() };
        let _: tequio_verifier::ContractError = world.refused(&alice.operator, attest, 0);
    }
}
