//! Random messages at random times, on a chain that halts, races and is exported: what is final stays so, nobody is
//! late who had no blocks, and the equations hold at every step.

use std::collections::BTreeMap;

use cosmwasm_std::Addr;
use proptest::prelude::*;
use tequio_protocol::{
    AttestationId, Deadline, Moment,
    verifier::{AnswerBy, ExecuteMsg, Held, QueryMsg, Subject, Terms, Verdict},
};

use crate::{
    hold::arbitration,
    program::{DRAWS, Run, SHARDS},
    world::{TERMS, World},
};

#[derive(Clone, Debug)]
enum Step {
    /// So many blocks in so many seconds: few in many when the chain halts, many in none when its time stands still.
    Blocks(u64, u64),
    /// Heights begin anew.
    Export,
    Tick,
    Attest {
        honest: bool,
        terms: Terms,
    },
    /// Posts a round, waiting until it is due or not.
    Round {
        which: usize,
        wait: bool,
    },
    Open {
        which: usize,
        draws: u32,
        garbled: bool,
    },
    /// Its arbiter writes something down: something to be revealed in so many seconds, or a turn, or nothing.
    Hold {
        which: usize,
        answer: Option<(u32, u32)>,
        turn: bool,
    },
    /// Shows an element of an attestation, which is wrong if it is not honest.
    Refute {
        which: usize,
        shard: u64,
        element: u32,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let seconds = prop_oneof![10 => 0..10u64, 5 => 20..60u64, 2 => 500..700u64, 1 => 80_000..90_000u64];
    let blocks = prop_oneof![6 => Just(1u64), 2 => 2..50u64, 2 => 90..130u64];
    let draws = prop_oneof![1..=DRAWS, Just(DRAWS)];
    let open = (0..8usize, draws, prop::bool::weighted(0.2));
    prop_oneof![
        40 => (blocks, seconds).prop_map(|(blocks, seconds)| Step::Blocks(blocks, seconds)),
        1 => Just(Step::Export),
        30 => Just(Step::Tick),
        20 => (any::<bool>(), terms()).prop_map(|(honest, terms)| Step::Attest { honest, terms }),
        40 => (0..8usize, prop::bool::weighted(0.7)).prop_map(|(which, wait)| Step::Round { which, wait }),
        3 => (0..8usize, 0..SHARDS + 1, 0..220u32)
            .prop_map(|(which, shard, element)| Step::Refute { which, shard, element }),
        30 => (0..8usize, prop::option::weighted(0.7, (60..900u32, 50..150u32)), any::<bool>())
            .prop_map(|(which, answer, turn)| Step::Hold { which, answer, turn }),
        60 => open.prop_map(|(which, draws, garbled)| Step::Open { which, draws, garbled }),
    ]
}

fn terms() -> impl Strategy<Value = Terms> {
    let audit = prop_oneof![Just(0u32), 1..1_000u32];
    (30..90u32, 120..1_000u32, 86_400..90_000u32, audit, 50..120u32).prop_map(
        |(delay, open_window, void_after, audit_window, blocks)| Terms {
            delay,
            open_window,
            void_after,
            audit_window,
            blocks,
        },
    )
}

struct Attested {
    id: AttestationId,
    honest: bool,
    terms: Terms,
    /// Blocks of the chain when its round was first seen stored, and when it was first seen genuine so far.
    stored: Option<u64>,
    agreed: Option<u64>,
    /// What its arbiter wrote down last: blocks when that was, what was to be revealed, and until when the turn goes.
    held: Option<(u64, Option<Deadline>, Option<Deadline>)>,
}

struct Story {
    world: World,
    runs: [Run; 2],
    attested: Vec<Attested>,
    answers: BTreeMap<AttestationId, Verdict>,
    /// Blocks made in all, whatever heights say.
    blocks: u64,
}

impl Story {
    fn new() -> Self {
        let runs = [Run::lazy(), Run::honest()];
        Self { world: World::new(), runs, attested: vec![], answers: BTreeMap::new(), blocks: 0 }
    }

    fn blocks(&mut self, blocks: u64, seconds: u64) {
        self.world.blocks(blocks, seconds);
        self.blocks += blocks;
    }

    fn take(&mut self, step: &Step) {
        let (alice, bob) = (self.world.alice.clone(), self.world.bob.clone());
        match *step {
            Step::Blocks(blocks, seconds) => self.blocks(blocks, seconds),
            Step::Export => {
                // What nobody recorded before an export is not counted after it.
                self.world.tick();
                self.world.app.update_block(|block| block.height = 0);
            }
            Step::Tick => self.world.tick(),
            Step::Attest { honest, terms } => {
                let run = &self.runs[honest as usize];
                let context = [self.attested.len() as u8; 32].into();
                let arbitration = Some(Box::new(arbitration()));
                let subject = Subject { context, terms, arbitration, ..run.subject() };
                let id = self.world.attest(&alice, &subject, run.root());
                self.attested.push(Attested { id, honest, terms, stored: None, agreed: None, held: None });
            }
            Step::Round { which, wait } => {
                let Some(attested) = self.attested.get(which) else { return };
                let Some(drawn) = self.world.attestation(attested.id).round else { return };
                if wait && drawn.due > self.world.now() {
                    let seconds = drawn.due - self.world.now();
                    self.blocks(1, seconds);
                }
                let due = drawn.due <= self.world.now();
                let posted = self.world.send(&bob, &self.world.signed(drawn.round));
                assert!(due || posted.is_err());
            }
            Step::Open { which, draws, garbled } => self.open(which, draws, garbled),
            Step::Refute { which, shard, element } => self.refute(which, shard, element),
            Step::Hold { which, answer, turn } => self.hold(which, answer, turn),
        }
    }

    fn open(&mut self, which: usize, draws: u32, garbled: bool) {
        let Some(&Attested { id, honest, .. }) = self.attested.get(which) else { return };
        let attestation = self.world.attestation(id);
        if attestation.round.as_ref().is_none_or(|round| round.seed.is_none()) {
            return;
        }
        let to = DRAWS.min(attestation.opened + draws);
        let mut opening = self.runs[honest as usize].open(&self.world, id, attestation.opened, to);
        if garbled {
            *opening.last_mut().unwrap() ^= 1;
        }
        let msg = ExecuteMsg::Open { attestation: id, opening: opening.into() };
        let taken = self.world.send(&self.world.bob.clone(), &msg).is_ok();
        let pending = attestation.verdict == Verdict::Pending {};
        assert_eq!(taken, pending && !garbled, "{:?}", attestation.verdict);
    }

    fn refute(&mut self, which: usize, shard: u64, element: u32) {
        let Some(&Attested { id, honest, .. }) = self.attested.get(which) else { return };
        let verdict = self.world.verdict(id);
        let run = &self.runs[honest as usize];
        let there = shard < SHARDS && element < 200;
        let opening = if there { run.show(shard, element) } else { run.show(0, 0) };
        let wrong = there && run.is_wrong(shard, element);
        let msg = ExecuteMsg::Refute { attestation: id, shard: shard.into(), element, opening: opening.into() };
        let taken = self.world.send(&self.world.bob.clone(), &msg).is_ok();
        let open = matches!(verdict, Verdict::Pending {} | Verdict::GenuineSoFar { .. });
        assert_eq!(taken, open && wrong, "{verdict:?}");
    }

    fn hold(&mut self, which: usize, answer: Option<(u32, u32)>, turn: bool) {
        let Some(attested) = self.attested.get_mut(which) else { return };
        let now: Moment = self.world.query(&QueryMsg::Now {});
        let window = |seconds, blocks| Deadline { since: now, seconds, blocks };
        let before = attested.held;
        let due = answer.map(|(seconds, blocks)| window(seconds, blocks));
        let new = turn.then(|| window(arbitration().answer_window, attested.terms.blocks));
        let held = Held {
            answer_by: due.map(|deadline| AnswerBy { demander: self.world.bob.to_string(), deadline }),
            turn: new.or(before.and_then(|(_, _, turn)| turn)),
        };
        let so_far = matches!(self.world.verdict(attested.id), Verdict::GenuineSoFar { .. });
        let may_turn = !turn || before.is_some_and(|(_, due, turn)| due.is_some() || turn == new);
        let (arbiter, turn) = (arbitration().arbiter, held.turn);
        let msg = ExecuteMsg::Hold { attestation: attested.id, held };
        let taken = self.world.send(&Addr::unchecked(arbiter), &msg).is_ok();
        // All that happens here is sooner than the longest hold.
        assert_eq!(taken, so_far && may_turn, "{before:?}");
        if taken {
            attested.held = Some((self.blocks, due, turn));
        }
    }

    /// Final answers are what they were, and right; and nobody's window was over before its blocks were made.
    fn check(&mut self) {
        assert!(self.world.conservation().holds());
        let now: Moment = self.world.query(&QueryMsg::Now {});
        for attested in &mut self.attested {
            let Attested { id, honest, terms, .. } = *attested;
            let (made, found) = (self.blocks, self.world.attestation(id));
            let verdict = found.verdict;
            if found.round.is_some_and(|round| round.deadline.is_some()) {
                attested.stored.get_or_insert(made);
            }
            if verdict.agreed() {
                attested.agreed.get_or_insert(made);
            }
            let had = |since: Option<u64>| made - since.expect("seen before") >= terms.blocks.into();
            match verdict {
                Verdict::GenuineSoFar { .. } => assert!(honest && terms.audit_window > 0),
                Verdict::Genuine {} => {
                    assert!(honest && (terms.audit_window == 0 || had(attested.agreed)));
                    // Neither with something to be revealed nor in a turn.
                    let turn = attested.held.map(|(_, due, turn)| due.is_none().then_some(turn));
                    assert!(turn.is_none_or(|turn| turn.is_some_and(|turn| turn.is_none_or(|turn| turn.over(&now)))));
                }
                Verdict::False { .. } | Verdict::Refuted { .. } => assert!(!honest),
                Verdict::Lapsed {} => assert!(had(attested.stored)),
                Verdict::Pending {} | Verdict::Void {} => {}
                Verdict::Withheld { ref from } => {
                    let (at, due, _) = attested.held.expect("something was demanded");
                    let due = due.expect("something was to be revealed");
                    assert!(honest && from == self.world.bob.as_str() && due.over(&now));
                    assert!(made - at >= due.blocks.into());
                }
            }
            let before = self.answers.get(&id);
            if let Some(before) = before.filter(|before| **before != Verdict::Pending {}) {
                let so_far = matches!(before, Verdict::GenuineSoFar { .. });
                let goes_on = so_far
                    && matches!(
                        verdict,
                        Verdict::GenuineSoFar { .. }
                            | Verdict::Genuine {}
                            | Verdict::Refuted { .. }
                            | Verdict::Withheld { .. }
                    );
                assert!(*before == verdict || goes_on, "{before:?}, then {verdict:?}");
            }
            self.answers.insert(id, verdict);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn answers_are_final_and_counted(steps in prop::collection::vec(step(), 1..100)) {
        let mut story = Story::new();
        for step in &steps {
            story.take(step);
            story.check();
        }
        // Whatever happened, time, blocks and ticks bring every attestation to an end. Where heights have just begun anew,
        // those up to the last one that was recorded before count only once a message came at a lower one.
        for _ in 0..4 {
            story.blocks(1, 5);
            story.world.tick();
        }
        story.blocks(u64::from(TERMS.blocks) + 100, 200_000);
        story.check();
        let pending = |answer: &Verdict| matches!(answer, Verdict::Pending {} | Verdict::GenuineSoFar { .. });
        prop_assert!(!story.answers.values().any(pending));
    }
}
