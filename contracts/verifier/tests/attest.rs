use std::collections::BTreeSet;

use cw_multi_test::IntoAddr;
use tequio_contract::bounds::OutOfBounds;
use tequio_protocol::{
    AttestationId, Digest,
    verifier::{
        Arbitration, AttestationResponse, Attested, AttestedResponse, ExecuteMsg, MAX_WAIT, MIN_DELAY, MIN_OPEN_WINDOW,
        MIN_VOID_AFTER, QueryMsg, Subject, Terms, Verdict,
    },
};
use tequio_verifier::ContractError;

use crate::world::{CONFIG, FIRST, ROOT, TERMS, World, event, subject};

#[test]
fn an_attestation_binds_chain_verifier_attester_root_and_subject() {
    let mut world = World::new();
    let (alice, chain) = (world.alice.clone(), world.app.block_info().chain_id);
    let answer = world.send(&alice, &ExecuteMsg::Attest { subject: subject(), root: ROOT }).unwrap();
    let id =
        tequio_attestation::attestation_id(&chain, world.verifier.as_str(), alice.as_str(), &ROOT, &subject().id());
    let attested = Attested {
        attestation: id,
        attester: alice.to_string(),
        subject: subject().id(),
        program_id: [1; 32].into(),
        input_root: [2; 32].into(),
        first_shard: 10u64.into(),
        count: 32u64.into(),
        draws: 16,
        context: [3; 32].into(),
        root: ROOT,
        beacon: FIRST,
        delay: TERMS.delay,
        clock_block: world.height() + 2,
    };
    assert_eq!(event::<Attested>(&answer), attested);
    let expected = AttestationResponse {
        id,
        attester: alice.to_string(),
        subject: subject(),
        root: ROOT,
        attested: world.moment(),
        round: None,
        opened: 0,
        verdict: Verdict::Pending {},
    };
    assert_eq!(world.attestation(id), expected);
    let found: AttestedResponse = world.query(&QueryMsg::Attested { attester: alice.to_string(), subject: subject() });
    assert_eq!((found.now, found.attestation), (world.moment(), Some(expected)));
}

#[test]
fn the_first_stays() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let first = world.attest(&alice, &subject(), ROOT);
    world.block(5);
    for root in [ROOT, Digest([9; 32])] {
        let error = world.refused(&alice, &ExecuteMsg::Attest { subject: subject(), root });
        let subject = subject().id();
        let expected = ContractError::AlreadyAttested { attester: alice.clone(), subject, attestation: first };
        assert_eq!(error, expected);
    }
}

#[test]
fn the_first_stays_when_it_is_final() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let first = world.attest_and_tick(&alice, &subject(), ROOT);
    let deadline = world.post_round(first).deadline.unwrap();
    world.pass_to(deadline.time() + 1);
    assert_eq!(world.verdict(first), Verdict::Lapsed {});
    let error = world.refused(&alice, &ExecuteMsg::Attest { subject: subject(), root: ROOT });
    assert!(matches!(error, ContractError::AlreadyAttested { attestation, .. } if attestation == first));
}

#[test]
fn another_attester_or_another_subject_is_another_attestation() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let mut ids = vec![world.attest(&alice, &subject(), ROOT), world.attest(&bob, &subject(), ROOT)];
    let changed: [fn(&mut Subject); 6] = [
        |s| s.program_id = [9; 32].into(),
        |s| s.input_root = [9; 32].into(),
        |s| s.first_shard += 1,
        |s| s.count += 1,
        |s| s.draws += 1,
        |s| s.context = [9; 32].into(),
    ];
    for change in changed {
        let mut other = subject();
        change(&mut other);
        ids.push(world.attest(&alice, &other, ROOT));
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 8);
}

/// An arbitration within all bounds.
fn arbitration(world: &World) -> Arbitration {
    Arbitration {
        arbiter: world.governance.to_string(),
        principal: world.bob.to_string(),
        bond: 10,
        rerun_bond: 20,
        answer_window: 60,
        spacing: 60,
        longest_hold: 1_080,
        rate: 1_000,
    }
}

#[test]
fn an_arbitration_names_real_addresses() {
    let mut world = World::new();
    let good = arbitration(&world);
    for bad in [
        Arbitration { arbiter: "arbiter".into(), ..good.clone() },
        Arbitration { principal: String::new(), ..good.clone() },
    ] {
        let subject = Subject { arbitration: Some(Box::new(bad)), ..subject() };
        let error = world.refused(&world.alice.clone(), &ExecuteMsg::Attest { subject, root: ROOT });
        assert!(matches!(error, ContractError::Std(_)), "{error}");
    }
    let subject = Subject { arbitration: Some(Box::new(good)), ..subject() };
    let id = world.attest(&world.alice.clone(), &subject, ROOT);
    assert_eq!(world.attestation(id).subject, subject);
}

#[test]
fn attestations_for_a_subject_are_found_by_it() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let both = [&alice, &bob].map(|attester| world.attest(attester, &subject(), ROOT));
    world.attest(&alice, &Subject { count: 1, ..subject() }, ROOT);
    let page = |start_after: Option<String>, limit| {
        let query = QueryMsg::OfSubject { subject: subject().id(), start_after, limit };
        world.query::<Vec<AttestationResponse>>(&query)
    };
    let all = page(None, None);
    assert_eq!(all.iter().map(|found| found.id).collect::<BTreeSet<_>>(), both.into());
    let first = page(None, Some(1));
    let rest = page(Some(first[0].attester.clone()), None);
    assert_eq!([first, rest].concat(), all);
}

#[test]
fn every_wrong_subject_has_its_error() {
    let mut world = World::new();
    let most = CONFIG.max_draws;
    let with = |terms| Subject { terms, ..subject() };
    let held = |arbitration| Subject { arbitration: Some(Box::new(arbitration)), ..subject() };
    let short = |name, min: u32| -> ContractError {
        let (min, max) = (min.into(), MAX_WAIT.into());
        OutOfBounds::Number { name, value: min - 1, min, max }.into()
    };
    let out = |draws: u32| OutOfBounds::Number { name: "draws", value: draws.into(), min: 1, max: most.into() };
    let table = [
        (Subject { count: 0, ..subject() }, OutOfBounds::Zero { name: "count" }.into()),
        (Subject { draws: 0, ..subject() }, out(0).into()),
        (Subject { draws: most + 1, ..subject() }, out(most + 1).into()),
        (
            Subject { first_shard: u64::MAX - 31, ..subject() },
            ContractError::ShardsOverflow { first: u64::MAX - 31, count: 32 },
        ),
        (
            Subject { first_shard: 1, count: u64::MAX, ..subject() },
            ContractError::ShardsOverflow { first: 1, count: u64::MAX },
        ),
        (with(Terms { delay: MIN_DELAY - 1, ..TERMS }), short("delay", MIN_DELAY)),
        (with(Terms { open_window: MIN_OPEN_WINDOW - 1, ..TERMS }), short("open_window", MIN_OPEN_WINDOW)),
        (with(Terms { void_after: MIN_VOID_AFTER - 1, ..TERMS }), short("void_after", MIN_VOID_AFTER)),
        (held(Arbitration { bond: 0, ..arbitration(&world) }), OutOfBounds::Zero { name: "bond" }.into()),
    ];
    for (subject, error) in table {
        let msg = ExecuteMsg::Attest { subject, root: ROOT };
        assert_eq!(world.refused(&world.alice.clone(), &msg), error);
    }
    for subject in [
        Subject { draws: most, ..subject() },
        Subject { draws: 1, count: 1, ..subject() },
        Subject { first_shard: u64::MAX - 32, ..subject() },
        Subject { first_shard: 0, count: u64::MAX, ..subject() },
    ] {
        world.attest(&world.alice.clone(), &subject, ROOT);
    }
}

#[test]
fn attestations_are_listed_by_id_in_pages() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let mut ids: Vec<_> = (1..=35).map(|count| world.attest(&alice, &Subject { count, ..subject() }, ROOT)).collect();
    world.attest(&world.bob.clone(), &subject(), ROOT);
    ids.sort();
    let list = |start_after: Option<AttestationId>, limit| -> Vec<AttestationId> {
        let msg = QueryMsg::Attestations { attester: alice.to_string(), start_after, limit };
        world.query::<Vec<AttestationResponse>>(&msg).into_iter().map(|a| a.id).collect()
    };
    assert_eq!(list(None, None), ids[..30]);
    assert_eq!(list(Some(ids[29]), None), ids[30..]);
    assert_eq!(list(Some(ids[4]), Some(3)), ids[5..8]);
    assert_eq!(list(None, Some(1000)), ids);
    assert_eq!(list(Some(ids[34]), None), []);
    let nobody = QueryMsg::Attestations { attester: "nobody".into_addr().to_string(), start_after: None, limit: None };
    assert_eq!(world.query::<Vec<AttestationResponse>>(&nobody), []);
}

#[test]
fn what_is_not_there_is_not_found() {
    let world = World::new();
    let unknown = AttestationId::from([7; 32]);
    let error = world.query_error(&QueryMsg::Attestation { attestation: unknown });
    assert!(error.contains(&ContractError::UnknownAttestation { attestation: unknown }.to_string()), "{error}");
    let attester = world.alice.to_string();
    let none: AttestedResponse = world.query(&QueryMsg::Attested { attester, subject: subject() });
    assert_eq!(none.attestation, None);
}
