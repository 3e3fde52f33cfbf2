//! Attest many roots and use the lucky one; attest before assigning; give back after seeing the draws.

use cosmwasm_std::Addr;
use tequio_escrow::core::assignment::arbitration;
use tequio_protocol::{
    AssignmentId, Digest,
    escrow::{self, Ending, Kept, NotYet, State, context},
    verifier::{ExecuteMsg, Subject, Verdict},
};
use tequio_tests::{Provider, World, job, model::noise};
use tequio_verifier::ContractError;

/// A provider that makes everything up.
fn mallory(world: &mut World) -> Provider {
    world.cheat("mallory", |scene| {
        let mut made_up = scene.honest.clone();
        made_up.slots.iter_mut().for_each(|slot| *slot = noise(1, slot.len()));
        made_up
    })
}

#[test]
fn no_second_root() {
    let mut world = World::new();
    let mallory = mallory(&mut world);
    world.post(job());
    let assignment = world.assign(&mallory, 8);
    world.attest(&mallory);
    let first = world.attestation(assignment);
    let again = ExecuteMsg::Attest { subject: first.subject.clone(), root: Digest([7; 32]) };
    for later in [0, 5, 600] {
        world.pass(later);
        let refused: ContractError = world.refused(&mallory.operator, again.clone(), 0);
        assert!(matches!(refused, ContractError::AlreadyAttested { attestation, .. } if attestation == first.id));
    }
    assert_eq!(world.attestation(assignment).root, first.root);
}

#[test]
fn no_second_root_under_another_operator_key() {
    let mut world = World::new();
    let mallory = mallory(&mut world);
    world.post(job());
    let assignment = world.assign(&mallory, 8);
    world.attest(&mallory);
    let rig = world.actor("mallory's other rig");
    world.rotate(&mallory, &[&rig], &[&mallory.operator]);
    let subject = world.assignment(assignment).subject;
    world.send(&rig, ExecuteMsg::Attest { subject, root: Digest([7; 32]) }, 0);
    world.beacon();
    world.open(&mallory);
    assert!(matches!(world.verdict(assignment), Verdict::False { .. }));
    assert_eq!(world.settle()[0].ending, Ending::Slashed);
}

#[test]
fn an_attestation_from_before_the_assignment_counts_for_nothing() {
    let mut world = World::new();
    let alice = world.provider("alice");
    let posted = world.post(job());
    // The next assignment's subject is no secret.
    let terms = world.job(posted);
    let context = context(&world.chain.deployment().escrow, posted, AssignmentId(1), terms.shards);
    let (program_id, input_root, draws) = (terms.program_id, terms.input_root, terms.draws);
    let cost = terms.price + terms.basis.mint;
    let arbitration = arbitration(&terms.arbitration.unwrap(), &Addr::unchecked(&terms.principal), cost);
    let subject = Subject {
        program_id,
        input_root,
        first_shard: 0,
        count: 8,
        draws,
        context,
        terms: terms.terms,
        arbitration: Some(arbitration.into()),
    };
    world.send(&alice.operator, ExecuteMsg::Attest { subject: subject.clone(), root: Digest([7; 32]) }, 0);
    world.beacon();
    // Now that the draws are known, only a root that is lucky would be assigned for.
    let assignment = world.assign(&alice, 8);
    assert_eq!((assignment, &world.assignment(assignment).subject), (AssignmentId(1), &subject));

    let refused: ContractError =
        world.refused(&alice.operator, ExecuteMsg::Attest { subject, root: Digest([8; 32]) }, 0);
    assert!(matches!(refused, ContractError::AlreadyAttested { .. }), "{refused}");
    let (stranger, now) = (world.stranger.clone(), world.chain.moment());
    let settle = escrow::ExecuteMsg::Settle { assignments: vec![assignment] };
    let refused: tequio_escrow::ContractError = world.refused(&stranger, settle, 0);
    let reason = NotYet::Unattested { attest_by: world.assignment(assignment).attest_by, now };
    assert_eq!(refused, tequio_escrow::ContractError::NotYet { assignment, reason });

    world.pass(3_601);
    world.send(&stranger, escrow::ExecuteMsg::Expire { assignments: vec![assignment] }, 0);
    assert_eq!((world.state_of(assignment), world.balance(&alice.owner)), (State::Ended(Ending::Absent), 0));
}

#[test]
fn no_giving_back_once_an_attestation_exists() {
    let mut world = World::new();
    let mallory = mallory(&mut world);
    world.post(job());
    let assignment = world.assign(&mallory, 8);
    let (give_back, fee) = (escrow::ExecuteMsg::GiveBack { assignment }, world.give_back_fee(assignment));
    world.attest(&mallory);
    let attested = world.attestation(assignment).attested;
    world.refuses(
        &mallory.operator,
        give_back.clone(),
        fee,
        tequio_escrow::ContractError::Kept { assignment, reason: Kept::Attested { attested } },
    );
    world.beacon();
    world.refuses(
        &mallory.operator,
        give_back,
        fee,
        tequio_escrow::ContractError::Kept { assignment, reason: Kept::Attested { attested } },
    );
}
