//! Receipts that nobody wrote: they show nothing.

use std::collections::BTreeMap;

use cosmwasm_std::{Addr, HexBinary};
use tequio_attestation::{Arbitration, Digest, ProgramId, Terms};
use tequio_fuzz::{Read, fuzz};
use tequio_protocol::{
    AssignmentId, BeaconId, JobId,
    escrow::context,
    verifier::{Beacon, Subject},
};
use tequio_rpc::inclusion::{Path, Proven};

use super::{form::Receipt, verify::check};

/// A receipt without blocks.
fn receipt() -> Receipt {
    let (escrow, job, assignment, shards) = (Addr::unchecked("escrow"), JobId(3), AssignmentId(5), 8);
    let path = Path { index: 1, total: 2, aunts: vec!["00".repeat(32)] };
    let proven = || Proven {
        height: 7,
        tx: "AAAA".into(),
        in_block: path.clone(),
        result: "CAA=".into(),
        in_results: path.clone(),
    };
    let arbitration = Arbitration {
        arbiter: "arbiter".into(),
        principal: "client".into(),
        bond: 1,
        rerun_bond: 2,
        answer_window: 3,
        spacing: 4,
        longest_hold: 5,
        rate: 6,
    };
    let subject = Subject {
        program_id: ProgramId(Digest([1; 32])),
        input_root: Digest([2; 32]),
        first_shard: 0,
        count: 8,
        draws: 4,
        context: context(&escrow, job, assignment, shards),
        terms: Terms::default(),
        arbitration: Some(Box::new(arbitration)),
    };
    Receipt {
        chain_id: "tequio-1".into(),
        verifier: Addr::unchecked("verifier"),
        escrow,
        assignment,
        job,
        shards,
        subject,
        beacon: BeaconId(1),
        key: Beacon { public_key: HexBinary::from([3; 96]), genesis: 1, period: 3 },
        round: 9,
        attest: proven(),
        beacon_tx: proven(),
        open: vec![proven()],
        settle: proven(),
        blocks: BTreeMap::new(),
    }
}

#[test]
fn receipts() {
    let corpus = [serde_json::to_vec(&receipt()).unwrap()];
    let words: [&[u8]; 7] = [b"0", b"\"\"", b"[]", b"{}", b"null", b"-1", b","];
    fuzz("receipts", 1_000, &corpus, &words, |case| {
        let found = serde_json::from_slice::<Receipt>(case.bytes);
        if let Ok(receipt) = &found {
            assert!(check(receipt).is_err());
        }
        Read::from(&found)
    });
}
