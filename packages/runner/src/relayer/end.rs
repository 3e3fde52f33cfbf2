//! End: which message ends an assignment, if one does by now.

use tequio_protocol::{
    AssignmentId,
    escrow::{ExecuteMsg, Ruling},
};

/// The message that carries a ruling out; anyone may send it. `None` while there is nothing to carry out.
pub fn end(assignment: AssignmentId, ruling: Ruling) -> Option<ExecuteMsg> {
    let assignments = vec![assignment];
    match ruling {
        Ruling::Settle(_) => Some(ExecuteMsg::Settle { assignments }),
        Ruling::Expire(_) => Some(ExecuteMsg::Expire { assignments }),
        Ruling::Wait(_) | Ruling::Over(_) => None,
    }
}
