//! Withhold the trace or the outputs: what is kept back is demanded, and whoever does not reveal it in time forfeits what a
//! false attestation forfeits.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Result;
use cosmwasm_std::Addr;
use tequio_attestation::{Digest, Evidence, ShardTrace, Statement, Wanted, locate, reveal, revealed, tree::Tree};
use tequio_backend::Executable;
use tequio_client::{Call, Chain};
use tequio_protocol::{
    AssignmentId, DemandId,
    arbiter::{self, DemandResponse, Demanded, QueryMsg, Queue, QuoteResponse, State},
    escrow::{self, Ending, NotYet, Ruling},
    verifier::{AttestationResponse, ExecuteMsg, Verdict},
};
use tequio_runner::JobData;
use tequio_tests::{Job, Provider, STAKE, World, job, wait, walk};

/// The shard in which mallory changed one element, of this slot.
const SHARD: u64 = 5;
const SLOT: usize = 2;

/// Whoever did it did all of a job and opened it; what is wrong, if anything, no draw fell on.
pub fn watched(job: Job, honest: bool) -> (World, Provider, AssignmentId) {
    // Another world draws otherwise.
    for n in 0.. {
        let mut world = World::new();
        let name = format!("mallory {n}");
        let provider = match honest {
            true => world.provider(&name),
            false => world.cheat(&name, |scene| {
                let mut shown = scene.honest.clone();
                if scene.shard == SHARD {
                    shown.slots[SLOT][2] ^= 1;
                }
                shown
            }),
        };
        world.post(job.clone());
        let assignment = world.assign(&provider, 8);
        world.attest(&provider);
        world.beacon();
        world.open(&provider);
        if world.verdict(assignment).agreed() {
            return (world, provider, assignment);
        }
    }
    unreachable!("every draw falls on one element")
}

/// The message that refutes, of whom knows the roots of all shards and one trace.
fn refutation(
    data: &Arc<JobData>,
    executable: &dyn Executable,
    attestation: &AttestationResponse,
    roots: Vec<Digest>,
    trace: ShardTrace,
) -> ExecuteMsg {
    let found = walk(data, executable, attestation, &Tree::new(roots), SHARD, trace).unwrap();
    found.expect("something is wrong").0
}

fn shown(world: &World, assignment: AssignmentId, wanted: &Wanted) -> Vec<u8> {
    locate(world.held(assignment).data.manifest(), wanted)
}

/// What demands something, and its bond.
pub fn demanding(world: &World, who: &Addr, assignment: AssignmentId, wanted: Wanted) -> Result<(Call, u128)> {
    let (attestation, shown) = (world.attestation(assignment).id, shown(world, assignment, &wanted));
    let query = QueryMsg::Quote { demander: who.to_string(), attestation, wanted, shown: shown.clone().into() };
    let QuoteResponse { bond, .. } = world.chain.ask(query)?;
    let message = arbiter::ExecuteMsg::Demand { attestation, wanted, shown: shown.into() };
    Ok((Call::paying(bond.u128(), message), bond.u128()))
}

pub fn demand(world: &mut World, who: &Addr, assignment: AssignmentId, wanted: Wanted) -> Demanded {
    let (call, bond) = demanding(world, who, assignment, wanted).unwrap();
    let sent = world.send(who, call.message, bond);
    sent.all::<Demanded>().remove(0)
}

/// What reveals a demand, as its provider committed to it.
pub fn revealing(world: &World, assignment: AssignmentId, demand: DemandId) -> arbiter::ExecuteMsg {
    let DemandResponse { wanted, revealed, .. } = world.ask(QueryMsg::Demand { demand });
    let (held, attestation) = (world.held(assignment), world.attestation(assignment));
    let (root, seed) = (attestation.root, Digest::default());
    let statement = Statement { subject: attestation.subject, root, seed };
    let trace = |shard: u64| held.executable.trace(&held.data.inputs, shard).unwrap();
    let evidence = Evidence {
        manifest: held.data.manifest(),
        inputs: &held.data.inputs,
        input_tree: &held.data.input_tree,
        tree: &held.run.tree,
        traces: (0..8).map(|shard| (shard, trace(shard))).collect(),
    };
    let answer = reveal(&statement, &evidence, &wanted, revealed.u64(), usize::MAX).unwrap();
    arbiter::ExecuteMsg::Reveal { demand, answer: answer.into() }
}

/// A stranger reveals what was demanded. What was shown.
pub fn reveals(world: &mut World, assignment: AssignmentId, demand: DemandId) -> Vec<u8> {
    let (message, stranger) = (revealing(world, assignment, demand), world.stranger.clone());
    let sent = world.send(&stranger, message, 0);
    sent.all::<arbiter::Revealed>().remove(0).answer.to_vec()
}

pub fn state(world: &World, demand: DemandId) -> State {
    world.ask::<DemandResponse>(QueryMsg::Demand { demand }).state
}

/// Everybody's bonds go where they belong.
pub fn settle(world: &mut World, demands: &[DemandId]) {
    let stranger = world.stranger.clone();
    world.send(&stranger, arbiter::ExecuteMsg::Settle { demands: demands.to_vec() }, 0);
}

pub fn owed(world: &World, who: &Addr) -> u128 {
    world.ask::<cosmwasm_std::Uint128>(QueryMsg::Balance { address: who.to_string() }).u128()
}

fn honest_trace(world: &mut World, shard: u64) -> ShardTrace {
    let data = world.data(world.job);
    world.model(world.job).executable.trace(&data.inputs, shard).unwrap()
}

/// Nothing is served: from the inputs alone, three demands lead a watcher to the element. At each step the provider waits
/// for the last second, and the watcher for the last of its turn.
#[test]
fn a_walk_by_demands_finds_what_nobody_serves() {
    let (mut world, mallory, assignment) = watched(job(), false);
    let (client, lien) = (world.client.clone(), world.assignment(assignment).lien.u128());
    let Verdict::GenuineSoFar { until: window } = world.verdict(assignment) else { panic!("final already") };
    // In the last moment of the window.
    while !window.over(&world.chain.moment()) && world.now() + 5 <= window.time() {
        world.pass(0);
    }
    let attestation = world.attestation(assignment);
    let statement = Statement { subject: attestation.subject.clone(), root: attestation.root, seed: Digest::default() };
    let own = honest_trace(&mut world, SHARD);
    let tensor = world.model(world.job).manifest().committed()[SLOT].0;
    let walk = [
        Wanted::Shards { depth: 0, index: 0 },
        Wanted::Tensors { shard: SHARD, depth: 0, index: 0 },
        Wanted::Leaves { shard: SHARD, tensor: tensor.0, first: 0 },
    ];
    let (mut roots, mut trace, mut demands) = (vec![], own, vec![]);
    for wanted in walk {
        let told = demand(&mut world, &client, assignment, wanted);
        assert_eq!(told.queue, Queue::Principal);
        while world.now() + 5 <= told.due {
            world.pass(0);
        }
        let answer = reveals(&mut world, assignment, told.demand);
        let found = revealed(&statement, &wanted, 0, &answer).unwrap();
        match wanted {
            Wanted::Shards { .. } => roots = found.digests.iter().map(|(_, digest)| *digest).collect(),
            Wanted::Leaves { .. } => {
                for leaf in &found.leaves {
                    let from = leaf.element as usize;
                    trace.slots[SLOT][from..from + leaf.payload.len()].copy_from_slice(leaf.payload);
                }
            }
            _ => {}
        }
        demands.push(told.demand);
        let Verdict::GenuineSoFar { until } = world.verdict(assignment) else { panic!("a turn follows") };
        while world.now() + 5 <= until.time() {
            world.pass(0);
        }
    }
    let data = world.data(world.job);
    let executable = world.model(world.job).executable.clone();
    let message = refutation(&data, &*executable, &attestation, roots, trace);
    let watcher = world.actor("watcher");
    world.send(&watcher, message.clone(), 0);
    assert!(matches!(world.verdict(assignment), Verdict::Refuted { by, .. } if by == watcher.as_str()));
    // Twice is an error.
    let refused: tequio_verifier::ContractError = world.refused(&client, message, 0);
    assert!(matches!(refused, tequio_verifier::ContractError::Closed { verdict: "refuted", .. }), "{refused}");
    // All bonds come back, though all were met: nobody earned them.
    let before = owed(&world, &client);
    settle(&mut world, &demands);
    let bonds: u128 = demands
        .iter()
        .map(|id| world.ask::<DemandResponse>(QueryMsg::Demand { demand: *id }))
        .map(|d| d.bond.u128())
        .sum();
    assert_eq!((owed(&world, &client) - before, owed(&world, &mallory.operator)), (bonds, 0));
    let ended = world.settle();
    assert_eq!((ended[0].ending, ended[0].slashed.u128()), (Ending::Refuted, lien));
}

/// Whoever never reveals and races for the settlement finds it withheld: by time alone, in the very block.
#[test]
fn who_never_reveals_forfeits_it_all() {
    let (mut world, mallory, assignment) = watched(job(), false);
    let (lien, watcher) = (world.assignment(assignment).lien.u128(), world.actor("watcher"));
    let bank = world.bank(&watcher);
    let told = demand(&mut world, &watcher, assignment, Wanted::Tensors { shard: SHARD, depth: 0, index: 0 });
    let settle_it = escrow::ExecuteMsg::Settle { assignments: vec![assignment] };
    loop {
        match world.ruling(assignment) {
            Ruling::Wait(NotYet::Audit { .. }) => {}
            ruling => break assert_eq!(ruling, Ruling::Settle(escrow::Settlement::Withheld)),
        }
        let refused: tequio_escrow::ContractError = world.refused(&mallory.operator, settle_it.clone(), 0);
        assert!(matches!(refused, tequio_escrow::ContractError::NotYet { .. }), "{refused}");
        world.pass(0);
    }
    assert!(world.now() > told.due && world.now() <= told.due + 5);
    assert_eq!(world.verdict(assignment), Verdict::Withheld { from: watcher.to_string() });
    // Too late to reveal, to demand or to refute.
    let message = revealing(&world, assignment, told.demand);
    let closed = || tequio_arbiter::ContractError::Closed { verdict: "withheld" };
    world.refuses(&mallory.operator, message, 0, closed());
    let shown = shown(&world, assignment, &Wanted::Shards { depth: 0, index: 0 }).into();
    let again = arbiter::ExecuteMsg::Demand {
        attestation: world.attestation(assignment).id,
        wanted: Wanted::Shards { depth: 0, index: 0 },
        shown,
    };
    world.refuses(&watcher, again, 1_250, closed());
    let held = world.held(assignment);
    let wrong = held.executable.trace(&held.data.inputs, SHARD).unwrap();
    let (roots, attestation) = (held.run.tree.leaves().to_vec(), world.attestation(assignment));
    let executable = world.model(world.job).executable.clone();
    let message = refutation(&held.data, &*executable, &attestation, roots, wrong);
    let refused: tequio_verifier::ContractError = world.refused(&watcher, message, 0);
    assert!(matches!(refused, tequio_verifier::ContractError::Closed { verdict: "withheld", .. }), "{refused}");

    let ended = world.settle();
    assert_eq!((ended[0].ending, ended[0].paid.u128(), ended[0].slashed.u128()), (Ending::Withheld, 0, lien));
    assert_eq!((world.balance(&mallory.owner), world.stake(&mallory).stake.u128()), (0, STAKE - lien));
    settle(&mut world, &[told.demand]);
    world.send(&watcher, arbiter::ExecuteMsg::Withdraw {}, 0);
    assert_eq!((world.bank(&watcher), state(&world, told.demand)), (bank, State::Returned));
    // Its demander has at most a fifth of the lien, and at most the gas of one answer and the tip.
    assert_eq!(world.compensation(&watcher), (lien / 5).min(11_000));
    // Somebody else does the work.
    let alice = world.provider("alice");
    world.assign(&alice, 8);
    world.complete(&alice);
    assert_eq!(world.balance(&alice.owner), 8_000);
}

/// The window is over, one demand is open. Its answer and the settlement in one transaction: the turn is the demander's,
/// who refutes in it.
#[test]
fn revealing_and_settling_in_one_transaction_fails() {
    let (mut world, mallory, assignment) = watched(job(), false);
    let client = world.client.clone();
    let Verdict::GenuineSoFar { until: window } = world.verdict(assignment) else { panic!("final already") };
    world.chain.advance_to(window.time() - 4);
    let told = demand(&mut world, &client, assignment, Wanted::Tensors { shard: SHARD, depth: 0, index: 0 });
    world.chain.advance_to(told.due - 4);
    assert!(window.over(&world.chain.moment()));
    let calls = vec![
        Call::paying(0u128, revealing(&world, assignment, told.demand)),
        Call::paying(0u128, escrow::ExecuteMsg::Settle { assignments: vec![assignment] }),
    ];
    let error = wait(world.chain.broadcast(&mallory.operator, calls)).unwrap_err();
    let error: tequio_escrow::ContractError = error.downcast().unwrap();
    assert!(matches!(error, tequio_escrow::ContractError::NotYet { .. }), "{error}");
    assert_eq!(state(&world, told.demand), State::Open, "the reveal was undone with it");
    reveals(&mut world, assignment, told.demand);
    // In the last moment of the turn it is refuted.
    let Verdict::GenuineSoFar { until } = world.verdict(assignment) else { panic!("a turn follows") };
    assert_eq!(until.time(), world.now() + 600);
    world.chain.advance_to(until.time() - 4);
    refutes(&mut world, assignment);
    assert_eq!(world.settle()[0].ending, Ending::Refuted);
}

/// The client refutes, with what was shown to it.
fn refutes(world: &mut World, assignment: AssignmentId) {
    let held = world.held(assignment);
    let wrong = held.executable.trace(&held.data.inputs, SHARD).unwrap();
    let (roots, attestation) = (held.run.tree.leaves().to_vec(), world.attestation(assignment));
    let executable = world.model(world.job).executable.clone();
    let message: ExecuteMsg = refutation(&held.data, &*executable, &attestation, roots, wrong);
    let client = world.client.clone();
    world.send(&client, message, 0);
}

/// Open demands end with it, and their bonds go back.
#[test]
fn it_is_refuted_while_something_is_to_be_revealed() {
    let (mut world, mallory, assignment) = watched(job(), false);
    let (client, watcher) = (world.client.clone(), world.actor("watcher"));
    let open = demand(&mut world, &watcher, assignment, Wanted::Shards { depth: 0, index: 0 });
    let met = demand(&mut world, &watcher, assignment, Wanted::Tensors { shard: 1, depth: 0, index: 0 });
    reveals(&mut world, assignment, met.demand);
    refutes(&mut world, assignment);
    let message = revealing(&world, assignment, open.demand);
    world.refuses(&mallory.operator, message, 0, tequio_arbiter::ContractError::Closed { verdict: "refuted" });
    // Past its due time it is refuted still, and not withheld too.
    world.chain.advance_to(open.due + 1_000);
    assert!(matches!(world.verdict(assignment), Verdict::Refuted { by, .. } if by == client.as_str()));
    settle(&mut world, &[open.demand, met.demand]);
    assert_eq!(owed(&world, &watcher), (open.bond + met.bond).u128());
    assert_eq!(world.settle()[0].ending, Ending::Refuted);
}

/// A demand in the last block of the window holds what a block later is genuine.
#[test]
fn the_last_block_of_the_window_is_in_time() {
    for late in [false, true] {
        let (mut world, alice, assignment) = watched(job(), true);
        let client = world.client.clone();
        let Verdict::GenuineSoFar { until } = world.verdict(assignment) else { panic!("final already") };
        world.chain.advance_to(until.time() - 4);
        assert!(world.now() <= until.time());
        if late {
            world.pass(0);
            assert!(demanding(&world, &client, assignment, Wanted::Shards { depth: 0, index: 0 }).is_err());
            assert_eq!(world.verdict(assignment), Verdict::Genuine {});
            continue;
        }
        let told = demand(&mut world, &client, assignment, Wanted::Shards { depth: 0, index: 0 });
        world.chain.advance_to(told.due - 4);
        reveals(&mut world, assignment, told.demand);
        world.settle();
        settle(&mut world, &[told.demand]);
        // 1,000 of the bond of 1,250: what an answer's gas costs. Whoever revealed it, it is the attester's.
        assert_eq!((world.balance(&alice.owner), owed(&world, &alice.operator)), (8_000, 1_000));
        assert!(world.now() > until.time() + 600);
    }
}

/// A job without an audit window: what is opened is final, and nothing can be demanded before that.
#[test]
fn without_a_window_nothing_is_ever_demanded() {
    let mut world = World::new();
    let (alice, client) = (world.provider("alice"), world.client.clone());
    world.post(Job { audit_window: Some(0), ..job() });
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    let closed = |world: &World| demanding(world, &client, assignment, Wanted::Shards { depth: 0, index: 0 }).is_err();
    assert!(closed(&world));
    world.beacon();
    assert!(closed(&world));
    world.open(&alice);
    assert_eq!(world.verdict(assignment), Verdict::Genuine {});
    assert!(closed(&world));
    world.settle();
    assert_eq!(world.balance(&alice.owner), 8_000);
}

/// The outputs were not delivered: the client demands them on the chain, for half of what that costs, and has them.
#[test]
fn outputs_that_were_kept_back_are_delivered_on_the_chain() {
    let (mut world, alice, assignment) = watched(job(), true);
    let client = world.client.clone();
    let wanted = Wanted::Outputs { first: 2, count: 3 };
    let stranger = world.stranger.clone();
    assert!(demanding(&world, &stranger, assignment, wanted).is_err());
    let told = demand(&mut world, &client, assignment, wanted);
    assert_eq!(told.bond.u128(), 625);
    let answer = reveals(&mut world, assignment, told.demand);
    let attestation = world.attestation(assignment);
    let statement = Statement { subject: attestation.subject.clone(), root: attestation.root, seed: Digest::default() };
    let found = revealed(&statement, &wanted, 0, &answer).unwrap();
    let mut outputs = BTreeMap::<u64, Vec<u8>>::new();
    for leaf in &found.leaves {
        outputs.entry(leaf.shard).or_default().extend_from_slice(leaf.payload);
    }
    assert_eq!(outputs.len(), 3);
    for (shard, bytes) in outputs {
        assert_eq!(bytes, *honest_trace(&mut world, shard).slots.last().unwrap());
    }
    world.settle();
    settle(&mut world, &[told.demand]);
    assert_eq!((world.balance(&alice.owner), owed(&world, &alice.operator)), (8_000, 500));
}

/// Whoever is asked for outputs in the window and keeps them back loses its lien, and the client has its money back.
#[test]
fn outputs_that_are_never_delivered_are_not_paid() {
    let (mut world, _, assignment) = watched(job(), true);
    let client = world.client.clone();
    let told = demand(&mut world, &client, assignment, Wanted::Outputs { first: 0, count: 8 });
    world.chain.advance_to(told.due + 1);
    assert_eq!(world.verdict(assignment), Verdict::Withheld { from: client.to_string() });
    assert_eq!(world.settle()[0].ending, Ending::Withheld);
    settle(&mut world, &[told.demand]);
    assert_eq!(owed(&world, &client), told.bond.u128());
    world.refund(None);
    assert_eq!(world.balance(&client), 8_000);
}
