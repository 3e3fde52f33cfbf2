//! `post`: a client escrows the payment for a job.

use cosmwasm_std::{Decimal, Uint128, coins};
use cw_multi_test::Executor;
use cw_ownable::OwnershipError;
use tequio_attestation::{Header, Malformed, input_root};
use tequio_contract::{bounds::OutOfBounds, funds::BadFunds};
use tequio_escrow::{ContractError, core::error::CoreError};
use tequio_protocol::{
    Digest, JobId,
    escrow::{
        Basis, Config, ExecuteMsg, JobResponse, JobSpec, Kind, MAX_DATA, MAX_DURATION, MAX_SHARDS, MAX_TAKERS,
        MAX_WINDOW, MIN_ATTEST_WINDOW, Posted, QueryMsg, QuoteResponse, caught,
    },
    rewards,
};

use crate::{
    stand_in,
    world::{DENOM, RICH, TERMS, World, config, event, header},
};

fn out(name: &'static str, value: u64, min: u64, max: u64) -> ContractError {
    ContractError::Core(OutOfBounds::Number { name, value, min, max }.into())
}

fn zero(name: &'static str) -> ContractError {
    ContractError::Core(OutOfBounds::Zero { name }.into())
}

#[test]
fn a_job_is_posted_and_its_funds_are_held() {
    let mut world = World::new();
    let (client, spec) = (world.client.clone(), world.spec());
    let events = world.sends(&client, ExecuteMsg::Post { spec: spec.clone() }, 100_000);
    let program_id = header().program_id(&Digest([1; 32]));
    let posted = Posted {
        job: JobId(1),
        client: client.to_string(),
        kind: Kind::Client,
        program_id,
        shards: 100,
        price: 1_000u128.into(),
        lien: 2_065u128.into(),
        draws: 16,
        attest_window: 3_600,
        audit_window: 600,
        principal: world.client.to_string(),
        end: spec.end,
        min_providers: 1,
        least: 1,
        takers: vec![],
        data: "s3://jobs/1".into(),
    };
    assert_eq!(event::<Posted>(&events), posted);
    let job = JobResponse {
        id: JobId(1),
        client: client.to_string(),
        kind: Kind::Client,
        program_id,
        input_root: input_root(100, &Digest([2; 32])),
        inputs: Digest([2; 32]),
        shards: 100,
        price: 1_000u128.into(),
        draws: 16,
        attest_window: 3_600,
        terms: TERMS,
        arbitration: None,
        principal: world.client.to_string(),
        end: spec.end,
        min_providers: 1,
        least: 1,
        takers: vec![],
        data: spec.data,
        cost: 2_000_000u64.into(),
        draw_bytes: 1_000 + 64 * 7,
        rules: (&config()).into(),
        basis: Basis { caught: caught(1 << 30, 16).into(), margin_bps: 20_000, burn_bps: 5_000, mint: 12u128.into() },
        lien: 2_065u128.into(),
        client_gas_left: 50u128.into(),
        free: 100,
        active: 0,
        settled: 0,
        refunded: 0,
    };
    assert_eq!(world.job(JobId(1)), job);
    assert_eq!(world.free(JobId(1)), [(0, 100, 1_000)]);
    assert_eq!((world.bank(&client), world.bank(&world.escrow)), (RICH - 100_000, 100_000));
}

#[test]
fn credits_are_reserved_and_without_them_nothing_is_posted() {
    let mut world = World::new();
    let (client, spec) = (world.client.clone(), world.spec());
    stand_in::rewards::REFUSES.save(&mut *world.of_rewards(), &true).unwrap();
    let error = world.send(&client, &ExecuteMsg::Post { spec: spec.clone() }, 100_000).unwrap_err();
    assert!(format!("{error:#}").contains("no credits"));
    assert_eq!(world.bank(&world.escrow), 0);

    stand_in::rewards::REFUSES.save(&mut *world.of_rewards(), &false).unwrap();
    let job = world.post(spec);
    assert_eq!(job, JobId(1), "the failed post used no number");
    let (client, kind) = (client.to_string(), Kind::Client);
    let reserve = rewards::ExecuteMsg::Reserve { job, client, kind, shards: 100, cost: 2_000_000u64.into() };
    assert_eq!(world.told_rewards(), [reserve]);
}

#[test]
fn governance_posts_commons_jobs_for_free_and_nobody_else() {
    let mut world = World::new();
    let spec = world.commons();
    let (client, governance) = (world.client.clone(), world.governance.clone());
    let error = world.refused(&client, ExecuteMsg::Post { spec: spec.clone() }, 0);
    assert_eq!(error, ContractError::Ownership(OwnershipError::NotOwner));

    let job = world.post(spec.clone());
    assert_eq!(world.job(job).client, governance.to_string());
    assert_eq!(world.job(job).lien.u128(), 13, "what may be minted is at stake");

    world.post(JobSpec { price: 5u128.into(), ..spec });
    assert_eq!(world.bank(&world.escrow), 500, "a commons job may pay besides");
}

#[test]
fn what_mints_stands_under_a_lien() {
    let mut world = World::new();
    let governance = world.governance.clone();
    let worthless = Config { token_value: Decimal::zero(), ..config() };
    world.sends(&governance, ExecuteMsg::Configure { config: worthless }, 0);
    let spec = world.commons();
    let error = world.refused(&governance, ExecuteMsg::Post { spec: spec.clone() }, 0);
    assert_eq!(error, ContractError::NoLien { mint: 4u128.into() });

    let job = world.post(JobSpec { price: 5u128.into(), ..spec.clone() });
    assert!(!world.job(job).lien.is_zero(), "the payment is at stake");
    world.terms(Kind::Commons, 0, 0);
    world.post(spec);
}

#[test]
fn a_client_job_has_a_price() {
    let mut world = World::new();
    let spec = JobSpec { price: Uint128::zero(), ..world.spec() };
    let error = world.refused(&world.client.clone(), ExecuteMsg::Post { spec }, 0);
    assert_eq!(error, zero("price"));
}

#[test]
fn exactly_the_payment_is_sent() {
    let mut world = World::new();
    let (client, spec) = (world.client.clone(), world.spec());
    let due = Uint128::new(100_000);
    let denom = || DENOM.to_owned();
    for (amount, error) in [
        (0, BadFunds::Underfunded { sent: 0u128.into(), due, denom: denom() }),
        (99_999, BadFunds::Underfunded { sent: 99_999u128.into(), due, denom: denom() }),
        (100_001, BadFunds::Overfunded { sent: 100_001u128.into(), due, denom: denom() }),
    ] {
        let message = ExecuteMsg::Post { spec: spec.clone() };
        assert_eq!(world.refused(&client, message, amount), ContractError::Funds(error));
    }
    for funds in [coins(100_000, "ufoo"), [coins(100_000, DENOM), coins(1, "ufoo")].concat()] {
        let message = ExecuteMsg::Post { spec: spec.clone() };
        let error = world.app.execute_contract(client.clone(), world.escrow.clone(), &message, &funds).unwrap_err();
        assert!(matches!(error.downcast().unwrap(), ContractError::Funds(BadFunds::WrongDenom { .. })));
    }
}

#[test]
fn what_the_network_does_not_bear_is_refused() {
    let mut world = World::new();
    let (now, base) = (world.now(), world.spec());
    let spec = || base.clone();
    let of = |header: Header| JobSpec { header: header.encode().into(), ..base.clone() };
    let window = |value| out("attest_window", value, MIN_ATTEST_WINDOW.into(), MAX_WINDOW.into());
    let attest_window = |seconds| (JobSpec { attest_window: seconds, ..spec() }, window(seconds.into()));
    let end = |end| (JobSpec { end, ..spec() }, out("end", end, now + 1, now + MAX_DURATION));
    let providers =
        |min_providers: u32| (JobSpec { min_providers, ..spec() }, out("min_providers", min_providers.into(), 1, 100));
    let least = |least, min_providers, cap| (JobSpec { least, min_providers, ..spec() }, out("least", least, 1, cap));
    let shards = |shards| (JobSpec { shards, ..spec() }, out("shards", shards, 1, MAX_SHARDS));
    let draws = |draws: u32| (JobSpec { draws, ..spec() }, out("draws", draws.into(), 1, 64));
    let (long, longest) = (MAX_WINDOW + 1, MAX_DATA as u64);
    // 7 levels above 100 shards: 16 × (5,803 + 64 × 7) is one draw's byte too many.
    let opening = out("opening_bytes", 100_016, 0, 100_000);
    let one_draw = |bytes| out("draw_bytes", bytes, 0, 20_000);
    for (spec, refusal) in [
        shards(0),
        shards(MAX_SHARDS + 1),
        draws(0),
        draws(65),
        attest_window(MIN_ATTEST_WINDOW - 1),
        attest_window(MAX_WINDOW + 1),
        end(0),
        end(now),
        end(now + MAX_DURATION + 1),
        providers(0),
        providers(101),
        least(0, 1, 100),
        least(101, 1, 100),
        least(35, 3, 34),
        least(2, 100, 1),
        (JobSpec { audit_window: Some(long), ..spec() }, out("audit_window", long.into(), 0, MAX_WINDOW.into())),
        (JobSpec { data: "d".repeat(MAX_DATA + 1), ..spec() }, out("data", longest + 1, 0, longest)),
        (of(Header { cost: 0, ..header() }), zero("cost")),
        (of(Header { delta: 0, ..header() }), zero("delta")),
        (of(Header { reads: 4_097, ..header() }), out("reads", 4_097, 0, 4_096)),
        (of(Header { opening_bytes: 5_803, ..header() }), opening),
        (JobSpec { draws: 1, ..of(Header { opening_bytes: 20_000 - 447, ..header() }) }, one_draw(20_001)),
        (JobSpec { draws: 1, ..of(Header { opening_bytes: u32::MAX, ..header() }) }, one_draw((1 << 32) + 447)),
    ] {
        let error = world.refused(&world.client.clone(), ExecuteMsg::Post { spec }, 100_000);
        assert_eq!(error, refusal);
    }
}

#[test]
fn the_very_limits_are_borne() {
    let mut world = World::new();
    let spec = JobSpec {
        header: Header { opening_bytes: 5_802, reads: 4_096, ..header() }.encode().into(),
        attest_window: MAX_WINDOW,
        audit_window: Some(MAX_WINDOW),
        end: world.now() + MAX_DURATION,
        min_providers: 100,
        data: "d".repeat(MAX_DATA),
        ..world.spec()
    };
    world.post(spec);
    for (least, min_providers) in [(100, 1), (34, 3), (1, 100)] {
        world.post(JobSpec { least, min_providers, ..world.spec() });
    }
    let one_draw = Header { opening_bytes: 20_000 - 448, ..header() }.encode().into();
    world.post(JobSpec { header: one_draw, draws: 1, ..world.spec() });
    let header = Header { opening_bytes: 0, ..header() }.encode().into();
    let huge = JobSpec { header, shards: MAX_SHARDS, draws: 48, price: Uint128::one(), ..world.spec() };
    let job = world.post(huge);
    assert_eq!(world.free(job), [(0, MAX_SHARDS, 1)]);
}

#[test]
fn a_header_is_canonical() {
    let mut world = World::new();
    let client = world.client.clone();
    let bytes = header().encode();
    let (short, long) = (bytes[..bytes.len() - 1].to_vec(), [&bytes[..], &[0]].concat());
    let unknown = [&[1], &bytes[1..]].concat();
    for (bytes, malformed) in [
        (short, Malformed::Truncated),
        (long, Malformed::Trailing { bytes: 1 }),
        (unknown, Malformed::Version { version: 1 }),
        (vec![], Malformed::Truncated),
    ] {
        let spec = JobSpec { header: bytes.into(), ..world.spec() };
        let error = world.refused(&client, ExecuteMsg::Post { spec }, 100_000);
        assert_eq!(error, ContractError::Header(malformed));
    }
}

#[test]
fn no_audit_is_the_clients_explicit_word() {
    let mut world = World::new();
    let (none, zero) = (world.spec(), JobSpec { audit_window: Some(0), ..world.spec() });
    let (none, zero) = (world.post(none), world.post(zero));
    assert_eq!((world.job(none).terms.audit_window, world.job(zero).terms.audit_window), (600, 0));
}

#[test]
fn amounts_that_cannot_be_written_down_are_refused() {
    let mut world = World::new();
    let client = world.client.clone();
    for price in [Uint128::MAX, Uint128::MAX / Uint128::new(100), Uint128::MAX / Uint128::new(200)] {
        let spec = JobSpec { price, ..world.spec() };
        let error = world.refused(&client, ExecuteMsg::Post { spec }, 100_000);
        assert!(matches!(error, ContractError::Overflow(_)), "{error}");
    }
    world.terms(Kind::Client, 10, u128::MAX);
    let error = world.refused(&client, ExecuteMsg::Post { spec: world.spec() }, 100_000);
    assert!(matches!(error, ContractError::Ratio(_)), "{error}");
    world.terms(Kind::Client, u128::MAX, 8);
    let error = world.refused(&client, ExecuteMsg::Post { spec: world.spec() }, 100_000);
    assert!(matches!(error, ContractError::Overflow(_)), "{error}");
}

/// That many addresses of nobody yet: who may take a job need not be registered when it is posted.
fn named(world: &World, count: usize) -> Vec<String> {
    (0..count).map(|nth| world.app.api().addr_make(&format!("taker {nth}")).into_string()).collect()
}

#[test]
fn a_client_names_who_may_take_its_shards() {
    let mut world = World::new();
    let takers = named(&world, MAX_TAKERS);
    let spec = JobSpec { takers: takers.clone(), min_providers: 32, ..world.spec() };
    let events = world.sends(&world.client.clone(), ExecuteMsg::Post { spec }, 100_000);
    assert_eq!(event::<Posted>(&events).takers, takers);
    assert_eq!(world.job(JobId(1)).takers, takers);
    let governed = JobSpec { takers: takers[..1].to_vec(), ..world.commons() };
    let commons = world.post(governed);
    assert_eq!(world.job(commons).takers, takers[..1]);
}

#[test]
fn takers_are_few_each_once_and_enough_to_take_everything() {
    let mut world = World::new();
    let (client, many) = (world.client.clone(), named(&world, MAX_TAKERS + 1));
    let pair = || vec![many[0].clone(), many[1].clone()];
    let twice = vec![many[0].clone(), many[1].clone(), many[0].clone()];
    let few = |takers, min_providers| ContractError::Core(CoreError::FewTakers { takers, min_providers });
    for (takers, min_providers, refusal) in [
        (many.clone(), 1, out("takers", 33, 0, 32)),
        (twice, 1, ContractError::Core(CoreError::TakerTwice { taker: many[0].clone() })),
        (pair(), 3, few(2, 3)),
        (vec![many[0].clone()], 100, few(1, 100)),
    ] {
        let spec = JobSpec { takers, min_providers, ..world.spec() };
        let quote: Result<QuoteResponse, _> =
            world.app.wrap().query_wasm_smart(&world.escrow, &QueryMsg::Quote { spec: spec.clone() });
        assert!(quote.unwrap_err().to_string().contains(&refusal.to_string()), "no quote for what cannot be posted");
        assert_eq!(world.refused(&client, ExecuteMsg::Post { spec }, 100_000), refusal);
    }
    world.post(JobSpec { takers: pair(), min_providers: 2, ..world.spec() });
}

#[test]
fn takers_are_addresses() {
    let mut world = World::new();
    let (client, good) = (world.client.clone(), world.alice.owner.to_string());
    for bad in ["", "alice", &good.to_uppercase(), &format!("{good} ")] {
        let spec = JobSpec { takers: vec![good.clone(), bad.into()], ..world.spec() };
        let error = world.refused(&client, ExecuteMsg::Post { spec: spec.clone() }, 100_000);
        assert!(matches!(error, ContractError::Std(_)), "{bad}: {error}");
        world.asked_wrongly(&QueryMsg::Quote { spec });
    }
}
