//! Post inputs that are wrong or nowhere to be had, and live on the fees and forfeits of whoever takes the shards.

use tequio_embedded::Setup;
use tequio_protocol::{
    escrow::{Ended, Ending, ExecuteMsg},
    registry, verifier,
};
use tequio_tests::{Job, Provider, World, job};

/// What who took the bait does.
#[derive(Clone, Copy, Debug)]
enum Bitten {
    GivesBack,
    Vanishes,
    Lapses,
}

use Bitten::{GivesBack, Lapses, Vanishes};

impl Bitten {
    const ALL: [Self; 3] = [GivesBack, Vanishes, Lapses];

    fn acts(self, world: &mut World, provider: &Provider) {
        let assignment = world.assign(provider, 2);
        match self {
            GivesBack => assert_eq!(world.give_back(assignment).ending, Ending::GivenBack),
            Vanishes => world.pass(3_601),
            Lapses => {
                let subject = world.assignment(assignment).subject;
                world.send(&provider.operator, verifier::ExecuteMsg::Attest { subject, root: [7; 32].into() }, 0);
                world.beacon();
                world.pass(3_601);
            }
        }
        if !matches!(self, GivesBack) {
            // The client ends it itself, for the tip.
            let client = world.client.clone();
            let ended = world.send(&client, ExecuteMsg::Expire { assignments: vec![assignment] }, 0);
            assert_eq!(ended.all::<Ended>().len(), 1);
        }
    }
}

/// What the client has more in the end, of the denom, and how many tips were to be had.
fn won(mix: &[Bitten]) -> (u128, u128) {
    let mut world = World::new();
    let providers = ["alice", "bob", "carol", "dave"].map(|name| world.provider(name));
    let client = world.client.clone();
    let (before, tokens) = (world.wealth(&client), world.token_wealth(&client));
    world.post_with(Job { price: 1_000_000, ..job() }, |spec| spec.inputs = [7; 32].into());
    for (bitten, provider) in mix.iter().zip(providers.iter().cycle()) {
        bitten.acts(&mut world, provider);
    }
    world.refund(None);
    world.withdraw(&client);
    if world.compensation(&client) > 0 {
        world.send(&client, registry::ExecuteMsg::Withdraw {}, 0);
    }
    assert_eq!(world.token_wealth(&client), tokens, "credits come back, no more");
    (world.wealth(&client) - before, mix.iter().filter(|bitten| !matches!(bitten, GivesBack)).count() as u128)
}

/// Every mix of four: once the gas of posting, and the gas of each ending. Both are spent, so that nothing is won.
#[test]
fn no_mix_of_fees_and_forfeits_pays_more_than_gas() {
    let (gas, tip) = (Setup::default().escrow.client_gas.u128(), Setup::default().escrow.reporter_tip.u128());
    let mut most = 0;
    for code in 0..81 {
        let mix = [1, 3, 9, 27].map(|place| Bitten::ALL[code / place % 3]);
        let (won, tips) = won(&mix);
        assert!(won <= gas + tips * tip, "{mix:?} won {won}");
        most = most.max(won - tips * tip);
    }
    assert_eq!(most, gas, "the bound is reached");
}

/// The audit's: three give-backs and one absence earned 250,000.
#[test]
fn three_give_backs_and_an_absence_pay_the_gas_once() {
    let Setup { escrow, .. } = Setup::default();
    let gas = escrow.client_gas.u128() + escrow.reporter_tip.u128();
    assert_eq!(won(&[GivesBack, GivesBack, GivesBack, Vanishes]), (gas, 1));
}
