//! A client, providers, a reporter and a relayer in one hand, whatever they do, never end with more than they put in.

use cosmwasm_std::{Addr, Decimal, Uint128};
use proptest::prelude::*;
use tequio_client::Token;
use tequio_embedded::Setup;
use tequio_protocol::verifier::{self, DrawnFrom, Verdict};
use tequio_protocol::{AttestationId, arbiter::State as Stands, registry, rewards};
use tequio_protocol::{
    escrow::{self, AssignmentResponse, Ending, ExecuteMsg, State},
    verifier::Terms,
};
use tequio_tests::wait;

use crate::act::{Act, Answer, By, free_act};
use crate::demands::Debt;
use crate::play::{from_env, play};
use crate::program::Shown;
use crate::stage::{Stage, name, rig, setup};

/// Seconds. Longer than anything that the coalition can make pass at once.
const LONGER: u32 = 6_000;

/// What governance has set.
#[derive(Clone, Debug)]
struct Rules {
    rate: u128,
    kappa_bps: u16,
    token_value: u64,
    burn_bps: u16,
    absence_bps: u16,
    client_gas: u128,
    reporter_tip: u128,
    answer_gas: u128,
    spacing: u32,
    /// Whether the honest provider lets a turn go by before it answers.
    late: bool,
}

impl Rules {
    fn setup(&self) -> Setup {
        let setup = setup();
        Setup {
            registry: registry::Config { burn_bps: self.burn_bps, ..setup.registry },
            rewards: rewards::Config { rate: self.rate.into(), kappa_bps: self.kappa_bps, ..setup.rewards },
            escrow: escrow::Config {
                token_value: Decimal::percent(self.token_value),
                absence_bps: self.absence_bps,
                client_gas: self.client_gas.into(),
                reporter_tip: self.reporter_tip.into(),
                // Longer than anything that the coalition can make pass at once: who is honest is there in time.
                terms: Terms { open_window: LONGER, ..setup.escrow.terms },
                arbitration: setup.escrow.arbitration.clone().map(|arbiter| escrow::Arbiter {
                    answer_gas: self.answer_gas.into(),
                    answer_window: LONGER,
                    spacing: self.spacing,
                    longest_hold: 6 * (2 * LONGER + self.spacing),
                    rate: 1,
                    ..arbiter
                }),
                ..setup.escrow
            },
            max_gas: Uint128::new(1_000_000),
            ..setup
        }
    }
}

fn rules() -> impl Strategy<Value = Rules> {
    let kappa = prop_oneof![1 => 0..10_000u16, 1 => Just(9_999)];
    let parts = (100..=2_000u16, 0..1_000_000u128, 0..1_000_000u128);
    let kinds = (0..2_000u128, kappa, 0..200u64, 8_000..=10_000u16);
    let demands = (1..10_000u128, 1..1_000u32, any::<bool>());
    (kinds, parts, demands).prop_map(|(kinds, parts, (answer_gas, spacing, late))| {
        let (rate, kappa_bps, token_value, burn_bps) = kinds;
        let (absence_bps, client_gas, reporter_tip) = parts;
        Rules {
            rate,
            kappa_bps,
            token_value,
            burn_bps,
            absence_bps,
            client_gas,
            reporter_tip,
            answer_gas,
            spacing,
            late,
        }
    })
}

/// An honest provider among them, who takes part in their jobs and does all in its power at every turn.
struct Honest {
    owner: Addr,
    operator: Addr,
    late: bool,
}

impl Honest {
    fn new(stage: &mut Stage, late: bool) -> Self {
        let (owner, operator) = (stage.chain.actor("hana"), stage.chain.actor(&rig("hana")));
        stage.register(&owner, &operator, 1 << 80, 1 << 80);
        Self { owner, operator, late }
    }

    fn assigns(&self, stage: &mut Stage) {
        for job in stage.all_jobs().iter().rev().filter(|job| job.free > 0).take(1) {
            let (provider, first, at_least, price) = (self.owner.to_string(), None, None, None);
            let take = ExecuteMsg::Assign { job: job.id, provider, count: 2, parts: None, first, at_least, price };
            stage.send(&self.operator, take, vec![]);
        }
    }

    fn active(&self, stage: &Stage) -> Vec<AssignmentResponse> {
        let mine = |assignment: &AssignmentResponse| {
            assignment.provider == self.owner.as_str() && assignment.state == State::Active
        };
        stage.all_assignments().into_iter().filter(mine).collect()
    }

    /// Attests, and opens as soon as it can, relaying the beacon itself.
    fn works(&self, stage: &mut Stage) {
        for assignment in self.active(stage) {
            let Some(attestation) = stage.attested(&assignment) else {
                stage.attest(&self.operator, assignment, Shown::Honest);
                continue;
            };
            if attestation.verdict != (Verdict::Pending {}) {
                self.answers(stage, attestation.id);
                continue;
            }
            match attestation.round {
                None => {
                    stage.must(&self.operator, verifier::ExecuteMsg::Tick {}, 0);
                }
                Some(DrawnFrom { seed: None, due, .. }) if due > stage.chain.now() => {}
                // What comes next is the round or the opening, and no time passes.
                Some(_) => {
                    stage.bring_on(&attestation);
                    let attestation = stage.attested(&assignment).expect("it attested");
                    if attestation.verdict == (Verdict::Pending {}) {
                        stage.bring_on(&attestation);
                    }
                }
            }
        }
    }

    /// Reveals what is demanded, at once or a turn later.
    fn answers(&self, stage: &mut Stage, attestation: AttestationId) {
        let now = stage.chain.moment();
        for demand in stage.told.demands.open(attestation) {
            if !self.late || stage.told.demands.all[&demand.0].due.since != now {
                stage.reveal(&self.operator, demand, Answer::Whole);
            }
        }
    }

    /// Time passes until nothing of its own is pending.
    fn finishes(&self, stage: &mut Stage) {
        for _ in 0..3 {
            stage.chain.advance(700);
            self.works(stage);
        }
        for assignment in self.active(stage) {
            let attestation = stage.attested(&assignment).expect("an honest provider attests");
            assert!(attestation.verdict.agreed());
            assert_eq!(stage.told.demands.open(attestation.id), []);
        }
    }

    /// What it was made to do is repaid, but for half of delivering outputs.
    fn is_repaid(&self, stage: &mut Stage) {
        let all = stage.told.demands.all.values();
        let mine: Vec<Debt> = all.filter(|debt| stage.attester(debt) == self.operator.as_str()).cloned().collect();
        for debt in &mine {
            *stage.seen.ends.entry("Answered".into()).or_default() += 1;
            let Debt { bond, state, .. } = *debt;
            assert_eq!(state, Stands::Paid, "{debt:?}");
            assert!(bond - bond.div_ceil(5) >= stage.cost(debt), "{debt:?}");
        }
    }
}

/// What the coalition has of the denom, and of tokens and credits.
fn wealth(stage: &Stage) -> (u128, u128) {
    let people = stage.cast.people.iter();
    people.fold((0, 0), |(native, tokens), person| {
        let credits: Uint128 = stage.ask(rewards::QueryMsg::Credits { client: person.to_string() });
        let held = wait(Token(&stage.chain).balance(person)).expect("a token").u128();
        (native + stage.purse(person), tokens + held + credits.u128())
    })
}

/// Whatever is theirs to do. What pays without credits is governance's to post.
fn theirs() -> impl Strategy<Value = Act> {
    free_act().prop_map(|act| match act {
        Act::Post { by: By::Right, offer } if offer.commons => Act::Post { by: By::Anyone(offer.client), offer },
        act => act,
    })
}

fn sequence(steps: usize) -> impl Strategy<Value = (Rules, Vec<Act>)> {
    (rules(), prop::collection::vec(theirs(), steps))
}

/// Neither the denom nor the tokens become more, so their value does not at whatever rate. What is burned of slashes is
/// lost, and so is 1 − κ of the credits consumed. And nobody who is honest is slashed.
#[test]
fn hiring_oneself_never_pays() {
    let (cases, steps) = (from_env("TEQUIO_CASES", 500).div_ceil(5), from_env("TEQUIO_STEPS", 100));
    let seen = play(
        cases,
        || sequence(steps as usize),
        |(rules, acts)| {
            let providers = ["mallory", "mole"];
            let mut stage =
                Stage::new(rules.setup(), &["mallory", "minion"], &providers, &["relayer"], &["hana", &rig("hana")]);
            let before = wealth(&stage);
            let honest = Honest::new(&mut stage, rules.late);
            stage.furnish();
            for (at, act) in acts.iter().enumerate() {
                match act {
                    Act::Dispute { assignment, shown, steps, acts } => {
                        stage.dispute(*assignment, (*shown, *steps), acts, |stage| honest.works(stage));
                    }
                    act => stage.step(act),
                }
                if at % 8 == 0 {
                    honest.assigns(&mut stage);
                }
                honest.works(&mut stage);
            }
            honest.finishes(&mut stage);
            for ended in stage.told.ended.values() {
                *stage.seen.ends.entry(name(&ended.ending)).or_default() += 1;
            }
            stage.drains(true);
            let mine = |ended: &&escrow::Ended| ended.provider == honest.owner.as_str();
            for ended in stage.told.ended.values().filter(mine) {
                assert_eq!(ended.ending, Ending::Settled, "{ended:?} with {:?}", stage.verdicts);
            }
            honest.is_repaid(&mut stage);

            let ((native, tokens), told) = (wealth(&stage), &stage.told);
            let burned = told.to_burn + told.fees_to_burn + told.burned;
            assert!(native + burned <= before.0, "{before:?} became {native}, {burned} burned");
            let lost = before.1.checked_sub(tokens).expect("no tokens are won");
            assert!(lost * 10_000 >= told.consumed * u128::from(10_000 - rules.kappa_bps), "{lost} lost");
            stage.seen
        },
    );
    if cases >= 100 && steps >= 100 {
        let ends = ["Absent", "Answered", "GivenBack", "Settled", "Slashed"];
        seen.reached(&ends, &["arbiter demand", "arbiter reveal"]);
    }
}
