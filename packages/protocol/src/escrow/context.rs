//! What ties an attestation to the assignment that it is for.

use cosmwasm_std::Addr;
use tequio_attestation::hash::{name, tagged};

use crate::{AssignmentId, Digest, JobId};

/// Tag of an assignment's context.
const CONTEXT: &str = "tequio/v1/context";

/// `TH('tequio/v1/context', length of the escrow's address (u32) ‖ its bytes ‖ job ‖ assignment ‖ total shards)`, numbers
/// big-endian, the last three u64.
pub fn context(escrow: &Addr, job: JobId, assignment: AssignmentId, shards: u64) -> Digest {
    let parts: [&[u8]; 4] =
        [&name(escrow.as_str()), &job.0.to_be_bytes(), &assignment.0.to_be_bytes(), &shards.to_be_bytes()];
    tagged(CONTEXT, &parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_context_matters() {
        let of = |address: &str, job, assignment, shards| {
            context(&Addr::unchecked(address), JobId(job), AssignmentId(assignment), shards)
        };
        let base = of("escrow", 1, 2, 3);
        assert_eq!(base, of("escrow", 1, 2, 3));
        for other in [of("escros", 1, 2, 3), of("escrow1", 1, 2, 3), of("escrow", 2, 2, 3), of("escrow", 1, 3, 3)] {
            assert_ne!(base, other);
        }
        assert_ne!(base, of("escrow", 1, 2, 4));
    }

    #[test]
    fn a_context_is_pinned() {
        let context = context(&Addr::unchecked("escrow"), JobId(1), AssignmentId(2), 3);
        let bytes = [&b"\0\0\0\x06escrow"[..], &1u64.to_be_bytes(), &2u64.to_be_bytes(), &3u64.to_be_bytes()].concat();
        assert_eq!(context, tagged("tequio/v1/context", &[&bytes]));
    }
}
