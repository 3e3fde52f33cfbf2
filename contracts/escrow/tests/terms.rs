//! What is fixed for the attestations of a job, and who watches them.

use cosmwasm_std::Uint128;
use tequio_contract::bounds::OutOfBounds;
use tequio_escrow::{ContractError, core::error::CoreError};
use tequio_protocol::{
    escrow::{Arbiter, Config, ExecuteMsg, JobSpec, Kind, MAX_WINDOW, MIN_COMMONS_AUDIT},
    verifier::{Arbitration, Terms, Verdict},
};

use crate::world::{MAX_GAS, TERMS, World, arbiter, config};

impl World {
    fn configure(&mut self, config: Config) {
        self.sends(&self.governance.clone(), ExecuteMsg::Configure { config }, 0);
    }
}

/// P + M̄ is 1,000 + 12 for this program.
#[test]
fn bonds_are_five_quarters_of_what_a_demand_costs() {
    let mut world = World::new();
    world.configure(Config { arbitration: Some(arbiter()), ..config() });
    let assignment = world.assigned(3);
    let Arbiter { address, answer_window, spacing, longest_hold, rate, .. } = arbiter();
    let expected = Arbitration {
        arbiter: address,
        principal: world.client.to_string(),
        bond: 1_250,
        rerun_bond: 2_515,
        answer_window,
        spacing,
        longest_hold,
        rate,
    };
    assert_eq!(world.assignment(assignment).subject.arbitration, Some(Box::new(expected)));
    // It is told by the subject alone: escrow asks the verifier, and the verifier only, whether it may pay.
    world.attest(assignment);
    world.verdict(assignment, Verdict::Genuine {});
    world.settle(assignment);
}

#[test]
fn the_gas_of_an_answer_has_a_bound_that_nobody_changes() {
    let mut world = World::new();
    let with = |answer_gas| Config { arbitration: Some(Arbiter { answer_gas, ..arbiter() }), ..config() };
    let more = MAX_GAS + Uint128::one();
    let error = world.refused(&world.governance.clone(), ExecuteMsg::Configure { config: with(more) }, 0);
    let bounds = OutOfBounds::Amount { name: "answer_gas", amount: more, max: MAX_GAS };
    assert_eq!(error, ContractError::Core(CoreError::Bounds(bounds)));
    world.configure(with(MAX_GAS));
    let assignment = world.genuine(1);
    let bond = world.assignment(assignment).subject.arbitration.map(|held| held.bond);
    assert_eq!(bond, Some(MAX_GAS.u128() / 4 * 5));
    world.settle(assignment);
}

/// Neither windows nor arbiter of what is posted change, nor those of its later assignments.
#[test]
fn a_job_keeps_its_terms_and_its_arbiter() {
    let mut world = World::new();
    let job = world.post(world.spec());
    let other = Terms { delay: 90, open_window: 7_200, void_after: 100_000, audit_window: 1_200, blocks: 200 };
    world.configure(Config { terms: other, arbitration: Some(arbiter()), ..config() });
    let assignment = world.assign(&world.alice.operator.clone(), job, 1);
    let subject = world.assignment(assignment).subject;
    assert_eq!((subject.terms, subject.arbitration), (TERMS, None));
    assert_eq!(world.assignment(assignment).attest_by.blocks, TERMS.blocks);
    let later = world.assigned(1);
    assert_eq!(world.assignment(later).subject.terms, other);
    assert!(world.assignment(later).subject.arbitration.is_some());
}

#[test]
fn an_arbiter_is_an_address() {
    let mut world = World::new();
    let config = Config { arbitration: Some(Arbiter { address: "arbiter".into(), ..arbiter() }), ..config() };
    let error = world.refused(&world.governance.clone(), ExecuteMsg::Configure { config }, 0);
    assert!(matches!(error, ContractError::Std(_)), "{error}");
}

#[test]
fn a_commons_job_names_who_watches_and_has_time_for_it() {
    let mut world = World::new();
    let governance = world.governance.clone();
    let short = OutOfBounds::Number {
        name: "audit_window",
        value: (MIN_COMMONS_AUDIT - 1).into(),
        min: MIN_COMMONS_AUDIT.into(),
        max: MAX_WINDOW.into(),
    };
    let core = |error: CoreError| ContractError::Core(error);
    for (spec, error) in [
        (JobSpec { principal: None, ..world.commons() }, core(CoreError::Principal { kind: Kind::Commons })),
        (
            JobSpec { principal: Some(governance.to_string()), ..world.commons() },
            ContractError::OwnPrincipal { principal: governance.clone() },
        ),
        (JobSpec { audit_window: Some(MIN_COMMONS_AUDIT - 1), ..world.commons() }, core(short.into())),
        (JobSpec { data: String::new(), ..world.commons() }, core(OutOfBounds::Zero { name: "data" }.into())),
    ] {
        assert_eq!(world.refused(&governance, ExecuteMsg::Post { spec }, 0), error);
    }
    // The default is too short for it, and is not taken for it.
    let spec = JobSpec { audit_window: None, ..world.commons() };
    assert!(matches!(world.refused(&governance, ExecuteMsg::Post { spec }, 0), ContractError::Core(_)));
    let spec = JobSpec { principal: Some("somebody".into()), ..world.commons() };
    assert!(matches!(world.refused(&governance, ExecuteMsg::Post { spec }, 0), ContractError::Std(_)));
    let job = world.post(world.commons());
    assert_eq!(world.job(job).principal, world.stranger.to_string());
}

#[test]
fn a_clients_job_is_watched_by_its_client() {
    let mut world = World::new();
    let spec = JobSpec { principal: Some(world.stranger.to_string()), ..world.spec() };
    let error = world.refused(&world.client.clone(), ExecuteMsg::Post { spec }, 100_000);
    assert_eq!(error, ContractError::Core(CoreError::Principal { kind: Kind::Client }));
    let job = world.post(world.spec());
    assert_eq!(world.job(job).principal, world.client.to_string());
}
