//! A client looks after its job: it posts missing rounds, runs a few shards again, fetches the outputs, and makes providers
//! show what they keep.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::{Context, Result};
use cosmwasm_std::Addr;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tequio_adversary::{Actor, Role};
use tequio_attestation::Wanted;
use tequio_backend::{Backend, cpu::Cpu};
use tequio_client::{Arbiter, Escrow};
use tequio_protocol::{AssignmentId, arbiter::State, escrow::Ending, verifier::Verdict};
use tequio_runner::{
    Found, Providers, Relayer, Watcher,
    provider::Part,
    watcher::{Shards, Watched},
};
use tequio_tests::{Ground, Job, RICH, STAKE, World, shards, wait};

/// Each with what it took.
struct Cast<'a>(Vec<(AssignmentId, Actor<'a, Ground>)>);

impl<'a> Cast<'a> {
    /// Everybody takes four shards of a job of as many as they are.
    fn new(world: &'a World, roles: &[Role], keys: Vec<[Addr; 2]>) -> Self {
        let backend: Arc<dyn Backend> = Arc::new(Cpu::default());
        let mut cast = vec![];
        for (role, keys) in roles.iter().zip(keys) {
            let mut actor = Actor::new(&world.chain, &world.store, &backend, *role, keys);
            wait(actor.register(role.to_string().as_str(), STAKE.into())).unwrap();
            let taken = wait(actor.provider.assign(world.job, 4)).unwrap().assignment;
            wait(actor.attest()).unwrap();
            cast.push((taken, actor));
        }
        Self(cast)
    }

    fn of(&self, assignment: AssignmentId) -> Option<&Actor<'a, Ground>> {
        self.0.iter().find(|(taken, _)| *taken == assignment).map(|(_, actor)| actor)
    }

    fn open(&self) {
        self.0.iter().for_each(|(_, actor)| wait(actor.provider.open_all(Part::default())).unwrap());
    }

    fn reveal(&self) -> usize {
        self.0.iter().map(|(_, actor)| wait(actor.reveal()).unwrap()).sum()
    }
}

impl Providers for Cast<'_> {
    async fn delivery(&self, assignment: AssignmentId) -> Option<String> {
        self.of(assignment)?.delivery(assignment)
    }

    async fn serve(&self, asker: &Addr, assignment: AssignmentId, wanted: Wanted) -> Result<String> {
        self.of(assignment).context("nobody has taken it")?.serve(asker, assignment, wanted).await
    }
}

/// A world in which so many providers can take four shards each, and their keys.
fn world(providers: usize) -> (World, Vec<[Addr; 2]>) {
    let mut world = World::new();
    let keys = |at| [format!("provider {at}"), format!("provider {at}'s rig")].map(|name| world.actor(&name));
    let keys = (0..providers).map(keys).collect();
    world.post(Job { draws: 2, ..shards(4 * providers) });
    (world, keys)
}

type Client<'a> = Watcher<'a, Ground, Box<dyn Fn(u64) -> Vec<u8> + 'a>, ChaCha8Rng>;

fn client(world: &World, shards: Shards, seed: u64) -> Client<'_> {
    let sign: Box<dyn Fn(u64) -> Vec<u8>> = Box::new(|round| world.chain.beacon().sign(round));
    let relayer = Relayer::new(&world.chain, world.client.clone(), sign);
    let backend = Arc::new(Cpu::default());
    Watcher::new(&world.chain, world.store.clone(), backend, relayer, shards, ChaCha8Rng::seed_from_u64(seed))
}

fn draw(world: &World) {
    let sign = |round| world.chain.beacon().sign(round);
    wait(Relayer::new(&world.chain, world.stranger.clone(), sign).draw()).unwrap();
}

/// Looks until nothing is left to wait for, or nothing comes of it. A new watcher each time: it keeps nothing but what it
/// threw.
fn look(world: &World, cast: &Cast, client: &mut Client, assignment: AssignmentId) -> Watched {
    while wait(client.look(assignment, cast)).unwrap() {
        if cast.reveal() == 0 {
            let attestation = world.attestation(assignment).id;
            let due = wait(Arbiter(&world.chain).due(attestation)).unwrap();
            let Some(first) = due.first() else { break };
            world.chain.advance_past(first.due);
        }
    }
    client.watched.get(&assignment).cloned().unwrap_or_default()
}

#[test]
fn a_client_posts_the_round_itself_and_runs_one_shard_of_each_again() {
    let (world, keys) = world(2);
    let cast = Cast::new(&world, &[Role::Honest, Role::Honest], keys);
    let mut client = client(&world, Shards::OneInAHundred, 1);
    let (first, second) = (cast.0[0].0, cast.0[1].0);
    // Its first look ticks, its later ones post the round once it is due.
    let mut looks = 0;
    while world.attestation(first).round.is_none_or(|round| round.seed.is_none()) {
        wait(client.look(first, &cast)).unwrap();
        world.chain.advance(5);
        looks += 1;
        assert!(looks < 60, "nobody posted it");
    }
    cast.open();
    for assignment in [first, second] {
        let watched = look(&world, &cast, &mut client, assignment);
        assert_eq!((watched.shards.len(), watched.same(), watched.demands.len()), (1, 1, 0));
        assert_eq!(watched.outputs.map(|outputs| outputs.len()), Some(4));
        assert!(world.verdict(assignment).agreed());
    }
}

/// What each role comes to, with the client's money before and after.
#[test]
fn each_role_meets_its_end() {
    let roles = [Role::Honest, Role::Saboteur, Role::Hoarder, Role::Forger, Role::Mute];
    let (world, keys) = world(roles.len());
    let cast = Cast::new(&world, &roles, keys);
    draw(&world);
    cast.open();
    let mut client = client(&world, Shards::Exactly(2), 7);
    let mut watched = BTreeMap::new();
    for (assignment, actor) in &cast.0 {
        watched.insert(actor.role.to_string(), look(&world, &cast, &mut client, *assignment));
    }
    let relayer = Relayer::new(&world.chain, world.stranger.clone(), |round| world.chain.beacon().sign(round));
    let all = cast.0.iter().map(|(assignment, _)| *assignment).collect();
    let mut endings = BTreeMap::new();
    wait(relayer.end_all(all, async |ended| {
        endings.insert(ended.assignment, ended.ending);
        Ok(())
    }))
    .unwrap();
    let ending = |at: usize| endings[&cast.0[at].0];
    assert_eq!(
        [0, 1, 2, 3, 4].map(ending),
        [Ending::Settled, Ending::Refuted, Ending::Settled, Ending::Settled, Ending::Withheld]
    );
    assert_eq!((watched["honest"].same(), watched["honest"].demands.len()), (2, 0));
    assert!(watched["saboteur"].refuted() && watched["saboteur"].demands.is_empty());
    // Its tensors of two shards, and its outputs.
    assert_eq!((watched["hoarder"].same(), watched["hoarder"].demands.len()), (2, 3));
    assert_eq!(watched["hoarder"].outputs.as_ref().map(Vec::len), Some(4));
    assert_eq!(watched["mute"].outputs, None);
    // It delivered right roots: nothing was asked that it could have answered wrongly.
    assert_eq!((watched["forger"].same(), watched["forger"].demands.len()), (2, 0));
    // Every demand ended with its assignment: paid to the hoarder, returned where the mute was silent.
    for (at, state) in [(2, State::Paid), (4, State::Returned)] {
        let attestation = world.attestation(cast.0[at].0).id;
        let demands = wait(Arbiter(&world.chain).demands(attestation, None)).unwrap();
        assert!(!demands.is_empty() && demands.iter().all(|demand| demand.state == state), "{demands:?}");
    }
    world.conserves();
}

/// Who begins anew throws new dice, finds what was revealed before, and asks for it no more.
#[test]
fn a_watcher_goes_on_where_another_stopped() {
    let (world, keys) = world(1);
    let cast = Cast::new(&world, &[Role::Hoarder], keys);
    let assignment = cast.0[0].0;
    draw(&world);
    cast.open();
    let all = Shards::Exactly(4);
    let before = world.bank(&world.client);
    for seed in 0..10 {
        if !wait(client(&world, all, seed).look(assignment, &cast)).unwrap() {
            break;
        }
        cast.reveal();
    }
    let mut last = client(&world, all, 99);
    assert!(!wait(last.look(assignment, &cast)).unwrap());
    assert_eq!((last.watched[&assignment].same(), last.watched[&assignment].demands.len()), (4, 0));
    let attestation = world.attestation(assignment).id;
    let demands = wait(Arbiter(&world.chain).demands(attestation, None)).unwrap();
    assert_eq!(demands.len(), 5, "four shards and the outputs, each once");
    let paid: u128 = demands.iter().map(|demand| demand.bond.u128()).sum();
    assert_eq!(before - world.bank(&world.client), paid);
    assert!(before <= RICH);
    assert_eq!(last.watched[&assignment].shards.values().filter(|found| **found == Some(Found::Same)).count(), 4);
    let taken = wait(Escrow(&world.chain).assignment(assignment)).unwrap();
    let verdict = wait(Escrow(&world.chain).attestation(&taken)).unwrap().unwrap().verdict;
    assert!(matches!(verdict, Verdict::GenuineSoFar { .. }));
}
