//! `hold`: the arbiter that a subject names writes down what holds an attestation, and nobody for ever.

use cosmwasm_std::Addr;
use cw_multi_test::IntoAddr;
use tequio_protocol::{
    AttestationId, Deadline, Moment,
    verifier::{AnswerBy, Arbitration, ExecuteMsg, Held, Holding, Subject, Terms, Verdict, longest_hold},
};
use tequio_verifier::{ContractError, core::error::CoreError};

use crate::{
    program::{DRAWS, Run},
    world::{TERMS, World, event},
};

const WATCHED: Terms = Terms { audit_window: 600, ..TERMS };

fn arbiter() -> Addr {
    "arbiter".into_addr()
}

pub fn arbitration() -> Arbitration {
    Arbitration {
        arbiter: arbiter().to_string(),
        principal: "client".into_addr().to_string(),
        bond: 1,
        rerun_bond: 1,
        answer_window: 60,
        spacing: 30,
        longest_hold: 900,
        rate: 1_000,
    }
}

/// An honest attestation in its audit window, or not yet.
fn attested(terms: Terms, arbitration: Option<Arbitration>, opened: bool) -> (World, AttestationId) {
    let (mut world, run) = (World::new(), Run::honest());
    let subject = Subject { terms, arbitration: arbitration.map(Box::new), ..run.subject() };
    let id = world.attest_and_tick(&world.alice.clone(), &subject, run.root());
    world.post_round(id);
    if opened {
        let opening = run.open(&world, id, 0, DRAWS).into();
        world.send(&world.bob.clone(), &ExecuteMsg::Open { attestation: id, opening }).unwrap();
    }
    (world, id)
}

fn watched() -> (World, AttestationId) {
    attested(WATCHED, Some(arbitration()), true)
}

fn answer_by(deadline: Deadline) -> Held {
    Held { answer_by: Some(AnswerBy { demander: "client".into_addr().to_string(), deadline }), turn: None }
}

impl World {
    /// An answer window from now.
    fn window(&self) -> Deadline {
        Deadline { since: self.moment(), seconds: 60, blocks: TERMS.blocks }
    }

    fn holds(&mut self, attestation: AttestationId, held: Held) -> Result<Holding, ContractError> {
        self.send(&arbiter(), &ExecuteMsg::Hold { attestation, held }).map(|answer| event(&answer))
    }

    fn refuses_to_hold(&mut self, attestation: AttestationId, held: Held) -> ContractError {
        self.refused(&arbiter(), &ExecuteMsg::Hold { attestation, held })
    }
}

fn withheld() -> Verdict {
    Verdict::Withheld { from: "client".into_addr().to_string() }
}

#[test]
fn what_is_not_revealed_in_time_is_withheld_by_time_alone() {
    let (mut world, id) = watched();
    let until = world.window();
    let told = world.holds(id, answer_by(until)).unwrap();
    let demander = Some("client".into_addr().to_string());
    assert_eq!(told, Holding { attestation: id, demander, answer_by: Some(until.time()), turn: None });
    for (blocks, seconds) in [(99, 60), (1, 0)] {
        world.blocks(blocks, seconds);
        assert_eq!(world.verdict(id), Verdict::GenuineSoFar { until });
    }
    world.block(1);
    assert_eq!(world.verdict(id), withheld());
    // Final, whatever its arbiter writes.
    for held in [Held::default(), answer_by(world.window())] {
        assert_eq!(world.refuses_to_hold(id, held), ContractError::NotHeld { verdict: "withheld" });
    }
    world.blocks(100_000, 100_000_000);
    assert_eq!(world.verdict(id), withheld());
    assert!(world.conservation().holds());
}

#[test]
fn a_reveal_leaves_a_turn_and_then_it_is_genuine() {
    let (mut world, id) = watched();
    let Verdict::GenuineSoFar { until: window } = world.verdict(id) else { panic!("final already") };
    // Demanded in the last moment of the window.
    world.pass_to(window.time());
    world.holds(id, answer_by(world.window())).unwrap();
    world.pass_to(window.time() + 60);
    assert!(matches!(world.verdict(id), Verdict::GenuineSoFar { .. }));
    let turn = world.window();
    let told = world.holds(id, Held { answer_by: None, turn: Some(turn) }).unwrap();
    assert_eq!(told, Holding { attestation: id, demander: None, answer_by: None, turn: Some(turn.time()) });
    assert_eq!(world.verdict(id), Verdict::GenuineSoFar { until: turn });
    world.pass_to(turn.time());
    assert_eq!(world.verdict(id), Verdict::GenuineSoFar { until: turn });
    world.block(1);
    assert_eq!(world.verdict(id), Verdict::Genuine {});
    let error = world.refuses_to_hold(id, answer_by(world.window()));
    assert_eq!(error, ContractError::NotHeld { verdict: "genuine" });
}

/// The window is no shorter for what was revealed in it.
#[test]
fn a_turn_in_the_window_ends_nothing_sooner() {
    let (mut world, id) = watched();
    let Verdict::GenuineSoFar { until: window } = world.verdict(id) else { panic!("final already") };
    world.holds(id, answer_by(world.window())).unwrap();
    let turn = Some(world.window());
    world.holds(id, Held { answer_by: None, turn }).unwrap();
    assert_eq!(world.verdict(id), Verdict::GenuineSoFar { until: window });
    world.pass_to(window.time());
    assert_eq!(world.verdict(id), Verdict::GenuineSoFar { until: window });
    world.block(1);
    assert_eq!(world.verdict(id), Verdict::Genuine {});
}

#[test]
fn nobody_else_holds_it() {
    let (mut world, id) = watched();
    for sender in [world.alice.clone(), world.bob.clone(), world.governance.clone()] {
        let held = answer_by(world.window());
        let error = world.refused(&sender, &ExecuteMsg::Hold { attestation: id, held });
        assert_eq!(error, ContractError::NotArbiter { sender, attestation: id });
    }
    let (mut world, free) = attested(WATCHED, None, true);
    let error = world.refuses_to_hold(free, Held::default());
    assert_eq!(error, ContractError::NotArbiter { sender: arbiter(), attestation: free });
    let unknown = AttestationId::from([7; 32]);
    let error = world.refuses_to_hold(unknown, Held::default());
    assert_eq!(error, ContractError::UnknownAttestation { attestation: unknown });
}

#[test]
fn only_what_is_genuine_so_far_is_held() {
    let (mut world, pending) = attested(WATCHED, Some(arbitration()), false);
    let error = world.refuses_to_hold(pending, answer_by(world.window()));
    assert_eq!(error, ContractError::NotHeld { verdict: "pending" });
    // Without an audit window nothing is ever held.
    let (mut world, at_once) = attested(TERMS, Some(arbitration()), true);
    let error = world.refuses_to_hold(at_once, answer_by(world.window()));
    assert_eq!(error, ContractError::NotHeld { verdict: "genuine" });
    let (mut world, late) = watched();
    world.blocks(u64::from(TERMS.blocks), 601);
    let error = world.refuses_to_hold(late, answer_by(world.window()));
    assert_eq!(error, ContractError::NotHeld { verdict: "genuine" });
}

#[test]
fn a_demander_is_an_address() {
    let (mut world, id) = watched();
    let deadline = world.window();
    let held = Held { answer_by: Some(AnswerBy { demander: "Nobody".into(), deadline }), turn: None };
    assert!(matches!(world.refuses_to_hold(id, held), ContractError::Std(_)));
}

/// Numbers that no arbiter of ours writes, tried alone and together: none would hold for ever.
#[test]
fn no_arbiter_holds_for_ever() {
    let (mut world, id) = watched();
    let limit = longest_hold(&WATCHED, &arbitration(), world.moment());
    world.block(5);
    let (now, never) = (world.window(), Moment { time: u64::MAX, block: 0 });
    // No message came in this block yet, nor at other times of it.
    let since = |time, block| Deadline { since: Moment { time, block }, ..now };
    for until in [
        since(now.since.time, now.since.block + 1),
        since(now.since.time + 1, now.since.block),
        since(0, now.since.block),
        Deadline { since: never, ..now },
        Deadline { since: Moment { time: 0, block: u64::MAX }, seconds: 0, blocks: 0 },
    ] {
        let error = world.refuses_to_hold(id, answer_by(until));
        assert_eq!(error, ContractError::NotRecorded { since: until.since });
    }
    for until in [
        Deadline { seconds: u32::MAX, blocks: 0, ..now },
        Deadline { seconds: 0, blocks: u32::MAX, ..now },
        Deadline { seconds: limit.seconds + 1, ..now },
        Deadline { blocks: limit.blocks + 1, ..now },
    ] {
        let error = world.refuses_to_hold(id, answer_by(until));
        assert_eq!(error, ContractError::Core(CoreError::HeldTooLong { until, limit }));
    }
    for turn in [now, Deadline { seconds: u32::MAX, ..now }, Deadline { since: never, ..now }] {
        let error = world.refuses_to_hold(id, Held { answer_by: None, turn: Some(turn) });
        assert_eq!(error, ContractError::Core(CoreError::NotATurn { turn, own: now }));
    }
    let most = Deadline { seconds: limit.seconds, blocks: limit.blocks, ..now };
    world.holds(id, answer_by(most)).unwrap();
}

/// An arbiter that writes something new whenever it can: the answer comes all the same, after twice the longest hold.
#[test]
fn an_arbiter_that_never_stops_is_stopped() {
    let (mut world, id) = watched();
    let limit = longest_hold(&WATCHED, &arbitration(), world.moment());
    let mut turns = 0;
    while matches!(world.verdict(id), Verdict::GenuineSoFar { .. }) {
        let most = Deadline { since: world.moment(), seconds: limit.seconds, blocks: limit.blocks };
        let taken = world.holds(id, answer_by(most)).is_ok();
        assert_eq!(taken, !limit.over(&world.moment()));
        if !taken {
            let turn = Some(world.window());
            turns += usize::from(world.holds(id, Held { answer_by: None, turn }).is_ok());
        }
        world.blocks(u64::from(limit.blocks) / 5, u64::from(limit.seconds) / 5);
    }
    assert_eq!((world.verdict(id), turns), (Verdict::Genuine {}, 1));
    let gone = world.now() - limit.since.time;
    assert!(gone <= 2 * u64::from(limit.seconds), "{gone} s of {limit}");
}

/// A chain that stands still for longer than any hold, with something to be revealed: its attester still reveals it, and
/// whoever demanded it still has a turn.
#[test]
fn a_halt_leaves_time_to_reveal_and_a_turn() {
    let (mut world, id) = watched();
    let limit = longest_hold(&WATCHED, &arbitration(), world.moment());
    // Blocks come faster than they must.
    world.blocks(u64::from(limit.blocks), 30);
    let until = world.window();
    world.holds(id, answer_by(until)).unwrap();
    world.blocks(99, 2 * u64::from(limit.seconds));
    assert!(limit.over(&world.moment()));
    assert_eq!(world.verdict(id), Verdict::GenuineSoFar { until });
    let turn = world.window();
    world.holds(id, Held { answer_by: None, turn: Some(turn) }).unwrap();
    assert_eq!(world.verdict(id), Verdict::GenuineSoFar { until: turn });
    world.blocks(99, 1_000);
    assert_eq!(world.verdict(id), Verdict::GenuineSoFar { until: turn });
    world.block(0);
    assert_eq!(world.verdict(id), Verdict::Genuine {});
}

#[test]
fn what_is_held_is_refuted_like_any_other() {
    let run = Run::one_wrong(5, 77);
    let mut world = World::new();
    let subject = Subject { terms: WATCHED, arbitration: Some(Box::new(arbitration())), ..run.subject() };
    let id = world.attest_and_tick(&world.alice.clone(), &subject, run.root());
    world.post_round(id);
    let opening = run.open(&world, id, 0, DRAWS).into();
    world.send(&world.bob.clone(), &ExecuteMsg::Open { attestation: id, opening }).unwrap();
    let until = world.window();
    world.holds(id, answer_by(until)).unwrap();
    let refute = |opening: Vec<u8>| ExecuteMsg::Refute {
        attestation: id,
        shard: 5u64.into(),
        element: 77,
        opening: opening.into(),
    };
    let bob = world.bob.clone();
    // What is withheld is over: it is not refuted any more.
    let before = world.app.block_info();
    world.pass_to(until.time() + 1);
    let error = world.refused(&bob, &refute(run.show(5, 77)));
    assert!(matches!(error, ContractError::Closed { verdict: "withheld", .. }), "{error}");
    world.app.set_block(before);
    world.send(&bob, &refute(run.show(5, 77))).unwrap();
    assert!(matches!(world.verdict(id), Verdict::Refuted { .. }));
    assert_eq!(world.refuses_to_hold(id, Held::default()), ContractError::NotHeld { verdict: "refuted" });
    world.blocks(200, 10_000);
    assert!(matches!(world.verdict(id), Verdict::Refuted { .. }));
    assert!(world.conservation().holds());
}
