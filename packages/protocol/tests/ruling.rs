//! When an assignment may be settled, expired or given back: every case, on both sides of every bound.

use cosmwasm_std::Uint128;
use tequio_protocol::{
    Deadline, Digest, Moment,
    escrow::{Case, Ending, Expiry, GiveBack, Kept, NotYet, Rules, Ruling, Settlement, State},
    verifier::{AttestationResponse, DrawnFrom, Mismatch, Subject, Terms, Verdict},
};

const ASSIGNED: Moment = Moment { time: 100, block: 1_000 };
/// The last second is 200, and the blocks have been made in block 1,100.
const ATTEST_BY: Deadline = Deadline { since: ASSIGNED, seconds: 100, blocks: 100 };
/// The last second is 130.
const GIVE_BACK: Deadline = Deadline { seconds: 30, ..ATTEST_BY };
const RULES: Rules = Rules {
    give_back_window: 30,
    give_back_fee_bps: 100,
    absence_bps: 500,
    client_gas: Uint128::zero(),
    reporter_tip: Uint128::zero(),
    rewards_gas: 1,
};

/// A moment with more than enough blocks.
fn at(time: u64) -> Moment {
    Moment { time, block: 5_000 }
}

/// A moment of a chain that stood still: one block less than it takes.
fn halted(time: u64) -> Moment {
    Moment { time, block: 1_099 }
}

fn verdict_false() -> Verdict {
    Verdict::False(Mismatch { draw: 0, shard: 0, tensor: 0, element: 0, claimed: 0, computed: 1 })
}

fn refuted() -> Verdict {
    let wrong = Mismatch { draw: 0, shard: 0, tensor: 0, element: 0, claimed: 0, computed: 1 };
    Verdict::Refuted { by: "watcher".into(), wrong }
}

fn attestation(attested: Moment, verdict: Verdict) -> AttestationResponse {
    let digest = Digest::default();
    let subject = Subject {
        program_id: [0; 32].into(),
        input_root: digest,
        first_shard: 0,
        count: 1,
        draws: 1,
        context: digest,
        terms: Terms::default(),
        arbitration: None,
    };
    AttestationResponse {
        id: [0; 32].into(),
        attester: "operator".into(),
        subject,
        root: digest,
        attested,
        round: None,
        opened: 0,
        verdict,
    }
}

fn case(attestation: Option<&AttestationResponse>) -> Case<'_> {
    Case { state: State::Active, attest_by: ATTEST_BY, payment: 1_001u128.into(), rules: RULES, attestation }
}

fn ruled(attested: Moment, verdict: Verdict, now: Moment) -> Ruling {
    case(Some(&attestation(attested, verdict))).ruling(now)
}

#[test]
fn a_verdict_in_time_decides() {
    let until = Deadline { since: at(300), seconds: 50, blocks: 100 };
    for (verdict, ruling) in [
        (Verdict::Genuine {}, Ruling::Settle(Settlement::Genuine)),
        (verdict_false(), Ruling::Settle(Settlement::False)),
        (refuted(), Ruling::Settle(Settlement::Refuted)),
        (Verdict::Withheld { from: "client".into() }, Ruling::Settle(Settlement::Withheld)),
        (Verdict::Lapsed {}, Ruling::Expire(Expiry::Lapsed)),
        (Verdict::Void {}, Ruling::Expire(Expiry::Void)),
        (Verdict::Pending {}, Ruling::Wait(NotYet::Pending { deadline: None })),
        (Verdict::GenuineSoFar { until }, Ruling::Wait(NotYet::Audit { until, now: at(1_000) })),
    ] {
        // Where heights began anew, a later block may have a lower number.
        let exported = Moment { time: 101, block: 1 };
        for attested in [ASSIGNED, exported, at(150), at(200), halted(201), halted(u64::MAX)] {
            assert_eq!(ruled(attested, verdict.clone(), at(1_000)), ruling);
        }
    }
}

/// In the block of assigning and at the deadline it counts; a block earlier, or a second later, it is as if there were
/// none. Where time stands still, several blocks are of one second: then the round of an attestation two blocks old is
/// fixed, and after a halt it is known.
#[test]
fn an_attestation_out_of_time_is_none() {
    let unattested = |now| Ruling::Wait(NotYet::Unattested { attest_by: ATTEST_BY, now });
    let verdicts = [Verdict::Genuine {}, verdict_false(), Verdict::Pending {}, Verdict::Lapsed {}, Verdict::Void {}];
    for verdict in verdicts {
        let before = Moment { block: 999, ..ASSIGNED };
        for attested in [at(0), at(99), before, at(201), at(u64::MAX)] {
            for now in [at(200), halted(201)] {
                assert_eq!(ruled(attested, verdict.clone(), now), unattested(now), "{verdict:?} at {attested}");
            }
            let absent = Ruling::Expire(Expiry::Absent);
            assert_eq!(ruled(attested, verdict.clone(), at(201)), absent, "{verdict:?} at {attested}");
        }
    }
    assert_eq!(case(None).ruling(at(200)), unattested(at(200)));
    assert_eq!(case(None).ruling(at(201)), Ruling::Expire(Expiry::Absent));
}

/// A halt of any length makes nobody absent: it takes blocks, too.
#[test]
fn a_halted_chain_makes_nobody_absent() {
    for now in [halted(201), halted(1_000_000)] {
        assert_eq!(case(None).ruling(now), Ruling::Wait(NotYet::Unattested { attest_by: ATTEST_BY, now }));
    }
    let resumed = Moment { block: 1_100, ..halted(1_000_000) };
    assert_eq!(case(None).ruling(resumed), Ruling::Expire(Expiry::Absent));
}

/// Waiting until the deadline that a reason names is over, and no second less, is enough.
#[test]
fn a_reason_says_until_when() {
    let Ruling::Wait(reason) = case(None).ruling(at(120)) else { panic!("nothing to wait for") };
    let until = reason.until().expect("a deadline");
    assert!(matches!(case(None).ruling(at(until.time())), Ruling::Wait(_)));
    assert!(!matches!(case(None).ruling(at(until.time() + 1)), Ruling::Wait(_)));

    let deadline = Deadline { since: at(160), seconds: 600, blocks: 100 };
    let drawn = DrawnFrom {
        beacon: "1".parse().expect("an id"),
        round: 1,
        due: 160,
        limit: deadline,
        seed: None,
        deadline: Some(deadline),
    };
    let pending = AttestationResponse { round: Some(drawn), ..attestation(at(150), Verdict::Pending {}) };
    let reason = NotYet::Pending { deadline: Some(deadline) };
    assert_eq!(case(Some(&pending)).ruling(at(200)), Ruling::Wait(reason));
    assert_eq!(reason.until(), Some(deadline));
    assert_eq!(NotYet::Pending { deadline: None }.until(), None);
    assert_eq!(NotYet::Audit { until: deadline, now: at(200) }.until(), Some(deadline));
}

#[test]
fn what_has_ended_ends_no_more() {
    let genuine = attestation(at(150), Verdict::Genuine {});
    let endings = [
        Ending::GivenBack,
        Ending::Settled,
        Ending::Slashed,
        Ending::Refuted,
        Ending::Withheld,
        Ending::Lapsed,
        Ending::Absent,
        Ending::Void,
    ];
    for ending in endings {
        for attestation in [None, Some(&genuine)] {
            let case = Case { state: State::Ended(ending), ..case(attestation) };
            assert_eq!(case.ruling(at(1_000)), Ruling::Over(ending));
            assert_eq!(case.give_back(ASSIGNED), Err(Kept::Over(ending)));
        }
    }
}

#[test]
fn giving_back_has_its_window_and_its_fee() {
    let allowed = Ok(GiveBack { until: GIVE_BACK, fee: 11u128.into() });
    for now in [ASSIGNED, at(130), halted(131), halted(1_000)] {
        assert_eq!(case(None).give_back(now), allowed);
    }
    assert_eq!(case(None).give_back(at(131)), Err(Kept::Closed { until: GIVE_BACK, now: at(131) }));
    let free = Case { rules: Rules { give_back_fee_bps: 0, ..RULES }, ..case(None) };
    assert_eq!(free.give_back(ASSIGNED), Ok(GiveBack { until: GIVE_BACK, fee: Uint128::zero() }));
}

/// Past `attest_by` it is absent, and that costs more.
#[test]
fn the_window_never_outlasts_the_time_to_attest() {
    for give_back_window in [101, u32::MAX] {
        let long = Case { rules: Rules { give_back_window, ..RULES }, ..case(None) };
        assert_eq!(long.give_back(at(200)), Ok(GiveBack { until: ATTEST_BY, fee: 11u128.into() }));
        assert_eq!(long.give_back(at(201)), Err(Kept::Closed { until: ATTEST_BY, now: at(201) }));
    }
}

/// Not even with an attestation that does not count: its draws may be known.
#[test]
fn what_is_attested_is_kept() {
    for attested in [at(0), at(99), ASSIGNED, at(120)] {
        let attestation = attestation(attested, Verdict::Pending {});
        assert_eq!(case(Some(&attestation)).give_back(at(120)), Err(Kept::Attested { attested }));
    }
}
