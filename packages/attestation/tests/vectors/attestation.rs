use serde_json::{Value, json};
use tequio_attestation::{
    Arbitration, Draw, Header, Subject, TensorId, Terms, attestation_id, audited,
    hash::{leaf, tagged},
    input_root, seed,
};

use crate::{
    describe,
    golden::{golden, hex},
};

#[test]
fn from_a_header_to_draws() {
    let header = Header {
        tensors: 70_000,
        committed: 9,
        inputs: 2,
        job: 1,
        outputs: vec![TensorId(69_999), TensorId(300)],
        cost: 12_345_678_901,
        delta: 0x3039_0001,
        gamma: 0x0102_0304,
        opening_bytes: 9_000,
        reads: 40_000,
        depth: 11,
        plan: leaf(b"plan"),
    };
    assert_eq!(Header::from_bytes(&header.encode()), Ok(header.clone()));
    let (descriptors, inputs, root, context, randomness) =
        (leaf(b"descriptors"), leaf(b"inputs"), leaf(b"root"), leaf(b"context"), leaf(b"randomness"));
    let program = header.program_id(&descriptors);
    let (shards, first, count, draws) = (1u64 << 33, 5_000_000_000, 4_096, 32);
    let input = input_root(shards, &inputs);
    let terms = Terms { delay: 30, open_window: 3_600, void_after: 604_800, audit_window: 600, blocks: 100 };
    let subject = Subject {
        program_id: program,
        input_root: input,
        first_shard: first,
        count,
        draws,
        context,
        terms,
        arbitration: None,
    };
    let arbitration = Arbitration {
        arbiter: "tequio1arbiter".into(),
        principal: "tequio1client".into(),
        bond: 12_500,
        rerun_bond: (1 << 100) + 7,
        answer_window: 600,
        spacing: 60,
        longest_hold: 7_560,
        rate: 1_000_000,
    };
    let held = Subject { arbitration: Some(Box::new(arbitration.clone())), ..subject.clone() }.id();
    let subject = subject.id();
    let (chain, verifier, attester) = ("tequio-1", "tequio1verifier", "tequio1attester");
    let attestation = attestation_id(chain, verifier, attester, &root, &subject);
    let (beacon, round) = (1, 77_777_777);
    let seed = seed(&attestation, beacon, round, &randomness);
    let drawn: Vec<Value> = [0, 1, 2, 31, u32::MAX]
        .iter()
        .map(|&number| {
            let draw = Draw::new(&seed, number, count);
            let elements = [1, 10, 1_000_003, 1 << 31].map(|n| json!({ "of": n, "element": draw.element(n) }));
            json!({ "number": number, "shard": draw.shard, "ticket": draw.ticket, "elements": elements })
        })
        .collect();
    let picked = [(count, 6), (7, 5), (7, 9), (1, 1), (1 << 33, 3)]
        .map(|(count, wanted)| json!({ "count": count, "wanted": wanted, "shards": audited(&seed, count, wanted) }));
    golden(
        "attestation",
        &json!({
            "header": describe::header(&header),
            "header_bytes": hex(header.encode()),
            "descriptors": hex(descriptors),
            "program_id": hex(program),
            "total_shards": shards,
            "inputs": hex(inputs),
            "input_root": hex(input),
            "first_shard": first,
            "count": count,
            "draws": draws,
            "context": hex(context),
            "terms": terms,
            "subject": hex(subject),
            "arbitration": arbitration,
            "subject_with_arbitration": hex(held),
            "chain_id": chain,
            "verifier": verifier,
            "attester": attester,
            "root": hex(root),
            "attestation": hex(attestation),
            "beacon": beacon,
            "round": round,
            "randomness": hex(randomness),
            "seed": hex(seed),
            "drawn": drawn,
            "audited": picked,
            "escrow_context": escrow_context(),
            "headers_refused": refused(&header),
        }),
    );
}

/// The context of assignment 5 of job 3 with 96 shards in all.
fn escrow_context() -> Value {
    let escrow = "tequio1escrow";
    let numbers = [3u64, 5, 96].map(u64::to_be_bytes).concat();
    let context = tagged("tequio/v1/context", &[&(escrow.len() as u32).to_be_bytes(), escrow.as_bytes(), &numbers]);
    json!({ "escrow": escrow, "job": 3, "assignment": 5, "total_shards": 96, "context": hex(context) })
}

fn refused(header: &Header) -> Vec<Value> {
    let bytes = header.encode();
    let with = |at: usize, value: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = value;
        bytes
    };
    let cases = [
        ("version 1", with(0, 1)),
        ("no inputs", with(9, 0)),
        ("17 inputs", with(9, 17)),
        ("more of the job than inputs", with(10, 3)),
        ("no outputs", with(11, 0)),
        ("17 outputs", with(11, 17)),
        ("nothing committed", Header { committed: 0, ..header.clone() }.encode()),
        ("more committed than tensors", Header { committed: header.tensors + 1, ..header.clone() }.encode()),
        ("cut short", bytes[..bytes.len() - 1].to_vec()),
        ("a byte too many", [&bytes[..], &[0]].concat()),
    ];
    let error = |bytes: &[u8]| Header::from_bytes(bytes).expect_err("refused").to_string();
    cases.iter().map(|(what, bytes)| json!({ "what": what, "bytes": hex(bytes), "error": error(bytes) })).collect()
}

#[test]
fn audited_shards_are_distinct_and_follow_from_the_seed() {
    let seeds: Vec<_> = (0u32..64).map(|n| leaf(&n.to_be_bytes())).collect();
    for (seed, count) in seeds.iter().zip(1u64..) {
        let mut all = audited(seed, count, u64::MAX);
        assert_eq!(all[..all.len() / 2], audited(seed, count, count / 2), "fewer are the first of more");
        all.sort_unstable();
        assert_eq!(all, (0..count).collect::<Vec<_>>());
    }
    assert_eq!((audited(&seeds[0], 0, 3), audited(&seeds[0], 3, 0)), (vec![], vec![]));
    // Each of 4 shards comes first about as often as the others.
    let mut first = [0; 4];
    (0u32..4_000).for_each(|n| first[audited(&leaf(&n.to_be_bytes()), 4, 1)[0] as usize] += 1);
    assert!(first.iter().all(|times| (900..1_100).contains(times)), "{first:?}");
}
