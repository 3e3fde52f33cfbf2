//! Copy a refutation on its way: the copier is thanked, once, and who did the work has lost nothing but the thanks.

use tequio_attestation::Wanted;
use tequio_embedded::Setup;
use tequio_protocol::{
    arbiter::State,
    escrow::{self, Ending, REFUTER_SHARDS},
    verifier::Verdict,
};
use tequio_tests::STAKE;

use crate::refute_yourself::{mallory, refutation};

#[test]
fn who_copies_it_is_thanked_once_and_the_honest_is_none_the_worse() {
    // One value of so many: draws miss it.
    let mut ended = 0;
    for seed in 0..6u8 {
        let setup = Setup { beacon_seed: vec![seed], ..Setup::default() };
        let tip = setup.escrow.reporter_tip.u128();
        let (mut world, mallory, assignment) = mallory(setup);
        world.beacon();
        world.open(&mallory);
        if !world.verdict(assignment).agreed() {
            continue;
        }
        let taken = world.assignment(assignment);
        let (lien, mint) = (taken.lien.u128(), world.job(world.job).basis.mint.u128());
        let (watcher, copier) = (world.actor("watcher"), world.actor("copier"));
        let before = [&watcher, &copier].map(|who| world.wealth(who));
        // The watcher has mallory reveal what it needs, for bonds.
        let walk = [Wanted::Shards { depth: 0, index: 0 }, Wanted::Tensors { shard: 5, depth: 0, index: 0 }];
        let demands = walk.map(|wanted| {
            let demand = world.demand(&watcher, assignment, wanted);
            world.reveal(&mallory.operator, assignment, demand);
            demand
        });
        let message = refutation(&world, assignment);
        world.send(&copier, message.clone(), 0);
        let refused: tequio_verifier::ContractError = world.refused(&watcher, message.clone(), 0);
        assert!(matches!(refused, tequio_verifier::ContractError::Closed { verdict: "refuted", .. }), "{refused}");
        let refused: tequio_verifier::ContractError = world.refused(&copier, message, 0);
        assert!(matches!(refused, tequio_verifier::ContractError::Closed { .. }), "{refused}");
        assert!(matches!(world.verdict(assignment), Verdict::Refuted { by, .. } if by == copier.as_str()));

        // The watcher itself carries it out.
        world.send(&watcher, escrow::ExecuteMsg::Settle { assignments: vec![assignment] }, 0);
        assert_eq!(world.state_of(assignment), escrow::State::Ended(Ending::Refuted));
        world.settle_demands(assignment);
        assert!(demands.iter().all(|demand| world.demanded(*demand).state == State::Returned));
        let share = (tip + u128::from(REFUTER_SHARDS) * (taken.price.u128() + mint)).min(lien / 5);
        let gained = [&watcher, &copier].map(|who| world.wealth(who));
        assert_eq!([gained[0] - before[0], gained[1] - before[1]], [0, share]);
        assert_eq!(world.stake(&mallory).stake.u128(), STAKE - lien);
        assert_eq!(world.bonds(&mallory.operator), 0, "what was revealed of a false answer is not paid");
        ended += 1;
    }
    assert!(ended > 0, "draws found all of them");
}
