//! How an active assignment ends: one answer, so that settling and expiring exclude each other.

use tequio_protocol::escrow::State;
use tequio_protocol::verifier::{AttestationResponse, Verdict};
use thiserror::Error;

use super::assignment::Assignment;

/// The state that an assignment is due to end in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// Genuine and audited: pays.
    Pay,
    /// False: the whole lien is slashed.
    Slash,
    /// Not opened in time: the whole lien is slashed.
    Lapse,
    /// Never attested, or too late: a share of the lien is slashed.
    Absent,
    /// The beacon never came: nothing is lost.
    Void,
}

impl Ruling {
    /// The state it ends in.
    pub fn state(self) -> State {
        match self {
            Self::Pay => State::Settled,
            Self::Slash => State::Slashed,
            Self::Lapse => State::Lapsed,
            Self::Absent => State::Absent,
            Self::Void => State::Void,
        }
    }

    /// Whether `settle` carries it out; `expire` does otherwise.
    pub fn settles(self) -> bool {
        matches!(self, Self::Pay | Self::Slash)
    }
}

/// Why an assignment cannot end yet.
#[derive(Error, Clone, Debug, PartialEq, Eq)]
pub enum NotYet {
    #[error("no attestation yet; there is time until {attest_by}, now is {now}")]
    Unattested { attest_by: u64, now: u64 },
    #[error("the verdict is pending")]
    Pending,
    #[error("genuine, but in its audit window until {until}, now is {now}")]
    Audit { until: u64, now: u64 },
}

/// Whether an attestation counts: taken after the assignment and by its deadline. One of the very second of assigning
/// counts even if it came a block earlier: the round it is drawn from was still in the future then.
pub fn counts(assignment: &Assignment, attestation: &AttestationResponse) -> bool {
    (assignment.assigned..=assignment.attest_by).contains(&attestation.attested)
}

/// Rules on an active assignment at time `now`, given the attestation for its subject if there is one.
pub fn rule(
    assignment: &Assignment,
    attestation: Option<&AttestationResponse>,
    audit_window: u64,
    now: u64,
) -> Result<Ruling, NotYet> {
    let Some(attestation) = attestation.filter(|attestation| counts(assignment, attestation)) else {
        let attest_by = assignment.attest_by;
        return if now > attest_by { Ok(Ruling::Absent) } else { Err(NotYet::Unattested { attest_by, now }) };
    };
    match attestation.verdict {
        Verdict::Pending {} => Err(NotYet::Pending),
        Verdict::Genuine {} => {
            let until = attestation.attested.saturating_add(audit_window);
            if now >= until { Ok(Ruling::Pay) } else { Err(NotYet::Audit { until, now }) }
        }
        Verdict::False { .. } => Ok(Ruling::Slash),
        Verdict::Lapsed {} => Ok(Ruling::Lapse),
        Verdict::Void {} => Ok(Ruling::Void),
    }
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::{Addr, Uint128};
    use tequio_protocol::{AttestationId, Digest, JobId, ProgramId, verifier::Subject};

    use super::*;

    const FALSE: Verdict = Verdict::False { draw: 0, shard: 0, tensor: 0, element: 0, claimed: 0, computed: 1 };

    fn assignment() -> Assignment {
        Assignment {
            job: JobId(1),
            provider: Addr::unchecked("provider"),
            operator: Addr::unchecked("operator"),
            first: 0,
            count: 1,
            price: Uint128::one(),
            lien: Uint128::one(),
            assigned: 100,
            attest_by: 200,
            state: State::Active,
        }
    }

    fn attestation(attested: u64, verdict: Verdict) -> AttestationResponse {
        let digest = Digest::default();
        AttestationResponse {
            id: AttestationId(digest),
            attester: "operator".into(),
            subject: Subject {
                program_id: ProgramId(digest),
                input_root: digest,
                first_shard: 0,
                count: 1,
                draws: 1,
                context: digest,
            },
            root: digest,
            attested,
            round: None,
            opened: 0,
            verdict,
        }
    }

    fn ruled(attested: Option<(u64, Verdict)>, now: u64) -> Result<Ruling, NotYet> {
        let attestation = attested.map(|(time, verdict)| attestation(time, verdict));
        rule(&assignment(), attestation.as_ref(), 50, now)
    }

    #[test]
    fn a_verdict_in_time_decides() {
        for (verdict, ruling) in [
            (Verdict::Genuine {}, Ok(Ruling::Pay)),
            (FALSE, Ok(Ruling::Slash)),
            (Verdict::Lapsed {}, Ok(Ruling::Lapse)),
            (Verdict::Void {}, Ok(Ruling::Void)),
            (Verdict::Pending {}, Err(NotYet::Pending)),
        ] {
            for attested in [100, 150, 200] {
                assert_eq!(ruled(Some((attested, verdict.clone())), 1_000), ruling);
            }
        }
    }

    #[test]
    fn genuine_waits_for_its_audit_window() {
        assert_eq!(ruled(Some((150, Verdict::Genuine {})), 199), Err(NotYet::Audit { until: 200, now: 199 }));
        assert_eq!(ruled(Some((150, Verdict::Genuine {})), 200), Ok(Ruling::Pay));
        assert_eq!(ruled(Some((150, FALSE)), 150), Ok(Ruling::Slash), "false waits for nothing");
    }

    #[test]
    fn an_attestation_out_of_time_is_none() {
        for attested in [None, Some((99, Verdict::Genuine {})), Some((201, Verdict::Genuine {})), Some((201, FALSE))] {
            assert_eq!(ruled(attested.clone(), 200), Err(NotYet::Unattested { attest_by: 200, now: 200 }));
            assert_eq!(ruled(attested, 201), Ok(Ruling::Absent));
        }
    }
}
