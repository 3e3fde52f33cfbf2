//! Provider and relayer, each by itself, bring a job to its end: a daemon has nothing to add but when.

use std::sync::Arc;

use tequio_backend::cpu::Cpu;
use tequio_client::flow;
use tequio_protocol::escrow::{Ended, Ending};
use tequio_runner::{DrawTooBig, Provider, Relayer, TooSlow, provider::Part};
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
