//! How likely what is.

use proptest::prelude::*;
use tequio_client::Contract;
use tequio_protocol::escrow::MIN_COMMONS_AUDIT;

use super::{Act, Against, Answer, Asked, By, Offer, Opening, Sent, Spoiled, Wrong};
use crate::program::{MOST_SHARDS, Shown};

fn index() -> std::ops::Range<usize> {
    0..1_000
}

fn by() -> impl Strategy<Value = By> {
    prop_oneof![9 => Just(By::Right), 1 => index().prop_map(By::Anyone)]
}

fn sent() -> impl Strategy<Value = Sent> {
    prop_oneof![12 => Just(Sent::Due), 1 => Just(Sent::Less), 1 => Just(Sent::More), 1 => Just(Sent::Foreign)]
}

fn some() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![1 => Just(vec![]), 19 => prop::collection::vec(index(), 1..4)]
}

fn sum() -> impl Strategy<Value = u128> {
    prop_oneof![1 => Just(0), 9 => 1..100_000u128]
}

/// As [`sum`], now and then more than anyone has.
fn amount() -> impl Strategy<Value = u128> {
    prop_oneof![9 => sum(), 1 => Just(u128::MAX)]
}

fn contract() -> impl Strategy<Value = Contract> {
    prop::sample::select(&[Contract::Registry, Contract::Verifier, Contract::Rewards, Contract::Escrow][..])
}

/// Those and the arbiter, which nobody governs.
fn any_contract() -> impl Strategy<Value = Contract> {
    prop_oneof![4 => contract(), 1 => Just(Contract::Arbiter)]
}

fn shown() -> impl Strategy<Value = Shown> {
    prop_oneof![
        6 => Just(Shown::Honest),
        2 => Just(Shown::Wrong),
        2 => Just(Shown::FirstWrong),
        1 => Just(Shown::Nothing)
    ]
}

/// Of what an operator takes: which range, and how few and how cheap shards it puts up with.
fn parts() -> impl Strategy<Value = Option<u32>> {
    prop::option::weighted(0.3, 0..5u32)
}

fn limits() -> impl Strategy<Value = (Option<usize>, Option<u64>, Option<u128>)> {
    (
        prop::option::weighted(0.2, index()),
        prop::option::weighted(0.2, 0..6u64),
        prop::option::weighted(0.2, 0..1_500u128),
    )
}

/// A good deal about one attestation at once, which may be false in a part that its draws missed.
fn disputes() -> impl Strategy<Value = Act> {
    let shown = prop_oneof![2 => Just(Shown::Honest), 1 => Just(Shown::FirstWrong)];
    let wait = prop_oneof![3 => 1..60u64, 1 => 60..700u64].prop_map(|seconds| Act::Pass { seconds });
    let halt = (1..9_000u64).prop_map(|seconds| Act::Halt { seconds });
    let acts = prop::collection::vec(prop_oneof![24 => dispute(), 6 => wait, 1 => halt], 2..12);
    let steps = prop_oneof![1 => 1..4u8, 4 => Just(6u8)];
    (index(), shown, steps, acts).prop_map(|(assignment, shown, steps, acts)| Act::Dispute {
        assignment,
        shown,
        steps,
        acts,
    })
}

/// One thing that is done about an attestation.
fn dispute() -> impl Strategy<Value = Act> {
    let spoiled = prop::sample::select(
        &[Spoiled::Noise, Spoiled::Truncated, Spoiled::Beyond, Spoiled::Askew, Spoiled::Input][..],
    );
    let asked = (0..5u8, index(), index(), prop::option::weighted(0.15, spoiled))
        .prop_map(|(kind, shard, part, spoiled)| Asked { kind, shard: shard as u64, part: part as u64, spoiled });
    let by = || prop_oneof![1 => Just(By::Right), 1 => index().prop_map(By::Anyone)];
    let answer = prop_oneof![
        6 => Just(Answer::Whole),
        2 => Just(Answer::Part),
        1 => Just(Answer::Truncated),
        1 => Just(Answer::Noise),
        1 => Just(Answer::Other)
    ];
    let against = prop_oneof![
        6 => Just(Against::Wrong),
        1 => Just(Against::Right),
        1 => Just(Against::OtherTrace),
        1 => Just(Against::Noise)
    ];
    prop_oneof![
        48 => (by(), index(), asked, sent())
            .prop_map(|(by, attestation, asked, sent)| Act::Demand { by, attestation, asked, sent }),
        1 => (by(), index()).prop_map(|(by, attestation)| Act::Flood { by, attestation }),
        24 => (index(), index(), answer).prop_map(|(by, demand, answer)| Act::Reveal { by, demand, answer }),
        20 => (index(), index(), index(), index(), against).prop_map(|(by, attestation, shard, element, against)| {
            Act::Refute { by, attestation, shard: shard as u64, element: element as u32, against }
        }),
        4 => (index(), index(), 0..5_000u32, any::<bool>())
            .prop_map(|(by, attestation, seconds, due)| Act::Hold { by, attestation, seconds, due }),
        8 => (index(), some()).prop_map(|(by, demands)| Act::SettleDemands { by, demands }),
        4 => index().prop_map(|by| Act::TakeBonds { by }),
        4 => index().prop_map(|by| Act::BurnBonds { by }),
    ]
}

fn offer() -> impl Strategy<Value = Offer> {
    let wrong = prop_oneof![
        Just(Wrong::Shards),
        Just(Wrong::Header),
        Just(Wrong::Draws),
        Just(Wrong::Window),
        Just(Wrong::End),
        Just(Wrong::Free),
        Just(Wrong::Huge)
    ];
    let (least, takers) = (prop_oneof![3 => Just(1u64), 1 => 1..6u64], prop_oneof![3 => Just(0), 1 => any::<u8>()]);
    let size = (1..=MOST_SHARDS, 1..3_000u128, 1..12u32, 1..4u32, least, takers);
    let times = (prop::sample::select(&[60u32, 600, 3_600][..]), prop::option::of(0..1_500u32), 5_000..1_000_000u64);
    let kind = (index(), prop::bool::weighted(0.25), index(), prop::option::weighted(0.1, wrong), sent());
    (size, times, kind).prop_map(|(size, times, kind)| {
        let (shards, price, draws, providers, least, takers) = size;
        let (attest_window, audit_window, lasts) = times;
        let (client, commons, program, wrong, sent) = kind;
        let price = if commons { price % 3 } else { price };
        let audit_window = if commons { Some(MIN_COMMONS_AUDIT + audit_window.unwrap_or(0)) } else { audit_window };
        Offer {
            client,
            commons,
            program,
            shards,
            price,
            draws,
            attest_window,
            audit_window,
            lasts,
            providers,
            least,
            takers,
            wrong,
            sent,
        }
    })
}

/// What those do who own stake, tokens or work: everything but what governance and the chain may.
pub fn free_act() -> impl Strategy<Value = Act> {
    let registry = prop_oneof![
        1 => (index(), prop::option::weighted(0.2, index()), sum())
            .prop_map(|(provider, operator, stake)| Act::Register { provider, operator, stake }),
        1 => (by(), index(), index()).prop_map(|(by, provider, operator)| Act::Update { by, provider, operator }),
        2 => (by(), index(), 0..1_000_000u128).prop_map(|(by, provider, amount)| Act::Cap { by, provider, amount }),
        2 => (index(), index(), sum(), sent())
            .prop_map(|(by, provider, amount, sent)| Act::Bond { by, provider, amount, sent }),
        2 => (by(), index(), amount()).prop_map(|(by, provider, amount)| Act::Unbond { by, provider, amount }),
        2 => index().prop_map(|by| Act::Collect { by }),
        1 => (index(), 0..3u128).prop_map(|(by, sent)| Act::BurnSlashed { by, sent }),
        1 => (index(), index(), amount(), any::<u8>())
            .prop_map(|(by, provider, amount, what)| Act::Seize { by, provider, amount, what }),
    ];
    let escrow = prop_oneof![
        6 => (by(), offer()).prop_map(|(by, offer)| Act::Post { by, offer }),
        20 => (by(), index(), index(), 0..10u64, parts(), limits()).prop_map(|(by, provider, job, count, parts, limits)| {
            let (range, at_least, price) = limits;
            Act::Assign { by, provider, job, count, parts, range, at_least, price }
        }),
        3 => (by(), index(), sent()).prop_map(|(by, assignment, sent)| Act::GiveBack { by, assignment, sent }),
        5 => (index(), some()).prop_map(|(by, assignments)| Act::Settle { by, assignments }),
        6 => (index(), some()).prop_map(|(by, assignments)| Act::Expire { by, assignments }),
        3 => (by(), index(), prop::option::of(0..20u64)).prop_map(|(by, job, shards)| Act::Refund { by, job, shards }),
        3 => (by(), index(), index(), 0..500u128, sent())
            .prop_map(|(by, job, range, raise, sent)| Act::TopUp { by, job, range, raise, sent }),
        2 => index().prop_map(|by| Act::Withdraw { by }),
        2 => (index(), index(), index(), any::<bool>())
            .prop_map(|(by, assignment, job, reward)| Act::Retry { by, assignment, job, reward }),
    ];
    let verifier = prop_oneof![
        2 => index().prop_map(|by| Act::Tick { by }),
        2 => (index(), index(), prop::bool::weighted(0.3))
            .prop_map(|(by, attestation, forged)| Act::Beacon { by, attestation, forged }),
        8 => (by(), index(), shown()).prop_map(|(by, assignment, shown)| Act::Attest { by, assignment, shown }),
        4 => (index(), index(), prop_oneof![
                3 => Just(Opening::Whole),
                2 => Just(Opening::Part),
                1 => Just(Opening::Truncated),
                1 => Just(Opening::Noise)
            ]).prop_map(|(by, attestation, opening)| Act::Open { by, attestation, opening }),
    ];
    let rewards = prop_oneof![
        3 => (index(), amount(), prop::option::of(0..4_000_000u128))
            .prop_map(|(client, amount, approve)| Act::Buy { client, amount, approve }),
        2 => (index(), 0..4_000_000u128).prop_map(|(client, amount)| Act::Approve { client, amount }),
        3 => (index(), prop::option::of(index())).prop_map(|(by, provider)| Act::Claim { by, provider }),
        1 => (index(), any::<u8>()).prop_map(|(by, what)| Act::Count { by, what }),
        1 => (index(), index(), amount()).prop_map(|(by, to, amount)| Act::Hand { by, to, amount }),
        1 => (index(), 0..50u128).prop_map(|(by, amount)| Act::Burn { by, amount }),
    ];
    prop_oneof![
        1 => Just(Act::Rest),
        4 => prop_oneof![1..60u64, 60..900u64].prop_map(|seconds| Act::Pass { seconds }),
        1 => (900..100_000u64).prop_map(|seconds| Act::Halt { seconds }),
        30 => (index(), shown()).prop_map(|(assignment, shown)| Act::Proceed { assignment, shown }),
        11 => registry,
        45 => escrow,
        16 => verifier,
        2 => dispute(),
        6 => disputes(),
        11 => rewards,
        1 => (index(), any_contract()).prop_map(|(by, contract)| Act::Dust { by, contract }),
        1 => (index(), contract()).prop_map(|(by, contract)| Act::Usurp { by, contract }),
    ]
}

/// What anybody does, governance and the chain included.
pub fn act() -> impl Strategy<Value = Act> {
    let waits = prop_oneof![
        8 => 2_000..20_000u64,
        1 => Just(100_000u64),
        1 => Just(500_000u64),
    ];
    let governance = prop_oneof![
        3 => (by(), contract(), any::<u16>(), prop::bool::weighted(0.2))
            .prop_map(|(by, contract, scale, beyond)| Act::Configure { by, contract, scale, beyond }),
        1 => (by(), any::<u8>()).prop_map(|(by, seed)| Act::Propose { by, seed }),
        2 => (by(), prop::bool::weighted(0.1), prop::bool::weighted(0.1))
            .prop_map(|(by, posting, assigning)| Act::Pause { by, posting, assigning }),
        3 => (by(), any::<bool>(), prop::bool::weighted(0.7))
            .prop_map(|(by, holder, grant)| Act::Right { by, holder, grant }),
        2 => any::<bool>().prop_map(|fails| Act::Fail { fails }),
    ];
    prop_oneof![
        90 => free_act(),
        3 => waits.prop_map(|seconds| Act::Pass { seconds }),
        1 => (900..100_000u64).prop_map(|seconds| Act::Halt { seconds }),
        1 => (900..100_000u64).prop_map(|seconds| Act::Export { seconds }),
        5 => governance,
    ]
}
