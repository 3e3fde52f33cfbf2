//! Random messages of random senders about three attestations, while their verdicts and the clock change: every unit and
//! every demand stays accounted for, and all of it comes out. `TEQUIO_CASES` raises the number of sequences.

use std::{cell::RefCell, collections::BTreeMap};

use cosmwasm_std::{Addr, coins};
use proptest::{prelude::*, test_runner::TestRunner};
use tequio_protocol::{
    AttestationId, Deadline, DemandId, TypedEvent,
    arbiter::{Demanded, ExecuteMsg, QueryMsg, Queue, State, Wanted},
    verifier::{Held, Verdict},
};

use crate::{
    program::{COUNT, FIRST, addresses},
    world::{DENOM, RICH, WRONG, World},
};

const ATTESTATIONS: u8 = 3;

#[derive(Clone, Debug)]
enum Step {
    Demand {
        which: u8,
        who: usize,
        wanted: Wanted,
        sent: Sent,
    },
    /// The open demand that comes so far on: all of it, or part of outputs; perhaps changed.
    Reveal {
        nth: usize,
        bytes: usize,
        spoiled: bool,
    },
    Settle {
        from: u64,
        count: u64,
    },
    Withdraw {
        who: usize,
    },
    Burn,
    Final {
        which: u8,
        verdict: usize,
    },
    Pass {
        blocks: u64,
        seconds: u64,
    },
}

#[derive(Clone, Debug)]
enum Sent {
    Exactly,
    Less,
    More,
}

fn cases() -> u32 {
    std::env::var("TEQUIO_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(48)
}

fn wanted() -> impl Strategy<Value = Wanted> {
    let outputs = (0..COUNT, 1..6u64).prop_map(|(first, count)| Wanted::Outputs { first: FIRST + first, count });
    let missing = Just(Wanted::Tensors { shard: FIRST + COUNT, depth: 0, index: 0 });
    // Few addresses, so that they meet.
    let there = prop::sample::select(addresses()[..24].to_vec());
    prop_oneof![12 => there, 4 => outputs, 1 => missing]
}

fn step() -> impl Strategy<Value = Step> {
    let sent = prop_oneof![12 => Just(Sent::Exactly), 1 => Just(Sent::Less), 1 => Just(Sent::More)];
    let bytes = prop_oneof![Just(usize::MAX), Just(2_000)];
    let seconds = prop_oneof![6 => 0..20u64, 3 => 20..200u64, 1 => 200..700u64];
    prop_oneof![
        30 => (0..ATTESTATIONS, 0..4usize, wanted(), sent)
            .prop_map(|(which, who, wanted, sent)| Step::Demand { which, who, wanted, sent }),
        24 => (0..8usize, bytes, prop::bool::weighted(0.1))
            .prop_map(|(nth, bytes, spoiled)| Step::Reveal { nth, bytes, spoiled }),
        20 => (0..20u64, 0..30u64).prop_map(|(from, count)| Step::Settle { from, count }),
        12 => (0..4usize).prop_map(|who| Step::Withdraw { who }),
        12 => Just(Step::Burn),
        3 => (0..ATTESTATIONS, 0..6usize).prop_map(|(which, verdict)| Step::Final { which, verdict }),
        16 => (0..60u64, seconds).prop_map(|(blocks, seconds)| Step::Pass { blocks, seconds }),
    ]
}

/// A demand as the rules have it, kept apart from the contract.
struct Made {
    attestation: AttestationId,
    demander: Addr,
    wanted: Wanted,
    queue: Queue,
    bond: u128,
    due: Deadline,
    revealed: u64,
    state: State,
}

impl Made {
    fn overlaps(&self, wanted: &Wanted) -> bool {
        match (self.wanted, *wanted) {
            (Wanted::Outputs { first, count }, Wanted::Outputs { first: other, count: more }) => {
                first < other + more && other < first + count
            }
            (own, other) => own == other,
        }
    }
}

struct Story {
    world: World,
    verdicts: BTreeMap<AttestationId, Verdict>,
    made: BTreeMap<DemandId, Made>,
    turns: BTreeMap<AttestationId, Deadline>,
    balances: BTreeMap<Addr, u128>,
    to_burn: u128,
    burned: u128,
    passed: BTreeMap<&'static str, u32>,
}

fn id(which: u8) -> AttestationId {
    AttestationId::from([which + 1; 32])
}

fn word(step: &Step) -> &'static str {
    match step {
        Step::Demand { .. } => "demand",
        Step::Reveal { .. } => "reveal",
        Step::Settle { .. } => "settle",
        Step::Withdraw { .. } => "withdraw",
        Step::Burn => "burn",
        Step::Final { .. } => "final",
        Step::Pass { .. } => "pass",
    }
}

impl Story {
    fn new() -> Self {
        let mut world = World::new();
        (1..ATTESTATIONS).for_each(|which| world.attested(id(which)));
        let verdicts = (0..ATTESTATIONS).map(|which| (id(which), world.so_far())).collect();
        let (made, turns, balances, passed) = Default::default();
        Self { world, verdicts, made, turns, balances, to_burn: 0, burned: 0, passed }
    }

    fn people(&self) -> [Addr; 4] {
        [&self.world.client, &self.world.alice, &self.world.bob, &self.world.carol].map(Addr::clone)
    }

    fn so_far(&self, attestation: AttestationId) -> bool {
        matches!(self.verdicts[&attestation], Verdict::GenuineSoFar { .. })
    }

    /// Sends a message; what is refused changes nothing.
    fn tries(&mut self, sender: &Addr, msg: ExecuteMsg, amount: u128, allowed: bool) -> Vec<cosmwasm_std::Event> {
        let funds = if amount == 0 { vec![] } else { coins(amount, DENOM) };
        if allowed {
            return self.world.sends(sender, msg, amount);
        }
        self.world.refused(sender, msg, &funds);
        vec![]
    }

    fn take(&mut self, step: &Step) -> bool {
        match *step {
            Step::Demand { which, who, wanted, ref sent } => self.demand(id(which), who, wanted, sent),
            Step::Reveal { nth, bytes, spoiled } => self.reveal(nth, bytes, spoiled),
            Step::Settle { from, count } => {
                let list: Vec<_> = (from..from + count).map(DemandId).filter(|id| self.made.contains_key(id)).collect();
                self.settle(&list)
            }
            Step::Withdraw { who } => {
                let who = self.people()[who].clone();
                let owed = self.balances.remove(&who).unwrap_or_default();
                let before = self.world.bank(&who);
                self.tries(&who, ExecuteMsg::Withdraw {}, 0, owed > 0);
                assert_eq!(self.world.bank(&who) - before, owed);
                owed > 0
            }
            Step::Burn => {
                let amount = std::mem::take(&mut self.to_burn);
                self.tries(&self.world.stranger.clone(), ExecuteMsg::Burn {}, 0, amount > 0);
                self.burned += amount;
                amount > 0
            }
            Step::Final { which, verdict } => {
                let by = self.world.bob.to_string();
                let all = [
                    Verdict::Genuine {},
                    Verdict::Genuine {},
                    Verdict::Refuted { by: by.clone(), wrong: WRONG },
                    Verdict::Withheld { from: by },
                    Verdict::False(WRONG),
                    Verdict::Lapsed {},
                ];
                let open = self.so_far(id(which));
                if open {
                    self.world.verdict(id(which), all[verdict].clone());
                    self.verdicts.insert(id(which), all[verdict].clone());
                }
                open
            }
            Step::Pass { blocks, seconds } => {
                self.world.blocks(blocks, seconds);
                true
            }
        }
    }

    fn demand(&mut self, attestation: AttestationId, who: usize, wanted: Wanted, sent: &Sent) -> bool {
        let who = self.people()[who].clone();
        let queue = if who == self.world.client { Queue::Principal } else { Queue::Public };
        let outputs = matches!(wanted, Wanted::Outputs { .. });
        let there = match wanted {
            Wanted::Outputs { first, count } => first + count <= FIRST + COUNT,
            Wanted::Tensors { shard, .. } => shard < FIRST + COUNT,
            _ => true,
        };
        let same = |made: &&Made| made.attestation == attestation && made.overlaps(&wanted);
        // Only what waits in the public queue, demanded once, may be demanded again, and only by the principal.
        let again = |made: &Made| made.state == State::Open && made.queue == Queue::Public && queue == Queue::Principal;
        let free = self.made.values().filter(same).all(again);
        let may = self.so_far(attestation) && there && free && !(outputs && queue == Queue::Public);
        let quoted = self.world.quoted(&who, attestation, wanted);
        // A queue may be full; else the rules above are all there are.
        let full = quoted.as_ref().is_err_and(|error| error.to_string().contains("the hold ends at"));
        assert_eq!(quoted.is_ok(), may && !full, "{wanted}: {quoted:?}");
        let bond = quoted.as_ref().map_or(126, |quote| quote.bond.u128());
        let amount = match sent {
            Sent::Exactly => bond,
            Sent::Less => bond - 1,
            Sent::More => bond + 1,
        };
        let allowed = quoted.is_ok() && amount == bond;
        let message = self.world.demanding(attestation, wanted);
        let events = self.tries(&who, message, amount, allowed);
        if let (Some(told), Ok(quote)) = (Demanded::all(&events).pop(), quoted) {
            let bond = told.bond.u128();
            let due = quote.due;
            let made = Made { attestation, demander: who, wanted, queue, bond, due, revealed: 0, state: State::Open };
            let last = self.made.values().rfind(|made| (made.attestation, made.queue) == (attestation, queue));
            // One after another, the spacing apart.
            let after =
                last.is_none_or(|last| due.time() >= last.due.time() + 30 && due.block() >= last.due.block() + 10);
            assert!(after && due.time() >= self.world.moment().time + 300);
            assert_eq!(told.demand.0, self.made.len() as u64 + 1);
            self.made.insert(told.demand, made);
        }
        allowed
    }

    fn reveal(&mut self, nth: usize, bytes: usize, spoiled: bool) -> bool {
        // Now and then one that is not open.
        let chosen = match nth {
            7 => self.made.iter().next_back(),
            nth => self.made.iter().filter(|(_, made)| made.state == State::Open).nth(nth),
        };
        let Some((&demand, made)) = chosen else { return false };
        let (attestation, open) = (made.attestation, made.state == State::Open);
        let now = self.world.moment();
        let from = if open { made.revealed } else { 0 };
        let mut answer = self.world.run.reveal(&made.wanted, from, bytes);
        if spoiled {
            *answer.last_mut().unwrap() ^= 1;
        }
        let allowed = open && !spoiled && self.so_far(attestation) && !made.due.over(&now);
        let message = ExecuteMsg::Reveal { demand, answer: answer.into() };
        self.tries(&self.world.stranger.clone(), message, 0, allowed);
        if allowed {
            let now = self.world.demand(demand);
            let made = self.made.get_mut(&demand).unwrap();
            assert!(now.revealed.u64() > made.revealed);
            made.revealed = now.revealed.u64();
            if now.revealed == now.parts {
                made.state = State::Met;
                self.turns.insert(attestation, self.world.deadline(300));
            }
        }
        allowed
    }

    fn settle(&mut self, list: &[DemandId]) -> bool {
        let is_final = |made: &Made| self.verdicts[&made.attestation].is_final();
        let ends = |id: &&DemandId| {
            let made = &self.made[*id];
            matches!(made.state, State::Open | State::Met) && is_final(made)
        };
        let ending: Vec<_> = list.iter().filter(ends).copied().collect();
        let message = ExecuteMsg::Settle { demands: list.to_vec() };
        self.tries(&self.world.stranger.clone(), message, 0, !ending.is_empty());
        for demand in &ending {
            let made = self.made.get_mut(demand).unwrap();
            let genuine = self.verdicts[&made.attestation] == Verdict::Genuine {};
            let (to, burned) = match made.state == State::Met && genuine {
                true => (self.world.alice.clone(), made.bond.div_ceil(5)),
                false => (made.demander.clone(), 0),
            };
            made.state = if burned > 0 { State::Paid } else { State::Returned };
            *self.balances.entry(to).or_default() += made.bond - burned;
            self.to_burn += burned;
        }
        !ending.is_empty()
    }

    fn check(&self) {
        for (id, made) in &self.made {
            assert_eq!(self.world.demand(*id).state, made.state);
        }
        for who in self.people() {
            assert_eq!(self.world.balance(&who), self.balances.get(&who).copied().unwrap_or_default());
        }
        assert_eq!(self.world.to_burn(), self.to_burn);
        // What is written down is the open demand due first, and the last turn.
        for (attestation, verdict) in &self.verdicts {
            let told = self.world.told().into_iter().rfind(|(of, _)| of == attestation).map(|(_, held)| held);
            let open =
                self.made.iter().filter(|(_, made)| made.attestation == *attestation && made.state == State::Open);
            let first = open.min_by_key(|(id, made)| (made.due.time(), **id)).map(|(_, made)| made);
            if verdict.is_final() {
                continue;
            }
            let Held { answer_by, turn } = told.unwrap_or_default();
            assert_eq!(turn, self.turns.get(attestation).copied());
            let answer_by = answer_by.map(|answer_by| (answer_by.demander, answer_by.deadline));
            assert_eq!(answer_by, first.map(|made| (made.demander.to_string(), made.due)));
        }
    }

    /// Whatever happened, once every answer is final everyone takes out what is theirs, and nothing is left.
    fn drains(&mut self) {
        for which in 0..ATTESTATIONS {
            self.take(&Step::Final { which, verdict: usize::from(which) });
        }
        let left: Vec<_> = self.made.keys().copied().collect();
        for list in left.chunks(100) {
            self.settle(list);
        }
        self.check();
        for who in 0..4 {
            self.take(&Step::Withdraw { who });
        }
        self.take(&Step::Burn);
        assert!(self.made.values().all(|made| matches!(made.state, State::Paid | State::Returned)));
        assert_eq!(self.world.bank(&self.world.arbiter), 0);
        let rich: u128 = self.people().iter().map(|who| self.world.bank(who)).sum();
        assert_eq!(rich + self.burned, 4 * RICH);
        let listed: Vec<DemandId> = (0..ATTESTATIONS)
            .flat_map(|which| {
                let query = QueryMsg::Due { attestation: id(which), limit: Some(100) };
                self.world.ask::<Vec<tequio_protocol::arbiter::DemandResponse>>(&query)
            })
            .map(|demand| demand.id)
            .collect();
        assert_eq!(listed, [], "nothing is due any more");
    }
}

#[test]
fn nothing_is_lost_whatever_is_sent() {
    let passed = RefCell::new(BTreeMap::<&'static str, u32>::new());
    let config = ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&prop::collection::vec(step(), 120), |steps| {
            let mut story = Story::new();
            for step in &steps {
                if story.take(step) {
                    *story.passed.entry(word(step)).or_default() += 1;
                }
                story.check();
            }
            story.drains();
            for (word, count) in story.passed {
                *passed.borrow_mut().entry(word).or_default() += count;
            }
            Ok(())
        })
        .unwrap();
    // Sequences in which a message never passes prove nothing about it.
    let passed = passed.into_inner();
    println!("passed: {passed:?}");
    assert!(cases() < 48 || passed.len() == 7, "{passed:?}");
}
