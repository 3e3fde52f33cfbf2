//! Provider and relayer, each by itself, bring a job to its end: a daemon has nothing to add but when.

use std::sync::Arc;

use tequio_backend::cpu::Cpu;
use tequio_client::flow;
use tequio_protocol::escrow::{Ended, Ending};
use tequio_runner::{Provider, Relayer, provider::Part};
use tequio_tests::{STAKE, World, job, wait};

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
        flow::register(chain, &owner, &operator, Default::default(), STAKE.into(), STAKE.into()).await?;
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
        flow::register(chain, &owner, &operator, Default::default(), STAKE.into(), STAKE.into()).await?;
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
