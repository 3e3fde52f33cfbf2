//! Provider and relayer, each by itself, bring a job to its end: a daemon has nothing to add but when.

use std::sync::Arc;

use cosmwasm_std::Addr;
use tequio_attestation::{Wanted, locate};
use tequio_backend::cpu::Cpu;
use tequio_client::{Arbiter, Call, Chain, flow};
use tequio_embedded::Setup;
use tequio_protocol::{
    TypedEvent, arbiter,
    escrow::{Ended, Ending},
};
use tequio_runner::{
    DrawTooBig, OutputsTooDear, Provider, Relayer, TooBusy, TooSlow,
    provider::{NotServed, Part},
};
use tequio_tests::{Job, STAKE, World, job, wait};

#[test]
fn roles_alone_bring_a_job_to_its_end() {
    let mut world = World::new();
    let (owner, operator) = (world.actor("alice"), world.actor("alice's rig"));
    let job = world.post(job());
    let (chain, mut ended) = (&world.chain, vec![]);
    let mut provider =
        Provider::new(chain, world.store.clone(), Arc::new(Cpu::default()), owner.clone(), operator.clone());
    let mut relayer = Relayer::new(chain, world.stranger.clone(), |round| chain.beacon().sign(round));
    wait(async {
        flow::register(chain, &owner, std::slice::from_ref(&operator), Default::default(), STAKE.into(), STAKE.into())
            .await?;
        let first = provider.assign(job, 3).await?.assignment;
        let second = provider.assign(job, 5).await?.assignment;
        provider.attest_all().await?;
        assert_eq!(provider.taken().count(), 0);
        // Nothing is drawn yet.
        provider.open_all(Part::default()).await?;
        relayer.draw().await?;
        provider.open_all(Part { draws: 7, ..Part::default() }).await?;
        relayer
            .end_all([first, second].into(), async |end| {
                ended.push(end);
                Ok(())
            })
            .await?;
        flow::collect(chain, &owner).await
    })
    .unwrap();
    let paid: Vec<_> = ended.iter().map(|Ended { ending, paid, .. }| (*ending, paid.u128())).collect();
    assert_eq!(paid, [(Ending::Settled, 3_000), (Ending::Settled, 5_000)]);
    assert_eq!((world.balance(&owner), world.job(job).settled), (0, 8));
    assert!(world.tokens(&owner) > 0);
    world.conserves();
}

#[test]
fn a_provider_lets_go_of_what_was_expired() {
    let mut world = World::new();
    let (owner, operator) = (world.actor("alice"), world.actor("alice's rig"));
    let job = world.post(job());
    let chain = &world.chain;
    let mut provider =
        Provider::new(chain, world.store.clone(), Arc::new(Cpu::default()), owner.clone(), operator.clone());
    let relayer = Relayer::new(chain, world.stranger.clone(), |round| chain.beacon().sign(round));
    wait(async {
        flow::register(chain, &owner, std::slice::from_ref(&operator), Default::default(), STAKE.into(), STAKE.into())
            .await?;
        let late = provider.assign(job, 8).await?.assignment;
        let absent = async |ended: Ended| {
            assert_eq!(ended.ending, Ending::Absent);
            Ok(())
        };
        relayer.end_all([late].into(), absent).await?;
        assert_eq!(provider.taken().collect::<Vec<_>>(), [late]);
        provider.attest_all().await
    })
    .unwrap();
    assert_eq!(provider.taken().count(), 0);
}

/// A draw that it could not send would lapse, and cost it the lien.
#[test]
fn a_provider_takes_no_job_whose_draws_it_would_not_send() {
    let mut world = World::new();
    let (owner, operator) = (world.actor("alice"), world.actor("alice's rig"));
    let job = world.post(job());
    let draw = world.job(job).draw_bytes;
    let chain = &world.chain;
    let mut provider =
        Provider::new(chain, world.store.clone(), Arc::new(Cpu::default()), owner.clone(), operator.clone());
    wait(flow::register(
        chain,
        &owner,
        std::slice::from_ref(&operator),
        Default::default(),
        STAKE.into(),
        STAKE.into(),
    ))
    .unwrap();
    provider.max_draw_bytes = draw - 1;
    let error = wait(provider.assign(job, 3)).unwrap_err();
    assert_eq!(error.downcast::<DrawTooBig>().unwrap(), DrawTooBig { job, draw, most: draw - 1 });
    assert!(provider.prepared(job).is_none(), "nothing is fetched either");
    provider.max_draw_bytes = draw;
    wait(provider.assign(job, 3)).unwrap();
}

/// What it could not run in time would be absent, and cost it a share of the lien.
#[test]
fn a_provider_takes_no_more_than_it_can_run_in_time() {
    let mut world = World::new();
    let (owner, operator) = (world.actor("alice"), world.actor("alice's rig"));
    let job = world.post(Job { attest_window: 60, ..job() });
    let cost = world.job(job).cost.u64();
    let chain = &world.chain;
    let mut provider =
        Provider::new(chain, world.store.clone(), Arc::new(Cpu::default()), owner.clone(), operator.clone());
    let operators = std::slice::from_ref(&operator);
    wait(flow::register(chain, &owner, operators, Default::default(), STAKE.into(), STAKE.into())).unwrap();
    let speed = cost / 30 - 1;
    provider.speed = Some(speed);
    let error = wait(provider.assign(job, 3)).unwrap_err();
    assert_eq!(error.downcast::<TooSlow>().unwrap(), TooSlow { job, cost, window: 60, speed });
    provider.speed = Some(2 * cost / 30 + 1);
    assert_eq!(wait(provider.assign(job, 3)).unwrap().count, 2);
}

/// What it could not answer in time would be withheld, and cost it the lien: of all it has open, two answers each spacing.
#[test]
fn a_provider_takes_no_more_than_it_can_answer_for() {
    let mut world = World::new();
    let (owner, operator) = (world.actor("alice"), world.actor("alice's rig"));
    let first = world.post(job());
    let second = world.post(job());
    let free = world.post(Job { audit_window: Some(0), ..job() });
    let cost = world.job(first).cost.u64();
    let chain = &world.chain;
    let mut provider =
        Provider::new(chain, world.store.clone(), Arc::new(Cpu::default()), owner.clone(), operator.clone());
    let operators = std::slice::from_ref(&operator);
    wait(flow::register(chain, &owner, operators, Default::default(), STAKE.into(), STAKE.into())).unwrap();
    // Two answers take all of a minute; with two assignments open there is time for one of them.
    provider.speed = Some(2 * cost / 60 + 1);
    wait(provider.assign(first, 2)).unwrap();
    let error = wait(provider.assign(second, 2)).unwrap_err().downcast::<TooBusy>().unwrap();
    assert!(error.job == second && error.percent > 190 && error.percent <= 200, "{error}");
    // Nothing is demanded of what has no audit window.
    wait(provider.assign(free, 2)).unwrap();
    provider.speed = Some(4 * cost / 60 + 1);
    wait(provider.assign(second, 2)).unwrap();
}

/// The client could make it publish them for half of what that costs.
#[test]
fn a_provider_takes_no_job_whose_outputs_cost_more_to_publish_than_it_pays() {
    let mut setup = Setup::default();
    let arbiter = setup.escrow.arbitration.as_mut().unwrap();
    arbiter.answer_gas = setup.max_gas;
    let mut world = World::with(setup);
    let (owner, operator) = (world.actor("alice"), world.actor("alice's rig"));
    let cheap = world.post(Job { price: 1, ..job() });
    let bytes = world.data(cheap).manifest().delivery_bytes();
    let half = (100_000 * u128::from(bytes)).div_ceil(2 * 16_384);
    let mint = world.job(cheap).basis.mint.u128();
    let [short, enough] = [half - 1 - mint, half - mint].map(|price| world.post(Job { price, ..job() }));
    let chain = &world.chain;
    let mut provider =
        Provider::new(chain, world.store.clone(), Arc::new(Cpu::default()), owner.clone(), operator.clone());
    let operators = std::slice::from_ref(&operator);
    wait(flow::register(chain, &owner, operators, Default::default(), STAKE.into(), STAKE.into())).unwrap();
    let error = wait(provider.assign(short, 2)).unwrap_err().downcast::<OutputsTooDear>().unwrap();
    assert_eq!(error, OutputsTooDear { job: short, half: half.into(), pay: (half - 1).into() });
    wait(provider.assign(enough, 2)).unwrap();
}

/// Whoever is to run shards again for somebody must not copy: before he has attested, only the principal is served.
#[test]
fn strangers_are_served_late() {
    let mut world = World::new();
    let (owner, operator) = (world.actor("alice"), world.actor("alice's rig"));
    let job = world.post(Job { audit_window: Some(86_400), ..job() });
    let (client, stranger) = (world.client.clone(), world.stranger.clone());
    let chain = &world.chain;
    let mut provider =
        Provider::new(chain, world.store.clone(), Arc::new(Cpu::default()), owner.clone(), operator.clone());
    let mut relayer = Relayer::new(chain, stranger.clone(), |round| chain.beacon().sign(round));
    let wanted = Wanted::Tensors { shard: 3, depth: 0, index: 0 };
    wait(async {
        flow::register(chain, &owner, std::slice::from_ref(&operator), Default::default(), STAKE.into(), STAKE.into())
            .await?;
        let taken = provider.assign(job, 8).await?.assignment;
        provider.attest_all().await?;
        let refused = async |provider: &Provider<'_, _>| {
            let error = provider.serve(&stranger, taken, wanted).await.unwrap_err();
            error.downcast::<NotServed>().unwrap().from
        };
        assert_eq!(refused(&provider).await, None);
        provider.serve(&client, taken, wanted).await?;
        relayer.draw().await?;
        provider.open_all(Part::default()).await?;
        let walk = 6 * (2 * 600 + 60);
        let from = refused(&provider).await.unwrap();
        assert!(from > chain.now() + 86_400 - walk - 60 && from <= chain.now() + 86_400 - walk, "{from}");
        chain.advance_to(from - 5);
        assert_eq!(refused(&provider).await, Some(from));
        chain.advance_to(from);
        provider.serve(&stranger, taken, wanted).await?;
        anyhow::Ok(())
    })
    .unwrap();
}

/// Over all that it holds: what is due first is revealed first.
#[test]
fn a_provider_reveals_what_is_due_first() {
    let mut world = World::new();
    let (owner, operator, rival) = (world.actor("alice"), world.actor("alice's rig"), world.actor("rival"));
    let job = world.post(job());
    let (client, stranger) = (world.client.clone(), world.stranger.clone());
    let chain = &world.chain;
    let mut provider =
        Provider::new(chain, world.store.clone(), Arc::new(Cpu::default()), owner.clone(), operator.clone());
    let mut relayer = Relayer::new(chain, stranger.clone(), |round| chain.beacon().sign(round));
    let revealed = wait(async {
        flow::register(chain, &owner, std::slice::from_ref(&operator), Default::default(), STAKE.into(), STAKE.into())
            .await?;
        let (first, second) = (provider.assign(job, 3).await?.assignment, provider.assign(job, 5).await?.assignment);
        provider.attest_all().await?;
        relayer.draw().await?;
        provider.open_all(Part::default()).await?;
        let manifest = provider.prepared(job).unwrap().data.compiled.manifest.clone();
        let demand = async |who: &Addr, assignment, wanted| {
            let attestation = provider.held(assignment).unwrap().attestation;
            let shown = locate(&manifest, &wanted);
            let bond = Arbiter(chain).quote(who, attestation, wanted, &shown).await?.bond;
            let message = arbiter::ExecuteMsg::Demand { attestation, wanted, shown: shown.into() };
            let demanded: arbiter::Demanded = chain.execute(who, Call::paying(bond, message)).await?.one()?;
            anyhow::Ok(demanded.demand.0)
        };
        let tensors = |shard| Wanted::Tensors { shard, depth: 0, index: 0 };
        // The second of a queue is due a minute later, outputs once they can be delivered.
        for wanted in [tensors(3), tensors(4), Wanted::Outputs { first: 3, count: 5 }] {
            demand(&client, second, wanted).await?;
        }
        chain.advance(5);
        demand(&rival, first, tensors(0)).await?;
        assert_eq!(provider.reveal_all().await?, 4);
        let (events, _) = Chain::events(chain, 0).await?;
        let all: Vec<_> = events.into_iter().filter_map(|(_, event)| arbiter::Revealed::parse(&event).ok()).collect();
        anyhow::Ok(all.into_iter().map(|event| event.demand.0).collect::<Vec<_>>())
    })
    .unwrap();
    assert_eq!(revealed, [1, 4, 2, 3]);
    world.conserves();
}
