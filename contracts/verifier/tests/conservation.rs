//! What the contract counts is what its lists hold, after attestations of every end.

use tequio_protocol::{
    Relation,
    verifier::{AttestationResponse, ExecuteMsg, QueryMsg, Subject, Verdict},
};

use crate::{
    program::{DRAWS, Run},
    world::{ROOT, World, subject},
};

#[test]
fn attestations_and_draws_are_conserved() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let (honest, lazy) = (Run::honest(), Run::lazy());
    let genuine = world.attest(&alice, &honest.subject(), honest.root());
    let partly = world.attest(&alice, &Subject { context: [1; 32].into(), ..honest.subject() }, honest.root());
    let wrong = world.attest(&alice, &Subject { context: [2; 32].into(), ..lazy.subject() }, lazy.root());
    world.attest_and_tick(&alice, &subject(), ROOT);
    world.post_round(genuine);
    for (run, id, to) in [(&honest, genuine, DRAWS), (&honest, partly, 5), (&lazy, wrong, DRAWS)] {
        let opening = run.open(&world, id, 0, to).into();
        world.send(&alice, &ExecuteMsg::Open { attestation: id, opening }).unwrap();
    }

    let list = QueryMsg::Attestations { attester: alice.to_string(), start_after: None, limit: None };
    let list: Vec<AttestationResponse> = world.query(&list);
    let draws: u32 = list.iter().map(|a| a.subject.draws).sum();
    let opened: u32 = list.iter().map(|a| a.opened).sum();
    let open = list.iter().filter(|a| a.verdict == Verdict::Pending {}).count();
    assert_eq!((list.len(), open), (4, 2));

    let conservation = world.conservation();
    assert!(conservation.holds());
    let [attestations, draws_equation] = &conservation.equations[..] else { panic!("two equations") };
    assert_eq!((attestations.relation, attestations.left.u128(), attestations.right.u128()), (Relation::Equal, 4, 4));
    assert_eq!(draws_equation.relation, Relation::AtMost);
    assert_eq!((draws_equation.left.u128(), draws_equation.right.u128()), (opened.into(), draws.into()));
}
