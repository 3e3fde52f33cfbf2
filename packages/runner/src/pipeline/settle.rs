//! Settle: which message ends an assignment, and when.

use tequio_protocol::{
    escrow::{AssignmentResponse, ExecuteMsg, State},
    verifier::{AttestationResponse, Verdict},
};

/// What can be done about an assignment now.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// It has ended.
    Ended,
    /// Send this; anyone may.
    Now(ExecuteMsg),
    /// Not before this time.
    At(u64),
    /// The verifier has no final answer yet.
    Pending,
}

/// How an assignment ends, given the verifier's answer to its operator and subject, and the job's audit window.
pub fn ending(
    assignment: &AssignmentResponse,
    attestation: Option<&AttestationResponse>,
    audit_window: u64,
    now: u64,
) -> Ending {
    let assignments = vec![assignment.id];
    if assignment.state != State::Active {
        return Ending::Ended;
    }
    let Some(attestation) = attestation.filter(|attestation| attestation.attested <= assignment.attest_by) else {
        return match now > assignment.attest_by {
            true => Ending::Now(ExecuteMsg::Expire { assignments }),
            false => Ending::At(assignment.attest_by + 1),
        };
    };
    match attestation.verdict {
        Verdict::Pending {} => Ending::Pending,
        Verdict::Genuine {} if now < attestation.attested + audit_window => {
            Ending::At(attestation.attested + audit_window)
        }
        Verdict::Genuine {} | Verdict::False { .. } => Ending::Now(ExecuteMsg::Settle { assignments }),
        Verdict::Lapsed {} | Verdict::Void {} => Ending::Now(ExecuteMsg::Expire { assignments }),
    }
}
