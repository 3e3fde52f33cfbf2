//! Attest: commit to what was run.

use tequio_protocol::{escrow::AssignmentResponse, verifier::ExecuteMsg};

use super::run::Run;

/// The message that attests to an assignment's run. It is the operator's to send, once: the first root stays.
pub fn attest(run: &Run, assignment: &AssignmentResponse) -> ExecuteMsg {
    ExecuteMsg::Attest { subject: assignment.subject.clone(), root: run.root() }
}
