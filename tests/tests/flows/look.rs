//! What a wallet or a provider asks before it does anything.

use tequio_client::{Escrow, Wanted};
use tequio_protocol::{
    Deadline,
    escrow::{Ending, Ruling, Settlement},
};
use tequio_tests::{Job, World, job, wait};

#[test]
fn a_provider_finds_work_and_sees_what_comes_of_it() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(Job { price: 10, ..job() });
    let dear = world.post(job());
    let escrow = Escrow(&world.chain);
    let wanted = Wanted { price: Some(1_000u128.into()), provider: Some(alice.owner.clone()), ..Wanted::default() };
    let found = wait(escrow.open(wanted.clone(), None)).unwrap();
    assert_eq!((found.jobs.iter().map(|job| job.id).collect::<Vec<_>>(), found.next), (vec![dear], None));
    let ranges = wait(escrow.free(dear, None)).unwrap();
    assert_eq!((ranges.len(), ranges[0].count, ranges[0].lien), (1, 8, found.jobs[0].lien));
    assert_eq!(found.jobs[0].basis.per_shard(ranges[0].price), Ok(ranges[0].lien));

    let assignment = world.assign(&alice, 8);
    let escrow = Escrow(&world.chain);
    assert!(wait(escrow.open(wanted, None)).unwrap().jobs.is_empty(), "nothing is left");
    let active = wait(escrow.active(&alice.owner, Some(&alice.operator), None)).unwrap();
    assert_eq!(active.assignments.iter().map(|assignment| assignment.id).collect::<Vec<_>>(), [assignment]);
    let give_back = wait(escrow.give_back(assignment)).unwrap();
    let until = Deadline { seconds: 300, ..world.assignment(assignment).attest_by };
    assert_eq!((give_back.fee.u128(), give_back.until), (80, until));
    assert!(matches!(wait(escrow.ruling(assignment)).unwrap(), Ruling::Wait(_)));

    world.attest(&alice);
    world.beacon();
    world.open(&alice);
    world.pass(605);
    let escrow = Escrow(&world.chain);
    assert_eq!(wait(escrow.ruling(assignment)).unwrap(), Ruling::Settle(Settlement::Genuine));
    assert!(wait(escrow.give_back(assignment)).is_err(), "attested");
    world.settle();
    let escrow = Escrow(&world.chain);
    assert_eq!(wait(escrow.ruling(assignment)).unwrap(), Ruling::Over(Ending::Settled));
    assert!(wait(escrow.active(&alice.owner, None, None)).unwrap().assignments.is_empty());
    assert_eq!(wait(escrow.to_burn()).unwrap().u128(), 0);
}
