//! Sit on a job: take its shards, attest nothing, let them expire and take them again, to the job's end.

use tequio_escrow::ContractError;
use tequio_protocol::escrow::{Ending, MAX_ABSENCES};
use tequio_tests::{World, job};

#[test]
fn a_sitter_is_barred_has_lost_more_than_fees_and_the_job_is_done() {
    let mut world = World::new();
    let (sitter, alice) = (world.provider("sitter"), world.provider("alice"));
    let id = world.post(job());
    let mut lost = 0;
    for _ in 0..MAX_ABSENCES {
        let assignment = world.assign(&sitter, 8);
        let fee = world.give_back_fee(assignment);
        let ended = world.expire();
        assert_eq!(ended[0].ending, Ending::Absent);
        assert!(ended[0].slashed.u128() > fee, "{} against a fee of {fee}", ended[0].slashed);
        lost += ended[0].slashed.u128();
    }
    let refused: ContractError = world.refused(&sitter.operator, sitter.taking(id, 1), 0);
    let provider = sitter.owner.clone();
    assert_eq!(refused, ContractError::Absences { job: id, provider, absences: MAX_ABSENCES });
    assert_eq!(world.stake(&sitter).slashed.u128(), lost);

    world.assign(&alice, 8);
    world.complete(&alice);
    assert_eq!(world.balance(&alice.owner), 8_000);
}
