//! Harass: demand whatever there is, of somebody who is honest. It costs at least what it makes the other pay, on whatever
//! terms, and makes nobody late.

use cosmwasm_std::{Addr, Uint128};
use tequio_attestation::{Wanted, locate, located};
use tequio_embedded::Setup;
use tequio_protocol::{
    AssignmentId,
    arbiter::{ANSWER_BYTES, Queue, State},
    escrow::{Arbiter, Ending},
};
use tequio_tests::{Job, Provider, World, job, shards};

fn setup(change: impl FnOnce(&mut Arbiter)) -> Setup {
    let mut setup = Setup::default();
    change(setup.escrow.arbitration.as_mut().expect("a setup with an arbiter"));
    setup
}

/// Alice did all of a job, opened it, and is watched.
fn watched(setup: Setup, job: Job) -> (World, Provider, AssignmentId) {
    let mut world = World::with(setup);
    let alice = world.provider("alice");
    world.post(job);
    let assignment = world.assign(&alice, u64::MAX);
    world.attest(&alice);
    world.beacon();
    world.open(&alice);
    (world, alice, assignment)
}

/// Everything that can be asked for, outputs left aside: more than the chain takes.
fn all_there_is(world: &World, assignment: AssignmentId) -> Vec<Wanted> {
    let tensors = world.held(assignment).data.manifest().tensors.len() as u32;
    let mut all = vec![Wanted::Shards { depth: 0, index: 0 }];
    for shard in 0..world.assignment(assignment).count {
        all.push(Wanted::Tensors { shard, depth: 0, index: 0 });
        for tensor in 0..tensors {
            all.push(Wanted::Nodes { shard, tensor, depth: 0, index: 0 });
            all.push(Wanted::Leaves { shard, tensor, first: 0 });
        }
    }
    all
}

/// P + M̄ of a shard.
fn shard_cost(world: &World, assignment: AssignmentId) -> u128 {
    let taken = world.assignment(assignment);
    taken.price.u128() + world.job(taken.job).basis.mint.u128()
}

/// Demands as much as is taken, and has it answered at once. What each answer cost alice together, and how many there were.
fn harasses(world: &mut World, who: &Addr, alice: &Provider, assignment: AssignmentId, gas: u128) -> (u128, u32) {
    let (shard, mut cost, mut answers) = (shard_cost(world, assignment), 0, 0);
    for wanted in all_there_is(world, assignment) {
        if world.demand_quote(who, assignment, wanted).is_some() {
            let demand = world.demand(who, assignment, wanted);
            world.reveal(&alice.operator, assignment, demand);
            cost += gas + wanted.shard().map_or(0, |_| shard);
            answers += 1;
        }
    }
    (cost, answers)
}

#[test]
fn whoever_demands_pays_for_every_answer_and_every_run() {
    for (gas, price) in [(1_000, 1_000), (1, 1), (7, 3), (1, 1_000_000_007)] {
        for by_client in [true, false] {
            let setup = setup(|arbiter| arbiter.answer_gas = Uint128::new(gas));
            let (mut world, alice, assignment) = watched(setup, Job { price, ..shards(3) });
            let who = if by_client { world.client.clone() } else { world.actor("harasser") };
            let (before, supply) = (world.wealth(&who), world.chain.supply().unwrap().u128());
            let (cost, answers) = harasses(&mut world, &who, &alice, assignment, gas);
            assert!(answers > 10, "{answers}");
            let ended = world.settle();
            assert_eq!((ended[0].ending, ended[0].paid.u128()), (Ending::Settled, 3 * price));
            world.settle_demands(assignment);
            let (lost, earned) = (before - world.wealth(&who), world.bonds(&alice.operator));
            assert!(earned >= cost, "{earned} for what cost {cost}");
            assert!(lost >= cost && 5 * (lost - earned) >= lost, "{lost} lost, {earned} earned");
            let stranger = world.stranger.clone();
            world.send(&stranger, tequio_protocol::arbiter::ExecuteMsg::Burn {}, 0);
            assert_eq!(supply - world.chain.supply().unwrap().u128(), lost - earned);
        }
    }
}

/// Who harasses itself has a fifth burned, and no more to show for it.
#[test]
fn demanding_from_yourself_burns_a_fifth() {
    let (mut world, alice, assignment) = watched(Setup::default(), job());
    let both = |world: &World| world.wealth(&alice.operator) + world.wealth(&alice.owner);
    let before = both(&world);
    let demand = world.demand(&alice.operator, assignment, Wanted::Shards { depth: 0, index: 0 });
    world.reveal(&alice.operator, assignment, demand);
    world.settle();
    world.settle_demands(assignment);
    let bond = world.demanded(demand).bond.u128();
    assert_eq!(before + 8_000 - both(&world), bond.div_ceil(5));
}

/// Of delivering outputs on the chain the client pays at least the half, and the provider no more than that.
#[test]
fn outputs_cost_each_side_half_of_the_gas() {
    let gas = 1_000;
    let (mut world, alice, assignment) = watched(Setup::default(), job());
    let (client, before) = (world.client.clone(), world.wealth(&world.client));
    let wanted = Wanted::Outputs { first: 0, count: 8 };
    let (manifest, subject) = (world.held(assignment).data.manifest().clone(), world.assignment(assignment).subject);
    let bytes = located(&subject, &wanted, &locate(&manifest, &wanted)).unwrap().bytes;
    let cost = gas * u128::from(bytes.div_ceil(ANSWER_BYTES));
    let demand = world.demand(&client, assignment, wanted);
    // In parts.
    while world.demanded(demand).state == State::Open {
        let part = world.revealing(assignment, demand, 400);
        world.send(&alice.operator, part, 0);
    }
    world.settle();
    world.settle_demands(assignment);
    let (lost, earned) = (before - world.wealth(&client), world.bonds(&alice.operator));
    assert!(2 * lost >= cost && 2 * (cost - earned) <= cost, "{lost} and {earned} of {cost}");
    // Nobody else makes her deliver.
    assert!(world.demand_quote(&alice.operator, assignment, wanted).is_none());
}

/// A friend of nobody fills the public queue to its end. Alice answers everything at the last moment, and the client's
/// demands come due as if nobody else were there.
#[test]
fn a_flood_makes_neither_the_provider_nor_the_client_late() {
    let (mut world, alice, assignment) = watched(Setup::default(), shards(24));
    let since = world.now();
    let (friend, client) = (world.actor("friend"), world.client.clone());
    let mut wanted = all_there_is(&world, assignment);
    // What the client is about to ask for too.
    let roots = wanted[0];
    let mut flood = vec![];
    wanted.retain(|wanted| world.demand_quote(&friend, assignment, *wanted).is_some());
    for wanted in wanted {
        if world.demand_quote(&friend, assignment, wanted).is_some() {
            flood.push(world.demand(&friend, assignment, wanted));
        }
    }
    // The window and the longest hold less an answer and a turn, a spacing apart.
    assert_eq!(flood.len() as u64, (600 + 7_560 - 600 - 600) / 60 + 1);
    let last = world.demanded(*flood.last().unwrap()).due;
    assert_eq!(last.time() + 600, since + 600 + 7_560);
    let quote = world.demand_quote(&client, assignment, roots).expect("what waits in the public queue");
    assert_eq!(quote.due.time(), world.now() + 600);
    assert!(last.time() > quote.due.time() + 30 * 60);
    let demand = world.demand(&client, assignment, roots);
    assert_eq!(world.demanded(demand).queue, Queue::Principal);
    let mut answered = 0;
    while let Some(first) = world.due(assignment).first() {
        world.chain.advance_to(first.due.time() - 5);
        assert!(world.now() <= first.due.time());
        world.reveal(&alice.operator, assignment, first.id);
        answered += 1;
    }
    assert_eq!(answered, flood.len() + 1);
    let ended = world.settle();
    assert_eq!((ended[0].ending, world.balance(&alice.owner)), (Ending::Settled, 24_000));
}
