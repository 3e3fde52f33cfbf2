//! Bytes that nobody meant: whatever is taken is canonical, and no opening says something else than the one that there is.

use std::str::FromStr;

use serde_json::Value;
use tequio_attestation::{
    Descriptor, Digest, Header, Outcome, Position, ProgramId, Statement, Subject, Terms, Wanted, check,
    codec::{Reader, Writer},
    located, refute, revealed,
};
use tequio_fuzz::{Case, Read, fuzz};

/// Golden vectors.
fn vectors(name: &str) -> Value {
    let file = format!("{}/../../tests/vectors/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn number(value: &Value) -> u64 {
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn digest(value: &Value) -> Digest {
    Digest(bytes(value).try_into().unwrap())
}

fn subject(value: &Value) -> Subject {
    Subject {
        program_id: ProgramId(digest(&value["program_id"])),
        input_root: value.get("input_root").map(digest).unwrap_or_default(),
        first_shard: number(&value["first_shard"]),
        count: number(&value["count"]),
        draws: value.get("draws").map_or(1, |draws| number(draws) as u32),
        context: Digest::default(),
        terms: Terms::default(),
        arbitration: None,
    }
}

fn statement(value: &Value) -> Statement {
    Statement { subject: subject(value), root: digest(&value["root"]), seed: digest(&value["seed"]) }
}

/// Every case of some vectors that is not refused, with its statement.
fn cases(names: &[&str]) -> Vec<(Statement, Value)> {
    let mut all = vec![];
    for name in names {
        for attestation in list(&vectors(name)["attestations"]) {
            let statement = statement(&attestation["statement"]);
            let good = list(&attestation["cases"]).iter().filter(|case| case["outcome"].get("refused").is_none());
            all.extend(good.map(|case| (statement.clone(), case.clone())));
        }
    }
    assert!(all.len() > 1, "{names:?}");
    all
}

/// Whatever opens something opens it in these very bytes, and says the same.
fn openings_are_the_only_ones<T: PartialEq>(
    name: &str,
    asked: &[(Statement, T)],
    corpus: Vec<Vec<u8>>,
    open: impl Fn(&Statement, &T, &[u8]) -> Option<Outcome>,
) {
    let whole: Vec<Option<Outcome>> =
        asked.iter().zip(&corpus).map(|((statement, of), opening)| open(statement, of, opening)).collect();
    assert!(whole.iter().all(Option::is_some), "{name}");
    fuzz(name, 4_000, &corpus, &[], |Case { bytes, origin }| {
        let (statement, of) = &asked[origin];
        let Some(outcome) = open(statement, of, bytes) else { return Read::Refused };
        // An opening of other draws may have been spliced in.
        let known = (0..corpus.len()).find(|at| corpus[*at] == bytes && asked[*at] == asked[origin]);
        assert_eq!(known.and_then(|at| whole[at]), Some(outcome), "other bytes open this");
        Read::Taken
    });
}

#[test]
fn openings() {
    let cases = cases(&["opening-small", "opening-choice", "opening-job", "opening-layers"]);
    let corpus = cases.iter().map(|(_, case)| bytes(&case["opening"])).collect();
    let asked: Vec<_> =
        cases.into_iter().map(|(statement, case)| (statement, number(&case["opened"]) as u32)).collect();
    openings_are_the_only_ones("openings", &asked, corpus, |statement, opened, bytes| {
        check(statement, *opened, bytes).ok()
    });
}

#[test]
fn refutations() {
    let cases = cases(&["refutation"]);
    let corpus = cases.iter().map(|(_, case)| bytes(&case["opening"])).collect();
    let position = |case: &Value| Position { shard: number(&case["shard"]), element: number(&case["element"]) as u32 };
    let asked: Vec<_> = cases.into_iter().map(|(statement, case)| (statement, position(&case))).collect();
    openings_are_the_only_ones("refutations", &asked, corpus, |statement, position, bytes| {
        refute(statement, *position, bytes).ok()
    });
}

#[test]
fn answers() {
    let cases = cases(&["reveals"]);
    let wanted = |case: &Value| Wanted::from_str(case["wanted"].as_str().unwrap()).unwrap();
    let asked: Vec<_> =
        cases.iter().map(|(statement, case)| (statement.clone(), wanted(case), number(&case["from"]))).collect();
    let corpus: Vec<_> = cases.iter().map(|(_, case)| bytes(&case["answer"])).collect();
    fuzz("answers", 4_000, &corpus, &[], |Case { bytes, origin }| {
        let (statement, wanted, from) = &asked[origin];
        let found = revealed(statement, wanted, *from, bytes);
        if let Ok(found) = &found {
            let same = (0..corpus.len()).any(|at| corpus[at] == bytes && asked[at] == asked[origin]);
            // Those may be of fewer leaves.
            let outputs = matches!(wanted, Wanted::Outputs { .. });
            assert!(same || outputs, "other bytes answer this");
            assert_eq!(found.known(), revealed(statement, wanted, *from, bytes).unwrap().known());
        }
        Read::from(&found)
    });
}

#[test]
fn addresses() {
    let vectors = vectors("addresses");
    let located_ones = list(&vectors["located"]).iter().filter(|case| case["outcome"].get("refused").is_none());
    let all: Vec<_> = located_ones
        .map(|case| {
            let wanted = Wanted::from_str(case["wanted"].as_str().unwrap()).unwrap();
            ((subject(case), wanted), bytes(&case["shown"]))
        })
        .collect();
    let (asked, corpus): (Vec<_>, Vec<_>) = all.into_iter().unzip();
    fuzz("addresses", 4_000, &corpus, &[], |Case { bytes, origin }| {
        let (subject, wanted) = &asked[origin];
        let found = located(subject, wanted, bytes);
        assert!(found.is_err() || corpus[origin] == bytes, "other bytes show this");
        Read::from(&found)
    });
}

#[test]
fn headers() {
    let mut corpus = vec![bytes(&vectors("attestation")["header_bytes"])];
    let programs = ["opening-small", "opening-layers", "opening-job"];
    corpus.extend(programs.map(|name| bytes(&vectors(name)["program"]["header_bytes"])));
    fuzz("headers", 4_000, &corpus, &[], |case| {
        let mut reader = Reader::new(case.bytes);
        let header = Header::decode(&mut reader);
        if let Ok(header) = &header {
            assert_eq!(header.encode(), reader.since(0));
            header.caught();
        }
        Read::from(&header)
    });
}

#[test]
fn descriptors() {
    let mut corpus: Vec<_> =
        list(&vectors("descriptors")["decoded"]).iter().map(|case| bytes(&case["bytes"])).collect();
    corpus.extend(list(&vectors("opening-layers")["program"]["descriptors"]).iter().map(|case| bytes(&case["bytes"])));
    fuzz("descriptors", 4_000, &corpus, &[], |case| {
        let (mut reader, mut shown) = (Reader::new(case.bytes), Reader::new(case.bytes));
        let descriptor = Descriptor::decode(&mut reader);
        if let Ok(descriptor) = &descriptor {
            assert_eq!(descriptor.encode(), reader.since(0));
            let leaves = descriptor.layout().map(|layout| layout.leaves(&descriptor.ty));
            assert!(leaves.is_none_or(|leaves| leaves > 0));
        }
        if let Ok(descriptor) = Descriptor::decode_shown(&mut shown) {
            assert_eq!(descriptor.encode_shown(), shown.since(0));
        }
        Read::from(&descriptor)
    });
}

#[test]
fn texts() {
    let all =
        list(&vectors("addresses")["located"]).iter().map(|case| case["wanted"].as_str().unwrap().into()).collect();
    let all: Vec<Vec<u8>> = all;
    fuzz("texts", 4_000, &all, &[b"/", b"0", b"+", b"outputs", b"18446744073709551616"], |case| {
        let found = str::from_utf8(case.bytes).ok().and_then(|text| Some((text, Wanted::from_str(text).ok()?)));
        let Some((text, wanted)) = found else { return Read::Refused };
        assert_eq!(wanted.to_string(), text);
        Read::Taken
    });
}

#[test]
fn numbers() {
    let mut written = Writer::default();
    [0, 1, 127, 128, 300, 1 << 32, u64::MAX].into_iter().for_each(|number| written.varint(number));
    fuzz("numbers", 4_000, &[written.0], &[], |case| {
        let (mut reader, mut w) = (Reader::new(case.bytes), Writer::default());
        while !reader.is_empty() {
            let from = reader.position();
            let Ok(number) = reader.varint() else { return Read::Refused };
            w.varint(number);
            let mut signed = Writer::default();
            signed.signed(Reader::new(reader.since(from)).signed().unwrap());
            assert_eq!(signed.0, reader.since(from));
        }
        assert_eq!(w.0, case.bytes);
        Read::Taken
    });
}
