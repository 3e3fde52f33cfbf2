//! `quote`: what `post` would do, without doing it.

use cosmwasm_std::StdResult;
use tequio_attestation::input_root;
use tequio_protocol::{
    Digest,
    escrow::{JobSpec, QueryMsg, QuoteResponse},
};

use crate::world::{World, header};

fn quote(world: &World, spec: JobSpec) -> StdResult<QuoteResponse> {
    world.app.wrap().query_wasm_smart(&world.escrow, &QueryMsg::Quote { spec })
}

#[test]
fn it_shows_all_that_a_job_costs_and_demands() {
    let world = World::new();
    // q = 1 − (3/4)^16 = 0.98997…; M̄ = 8 × 1.5; S = ⌈1,012 × (2/q − 1) / ½⌉.
    let expected = QuoteResponse {
        program_id: header().program_id(&Digest([1; 32])),
        input_root: input_root(100, &Digest([2; 32])),
        funds: 100_000u128.into(),
        credits: 1_000u128.into(),
        lien: 2_065u128.into(),
        mint: 8u128.into(),
        caught: (((1.0 - 0.75f64.powi(16)) * 2f64.powi(32)) as u64).into(),
        opening_bytes: (16u64 * (1_000 + 64 * 7)).into(),
        draw_bytes: 1_000 + 64 * 7,
    };
    assert_eq!(quote(&world, world.spec()).unwrap(), expected);
}

#[test]
fn more_draws_are_a_smaller_lien_and_a_bigger_opening() {
    let world = World::new();
    let quotes: Vec<_> =
        [1, 2, 4, 8, 16, 32, 64].map(|draws| quote(&world, JobSpec { draws, ..world.spec() }).unwrap()).to_vec();
    for pair in quotes.windows(2) {
        assert!(pair[0].lien >= pair[1].lien && pair[0].caught < pair[1].caught);
        assert_eq!(pair[0].opening_bytes.u64() * 2, pair[1].opening_bytes.u64());
    }
    // One draw: q = 1/4, S = 1,012 × 7 × 2.
    assert_eq!(quotes[0].lien.u128(), 14_168);
}

#[test]
fn it_is_what_posting_does() {
    let mut world = World::new();
    let spec = JobSpec { price: 77u128.into(), draws: 3, shards: 13, ..world.spec() };
    let quote = quote(&world, spec.clone()).unwrap();
    let job = world.post(spec);
    let job = world.job(job);
    assert_eq!((job.lien, job.program_id, job.input_root), (quote.lien, quote.program_id, quote.input_root));
    assert_eq!(world.bank(&world.escrow), quote.funds.u128());
}

#[test]
fn it_fails_as_posting_does() {
    let world = World::new();
    let error = quote(&world, JobSpec { shards: 0, ..world.spec() }).unwrap_err();
    assert!(error.to_string().contains("shards is 0, not between 1 and 4294967296"), "{error}");
    assert!(quote(&world, world.commons()).is_ok());
    for principal in [world.governance.to_string(), "nobody".into()] {
        let error = quote(&world, JobSpec { principal: Some(principal.clone()), ..world.commons() }).unwrap_err();
        assert!(error.to_string().contains("principal") || principal == "nobody", "{error}");
    }
}
