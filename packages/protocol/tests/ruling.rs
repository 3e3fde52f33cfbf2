//! When an assignment may be settled, expired or given back: every case, on both sides of every bound.

use cosmwasm_std::Uint128;
use tequio_protocol::{
    Digest,
    escrow::{Case, Ending, Expiry, GiveBack, Kept, NotYet, Rules, Ruling, Settlement, State},
    verifier::{AttestationResponse, DrawnFrom, Mismatch, Subject, Verdict},
};

const ASSIGNED: u64 = 100;
const ATTEST_BY: u64 = 200;
const AUDIT: u64 = 50;
const RULES: Rules = Rules {
    give_back_window: 30,
    give_back_fee_bps: 100,
    absence_bps: 500,
    client_gas: Uint128::zero(),
    reporter_tip: Uint128::zero(),
    rewards_gas: 1,
};

fn verdict_false() -> Verdict {
    Verdict::False(Mismatch { draw: 0, shard: 0, tensor: 0, element: 0, claimed: 0, computed: 1 })
}

fn attestation(attested: u64, verdict: Verdict) -> AttestationResponse {
    let digest = Digest::default();
    let program_id = [0; 32].into();
    let subject = Subject { program_id, input_root: digest, first_shard: 0, count: 1, draws: 1, context: digest };
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
    Case {
        state: State::Active,
        assigned: ASSIGNED,
        attest_by: ATTEST_BY,
        payment: 1_001u128.into(),
        audit_window: AUDIT,
        rules: RULES,
        attestation,
    }
}

fn ruled(attested: u64, verdict: Verdict, now: u64) -> Ruling {
    case(Some(&attestation(attested, verdict))).ruling(now)
}

#[test]
fn a_verdict_in_time_decides() {
    for (verdict, ruling) in [
        (Verdict::Genuine {}, Ruling::Settle(Settlement::Genuine)),
        (verdict_false(), Ruling::Settle(Settlement::False)),
        (Verdict::Lapsed {}, Ruling::Expire(Expiry::Lapsed)),
        (Verdict::Void {}, Ruling::Expire(Expiry::Void)),
        (Verdict::Pending {}, Ruling::Wait(NotYet::Pending { deadline: None })),
    ] {
        for attested in [ASSIGNED, 150, ATTEST_BY] {
            assert_eq!(ruled(attested, verdict.clone(), 1_000), ruling);
        }
    }
}

/// At the second of assigning and at the deadline it counts; a second earlier or later it is as if there were none.
#[test]
fn an_attestation_out_of_time_is_none() {
    let unattested = Ruling::Wait(NotYet::Unattested { attest_by: ATTEST_BY, now: ATTEST_BY });
    let verdicts = [Verdict::Genuine {}, verdict_false(), Verdict::Pending {}, Verdict::Lapsed {}, Verdict::Void {}];
    for verdict in verdicts {
        for attested in [0, ASSIGNED - 1, ATTEST_BY + 1, u64::MAX] {
            assert_eq!(ruled(attested, verdict.clone(), ATTEST_BY), unattested, "{verdict:?} at {attested}");
            let absent = Ruling::Expire(Expiry::Absent);
            assert_eq!(ruled(attested, verdict.clone(), ATTEST_BY + 1), absent, "{verdict:?} at {attested}");
        }
    }
    assert_eq!(case(None).ruling(ATTEST_BY), unattested);
    assert_eq!(case(None).ruling(ATTEST_BY + 1), Ruling::Expire(Expiry::Absent));
}

#[test]
fn genuine_waits_for_its_audit_window_and_false_for_nothing() {
    let audit = |now| Ruling::Wait(NotYet::Audit { until: 200, now });
    assert_eq!(ruled(150, Verdict::Genuine {}, 150), audit(150));
    assert_eq!(ruled(150, Verdict::Genuine {}, 199), audit(199));
    assert_eq!(ruled(150, Verdict::Genuine {}, 200), Ruling::Settle(Settlement::Genuine));
    assert_eq!(ruled(150, verdict_false(), 150), Ruling::Settle(Settlement::False));
    let attestation = attestation(150, Verdict::Genuine {});
    let without = Case { audit_window: 0, ..case(Some(&attestation)) };
    assert_eq!(without.ruling(150), Ruling::Settle(Settlement::Genuine));
    let forever = Case { audit_window: u64::MAX, ..case(Some(&attestation)) };
    let until = NotYet::Audit { until: u64::MAX, now: u64::MAX - 1 };
    assert_eq!(forever.ruling(u64::MAX - 1), Ruling::Wait(until), "a sum beyond the last number is the last number");
}

/// Waiting until the time that a reason names, and no second less, is enough.
#[test]
fn a_reason_says_until_when() {
    let genuine = attestation(150, Verdict::Genuine {});
    for (case, now) in [(case(None), 120), (case(Some(&genuine)), 160)] {
        let Ruling::Wait(reason) = case.ruling(now) else { panic!("nothing to wait for") };
        let until = reason.until().expect("a time");
        assert!(matches!(case.ruling(until - 1), Ruling::Wait(_)));
        assert!(!matches!(case.ruling(until), Ruling::Wait(_)));
    }
    let drawn = DrawnFrom { beacon: "1".parse().expect("an id"), round: 1, due: 160, seed: None, deadline: Some(760) };
    let pending = AttestationResponse { round: Some(drawn), ..attestation(150, Verdict::Pending {}) };
    let reason = NotYet::Pending { deadline: Some(760) };
    assert_eq!((case(Some(&pending)).ruling(200), reason.until()), (Ruling::Wait(reason), Some(761)));
    assert_eq!(NotYet::Pending { deadline: None }.until(), None);
}

#[test]
fn what_has_ended_ends_no_more() {
    let genuine = attestation(150, Verdict::Genuine {});
    let endings = [Ending::GivenBack, Ending::Settled, Ending::Slashed, Ending::Lapsed, Ending::Absent, Ending::Void];
    for ending in endings {
        for attestation in [None, Some(&genuine)] {
            let case = Case { state: State::Ended(ending), ..case(attestation) };
            assert_eq!(case.ruling(1_000), Ruling::Over(ending));
            assert_eq!(case.give_back(ASSIGNED), Err(Kept::Over(ending)));
        }
    }
}

#[test]
fn giving_back_has_its_window_and_its_fee() {
    let allowed = Ok(GiveBack { until: 130, fee: 11u128.into() });
    for now in [ASSIGNED, 130] {
        assert_eq!(case(None).give_back(now), allowed);
    }
    assert_eq!(case(None).give_back(131), Err(Kept::Closed { until: 130, now: 131 }));
    let free = Case { rules: Rules { give_back_fee_bps: 0, ..RULES }, ..case(None) };
    assert_eq!(free.give_back(ASSIGNED), Ok(GiveBack { until: 130, fee: Uint128::zero() }));
}

/// Past `attest_by` it is absent, and that costs more.
#[test]
fn the_window_never_outlasts_the_time_to_attest() {
    for give_back_window in [101, u64::MAX] {
        let long = Case { rules: Rules { give_back_window, ..RULES }, ..case(None) };
        assert_eq!(long.give_back(ATTEST_BY), Ok(GiveBack { until: ATTEST_BY, fee: 11u128.into() }));
        let closed = Kept::Closed { until: ATTEST_BY, now: ATTEST_BY + 1 };
        assert_eq!(long.give_back(ATTEST_BY + 1), Err(closed));
    }
}

/// Not even with an attestation that does not count: its draws may be known.
#[test]
fn what_is_attested_is_kept() {
    for attested in [0, ASSIGNED - 1, ASSIGNED, 120] {
        let attestation = attestation(attested, Verdict::Pending {});
        assert_eq!(case(Some(&attestation)).give_back(120), Err(Kept::Attested { attested }));
    }
}
