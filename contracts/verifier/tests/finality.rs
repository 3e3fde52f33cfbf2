//! Random messages at random times: what is final stays so, and the equations hold at every step.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tequio_protocol::{
    AttestationId,
    verifier::{Config, ExecuteMsg, Subject, Verdict},
};

use crate::{
    program::{DRAWS, Run},
    world::{CONFIG, World},
};

#[derive(Clone, Debug)]
enum Step {
    /// Seconds for one block.
    Block(u64),
    Tick,
    Attest {
        honest: bool,
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
    Configure(Config),
}

fn step() -> impl Strategy<Value = Step> {
    let seconds = prop_oneof![10 => 0..10u64, 5 => 20..60u64, 2 => 500..700u64, 1 => 80_000..90_000u64];
    let draws = prop_oneof![1..=DRAWS, Just(DRAWS)];
    let open = (0..8usize, draws, prop::bool::weighted(0.2));
    let config = (30..90u64, 600..1_000u64, 86_400..90_000u64);
    prop_oneof![
        4 => seconds.prop_map(Step::Block),
        3 => Just(Step::Tick),
        2 => any::<bool>().prop_map(|honest| Step::Attest { honest }),
        4 => (0..8usize, prop::bool::weighted(0.7)).prop_map(|(which, wait)| Step::Round { which, wait }),
        6 => open.prop_map(|(which, draws, garbled)| Step::Open { which, draws, garbled }),
        1 => config.prop_map(|(delay, open_window, void_after)| {
            Step::Configure(Config { delay, open_window, void_after, ..CONFIG })
        }),
    ]
}

struct Story {
    world: World,
    runs: [Run; 2],
    attested: Vec<(AttestationId, bool)>,
    answers: BTreeMap<AttestationId, Verdict>,
}

impl Story {
    fn new() -> Self {
        let runs = [Run::lazy(), Run::honest()];
        Self { world: World::new(), runs, attested: vec![], answers: BTreeMap::new() }
    }

    fn take(&mut self, step: &Step) {
        let (alice, bob) = (self.world.alice.clone(), self.world.bob.clone());
        match *step {
            Step::Block(seconds) => self.world.block(seconds),
            Step::Tick => self.world.tick(),
            Step::Configure(ref config) => self.world.configure(config.clone()),
            Step::Attest { honest } => {
                let run = &self.runs[honest as usize];
                let context = [self.attested.len() as u8; 32].into();
                let id = self.world.attest(&alice, &Subject { context, ..run.subject() }, run.root());
                self.attested.push((id, honest));
            }
            Step::Round { which, wait } => {
                let Some((id, _)) = self.attested.get(which) else { return };
                let Some(drawn) = self.world.attestation(*id).round else { return };
                if wait {
                    self.world.block_at(drawn.due.max(self.world.now()));
                }
                let due = drawn.due <= self.world.now();
                let posted = self.world.send(&bob, &self.world.signed(drawn.round));
                assert!(due || posted.is_err());
            }
            Step::Open { which, draws, garbled } => self.open(which, draws, garbled),
        }
    }

    fn open(&mut self, which: usize, draws: u32, garbled: bool) {
        let Some(&(id, honest)) = self.attested.get(which) else { return };
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

    /// Final answers are what they were, and right.
    fn check(&mut self) {
        assert!(self.world.conservation().holds());
        for &(id, honest) in &self.attested {
            let verdict = self.world.verdict(id);
            match verdict {
                Verdict::Genuine {} => assert!(honest),
                Verdict::False { .. } => assert!(!honest),
                _ => {}
            }
            if let Some(before) = self.answers.get(&id).filter(|before| **before != Verdict::Pending {}) {
                assert_eq!(*before, verdict);
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
        // Whatever happened, time and one tick bring every attestation to an end.
        for _ in 0..2 {
            story.world.block(5);
        }
        story.world.tick();
        story.world.block(200_000);
        story.check();
        let ended = story.answers.values().all(|answer| *answer != Verdict::Pending {});
        prop_assert!(ended);
    }
}
