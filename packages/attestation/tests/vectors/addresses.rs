//! Addresses in programs made up to mislead, in trees of one leaf, and at the ends of numbers: `addresses.json`.

use serde_json::{Value, json};
use tequio_attestation::{
    Digest, Header, Malformed, Manifest, Source, Statement, Subject, Terms, Wanted, locate, located, revealed,
};
use tequio_tensor::{DType, Op};

use crate::{
    allocated::most_allocated,
    golden::{golden, hex},
    program::{Builder, Run, bytes},
    tall,
};

/// Texts that are no address.
const NO_ADDRESSES: [&str; 22] = [
    "",
    "shards",
    "shards/0",
    "shards/0/0/0",
    "shards/+0/0",
    "shards/00/0",
    "shards/0/-1",
    "shards/0/ 0",
    "Shards/0/0",
    "shards/256/0",
    "shards/0/18446744073709551616",
    "tensors/0/0",
    "tensors/0/0/4294967296",
    "nodes/1/2/3",
    "nodes/1/4294967296/0/0",
    "leaves/1/2/-3",
    "leaves/1/2/4294967296",
    "leaves/1/2/",
    "outputs/1",
    "outputs/1/2/",
    "/outputs/1/2",
    "trees/0/0",
];

fn subject(manifest: &Manifest, (first_shard, count): (u64, u64)) -> Subject {
    Subject {
        program_id: manifest.program_id(),
        input_root: Digest::default(),
        first_shard,
        count,
        draws: 1,
        context: Digest::default(),
        terms: Terms::default(),
        arbitration: None,
    }
}

/// `tall`, changed.
fn changed(change: impl FnOnce(&mut Header, &mut [Source])) -> Manifest {
    let Manifest { mut header, mut tensors, constants, .. } = tall::program();
    let mut sources: Vec<Source> = tensors.iter().map(|tensor| tensor.source.clone()).collect();
    change(&mut header, &mut sources);
    tensors.iter_mut().zip(sources).for_each(|(tensor, source)| tensor.source = source);
    Manifest::new(header, tensors, constants)
}

fn slot(source: &mut Source) -> &mut u32 {
    match source {
        Source::Committed { slot, .. } => slot,
        _ => panic!("not committed"),
    }
}

/// Ids in `tall`.
const SUMS: u32 = 2;
const LARGEST: u32 = 3;

fn shards(depth: u8, index: u64) -> Wanted {
    Wanted::Shards { depth, index }
}

fn tensors(shard: u64, depth: u8, index: u32) -> Wanted {
    Wanted::Tensors { shard, depth, index }
}

fn nodes(shard: u64, tensor: u32, depth: u8, index: u32) -> Wanted {
    Wanted::Nodes { shard, tensor, depth, index }
}

fn leaves(shard: u64, tensor: u32, first: u32) -> Wanted {
    Wanted::Leaves { shard, tensor, first }
}

fn outputs(first: u64, count: u64) -> Wanted {
    Wanted::Outputs { first, count }
}

/// What was located, held against what is expected (parts and bytes), and written down.
struct Cases(Vec<Value>);

type Expected = Result<(u64, u64), Malformed>;

impl Cases {
    fn add(&mut self, what: &str, subject: &Subject, wanted: Wanted, shown: &[u8], expected: Expected) {
        let found = located(subject, &wanted, shown).map(|located| (located.parts, located.bytes));
        assert_eq!(found, expected, "{what}: {wanted}");
        // A number in JSON holds 53 bits.
        let outcome = match found {
            Ok((parts, bytes)) => json!({ "parts": parts.to_string(), "bytes": bytes.to_string() }),
            Err(error) => json!({ "refused": error.to_string() }),
        };
        self.0.push(json!({
            "what": what,
            "program_id": hex(subject.program_id),
            "first_shard": subject.first_shard.to_string(),
            "count": subject.count.to_string(),
            "wanted": wanted.to_string(),
            "shown": hex(shown),
            "outcome": outcome,
        }));
    }

    fn of(&mut self, what: &str, manifest: &Manifest, range: (u64, u64), wanted: Wanted, expected: Expected) {
        self.add(what, &subject(manifest, range), wanted, &locate(manifest, &wanted), expected);
    }
}

const NOWHERE: Expected = Err(Malformed::Address);

fn sizes(cases: &mut Cases) {
    let program = tall::program();
    for (wanted, bytes) in [
        (shards(0, 0), 32 * 150),
        (shards(8, 0), 32 * 2),
        (shards(8, 149), 32 * 2),
        (tensors(5, 0, 0), 32 * (1 + 2)),
        (nodes(5, SUMS, 0, 0), 32 * (1 + 9 + 150)),
        (nodes(5, SUMS, 8, 9), 32 * (1 + 9 + 2)),
        (leaves(5, SUMS, 0), 32 * (1 + 9) + 16 * 64),
        (leaves(5, LARGEST, 0), 32 + 16 * 64),
    ] {
        cases.of("a size", &program, (0, 300), wanted, Ok((1, bytes)));
    }
    let each = 32 + 4 + 32 + 300 * 4;
    let twice = changed(|header, _| header.outputs = [header.outputs.clone(), header.outputs.clone()].concat());
    for (what, program) in [("outputs", program), ("outputs that are named twice", twice)] {
        cases.of(what, &program, (0, 300), outputs(5, 7), Ok((7 * 301, 7 * each)));
        assert_eq!(program.delivery_bytes(), each);
    }
}

/// In trees that are full, one more is the first that isn't there.
fn ends(cases: &mut Cases) {
    let program = tall::program();
    let mut b = Builder::default();
    let input = b.input(DType::I8, &[32, 1], 6, 1);
    let full = b.committed(Op::Identity, &[input], DType::I8, &[32, 1], (6, 1), (0, u32::MAX));
    let full = b.finish(&[full]);
    let (bytes, one) = (Ok((1, 32 * 5 + 16 * 64)), (0, 1));
    for (what, first, expected) in [("the last leaves", 16, bytes), ("past the last leaf", 32, NOWHERE)] {
        cases.of(what, &full, one, leaves(0, 1, first), expected);
    }
    for first in [1, 8, 17, 24, 33, 256, u32::MAX, u32::MAX - 15] {
        cases.of("no first leaf", &full, one, leaves(0, 1, first), NOWHERE);
    }
    cases.of("32 leaves", &full, one, nodes(0, 1, 0, 0), Ok((1, 32 * (5 + 32))));
    cases.of("another tree", &full, one, nodes(0, 1, 0, 1), NOWHERE);
    cases.of("past the last level", &full, one, nodes(0, 1, 8, 0), NOWHERE);
    for (depth, index) in [(0, 0), (0, 1), (8, 0)] {
        cases.of("one tensor", &full, one, tensors(0, depth, index), NOWHERE);
        cases.of("one shard", &full, one, shards(depth, index.into()), NOWHERE);
        cases.of("one leaf", &program, one, nodes(0, LARGEST, depth, index), NOWHERE);
    }
    cases.of("256 shards", &program, (0, 256), shards(0, 0), Ok((1, 32 * 256)));
    for index in [0, 1, 255] {
        cases.of("256 shards", &program, (0, 256), shards(8, index), NOWHERE);
    }
    cases.of("shard 257 of as many", &program, (0, 257), shards(8, 128), Ok((1, 32)));
    cases.of("past it", &program, (0, 257), shards(8, 129), NOWHERE);
    for (depth, index) in [(4, 0), (1, 0), (9, 0), (255, 0), (8, 150), (8, u32::MAX), (8, 1 << 31)] {
        cases.of("no node", &program, (0, 257), nodes(1, SUMS, depth, index), NOWHERE);
        cases.of("no node", &program, (0, 300), shards(depth, index.into()), NOWHERE);
    }
    for shard in [0, 2, 6, u64::MAX] {
        for wanted in [tensors(shard, 0, 0), nodes(shard, SUMS, 0, 0), leaves(shard, SUMS, 0), outputs(shard, 1)] {
            cases.of("a shard of somebody else", &program, (3, 3), wanted, NOWHERE);
        }
    }
    for (first, count) in [(3, 0), (3, 4), (5, 2), (2, 1), (6, 0), (3, u64::MAX), (4, u64::MAX - 3)] {
        cases.of("outputs of other shards", &program, (3, 3), outputs(first, count), NOWHERE);
    }
    cases.of("an attestation of nothing", &program, (0, 0), leaves(0, SUMS, 0), NOWHERE);
    cases.of("an attestation of nothing", &program, (0, 0), shards(0, 0), NOWHERE);
}

fn numbers(cases: &mut Cases) {
    let program = tall::program();
    let all = (0, u64::MAX);
    for (depth, index, expected) in [
        (0, 0, Ok((1, 32 * 256))),
        // 64 levels below the root: shifted by 64, every index would be 0.
        (0, 1, NOWHERE),
        (0, u64::MAX, NOWHERE),
        (56, 0, Ok((1, 32 * 256))),
        (56, (1 << 56) - 1, Ok((1, 32 * 255))),
        (56, 1 << 56, NOWHERE),
        (64, 0, NOWHERE),
        (72, 0, NOWHERE),
        (248, 0, NOWHERE),
    ] {
        cases.of("as many shards as there can be", &program, all, shards(depth, index), expected);
    }
    let bytes = 32 + 4 + 32 + 300 * 4;
    cases.of("outputs of 2^32 shards", &program, all, outputs(0, 1 << 32), Ok((301 << 32, bytes << 32)));
    // The last number of parts that there is, and one more.
    let most = u64::MAX / 301;
    cases.of("as many parts as there can be", &program, all, outputs(0, most), Ok((most * 301, u64::MAX)));
    cases.of("more", &program, all, outputs(0, most + 1), NOWHERE);
    cases.of("more", &program, all, outputs(0, u64::MAX), NOWHERE);
    let (last, leaf) = (u64::MAX - 5, Ok((1, 32 * (1 + 9) + 16 * 64)));
    for (wanted, expected) in [
        (outputs(last, 5), Ok((5 * 301, 5 * bytes))),
        (outputs(last, 6), NOWHERE),
        (outputs(u64::MAX, 1), NOWHERE),
        (outputs(u64::MAX - 1, 1), Ok((301, bytes))),
        (outputs(last - 1, 1), NOWHERE),
        (leaves(u64::MAX - 1, SUMS, 0), leaf.clone()),
        (leaves(u64::MAX, SUMS, 0), NOWHERE),
        (leaves(last, SUMS, 0), leaf),
        (leaves(last - 1, SUMS, 0), NOWHERE),
        (leaves(0, SUMS, 0), NOWHERE),
    ] {
        cases.of("the last shards that there can be", &program, (last, 5), wanted, expected);
    }
}

fn misleading(cases: &mut Cases) {
    let (one, program) = ((0, 1), tall::program());
    let counts = Err(Malformed::Counts);
    let same = changed(|_, tensors| *slot(&mut tensors[3]) = 0);
    cases.of("two outputs in one slot", &same, one, outputs(0, 1), counts.clone());
    for place in [2, 3, u32::MAX] {
        let past = changed(|_, tensors| *slot(&mut tensors[3]) = place);
        for wanted in [outputs(0, 1), leaves(0, LARGEST, 0), nodes(0, LARGEST, 0, 0)] {
            cases.of("a slot past the end", &past, one, wanted, counts.clone());
        }
    }
    let input = changed(|header, _| header.outputs[0].0 = 0);
    cases.of("an output that is an input", &input, one, outputs(0, 1), Err(Malformed::NotDrawn { tensor: 0 }));
    // Four tensors: in two turns 6 is 2 and 7 is 3. The descriptor shown is the last one.
    for tensor in [4, 6, 7, u32::MAX] {
        cases.of("no tensor", &program, one, leaves(0, tensor, 0), counts.clone());
        cases.of("no tensor", &program, one, nodes(0, tensor, 0, 0), counts.clone());
    }
    for tensor in [0, 1] {
        let wanted = leaves(0, tensor, 0);
        cases.of("no committed tensor", &program, one, wanted, Err(Malformed::NotDrawn { tensor }));
    }
    let (about, root) = (subject(&program, one), Err(Malformed::Root { tree: "program" }));
    let shown = locate(&program, &leaves(0, SUMS, 0));
    cases.add("another tensor's descriptor", &about, leaves(0, LARGEST, 0), &shown, root.clone());
    let other = changed(|header, _| header.cost += 1);
    cases.add("another program's", &subject(&other, one), leaves(0, SUMS, 0), &shown, root);
    let long = [&shown[..], &[0]].concat();
    cases.add("a byte too many", &about, leaves(0, SUMS, 0), &long, Err(Malformed::Trailing { bytes: 1 }));
    cases.add("a byte too many", &about, shards(0, 0), &[0], NOWHERE);
    let two = subject(&program, (0, 2));
    cases.add("a byte too many", &two, shards(0, 0), &[0], Err(Malformed::Trailing { bytes: 1 }));
    let short = &shown[..shown.len() - 1];
    cases.add("cut off", &about, leaves(0, SUMS, 0), short, Err(Malformed::Truncated));
    cases.add("nothing", &about, leaves(0, SUMS, 0), &[], Err(Malformed::Truncated));
    // Counts are the header's: nothing tells the trees of a thousand tensors from others.
    let many = changed(|header, _| (header.tensors, header.committed) = (2_000, 1_000));
    let about = Subject { program_id: many.header.program_id(&Digest([5; 32])), ..subject(&many, one) };
    let shown = [&many.header.encode()[..], &[5; 32]].concat();
    for (depth, index, expected) in [
        (0, 0, Ok((1, 32 * (10 + 250)))),
        (0, 1, NOWHERE),
        (8, 0, Ok((1, 32 * (10 + 4)))),
        (8, 249, Ok((1, 32 * (10 + 4)))),
        (8, 250, NOWHERE),
        (8, 2_000, NOWHERE),
    ] {
        cases.add("a thousand tensors", &about, tensors(0, depth, index), &shown, expected);
    }
}

#[test]
fn addresses() {
    let mut cases = Cases(vec![]);
    sizes(&mut cases);
    ends(&mut cases);
    numbers(&mut cases);
    misleading(&mut cases);
    for text in NO_ADDRESSES {
        assert!(text.parse::<Wanted>().is_err(), "{text:?}");
    }
    golden("addresses", &json!({ "located": cases.0, "texts_refused": NO_ADDRESSES }));
}

/// The only tensor, of one leaf, in the only shard: there is nothing between it and the root.
#[test]
fn trees_of_one_leaf() {
    let mut b = Builder::default();
    let input = b.input(DType::I8, &[3], 6, 3);
    let only = b.committed(Op::Identity, &[input], DType::I8, &[3], (6, 3), (0, u32::MAX));
    let run = Run::new(b.finish(&[only, only]), vec![vec![bytes(DType::I8, &[7, 8, 9])]], (0, 1), |_, _| {});
    let statement = run.statement(Digest::default(), 1);
    let tensor = run.committed(0).0;
    for wanted in [shards(0, 0), tensors(0, 0, 0), nodes(0, tensor, 0, 0), leaves(0, tensor, 16), outputs(0, 2)] {
        assert_eq!(run.reveal(&statement, &wanted, 0, usize::MAX), Err(Malformed::Address), "{wanted}");
        // Not even the root itself.
        let answer = [run.locate(&wanted), statement.root.0.to_vec()].concat();
        assert_eq!(revealed(&statement, &wanted, 0, &answer).map(|_| ()), Err(Malformed::Address), "{wanted}");
    }
    let wanted = leaves(0, tensor, 0);
    let answer = run.reveal(&statement, &wanted, 0, usize::MAX).unwrap();
    assert_eq!(answer, [&run.locate(&wanted)[..], &[7, 8, 9]].concat());
    assert!(revealed(&statement, &wanted, 0, &answer).is_ok());
    // An output that is named twice is one.
    let wanted = outputs(0, 1);
    let answer = run.reveal(&statement, &wanted, 0, usize::MAX).unwrap();
    assert_eq!(answer, [&run.locate(&wanted)[..], &[1, 7, 8, 9]].concat());
    let found = revealed(&statement, &wanted, 0, &answer).unwrap();
    assert_eq!((found.parts, found.located.parts, found.located.bytes), (1, 1, 3));
    assert_eq!(run.manifest().delivery_bytes(), 3);
    assert_eq!(run.reveal(&statement, &wanted, 1, usize::MAX), Err(Malformed::Counts), "nothing is left");
}

/// Parts come by slot, also where ids are in another order.
#[test]
fn slots_against_ids() {
    let swapped = changed(|_, tensors| (*slot(&mut tensors[2]), *slot(&mut tensors[3])) = (1, 0));
    let run = Run::new(swapped, tall::inputs(), (0, 2), |_, trace| trace.slots.swap(0, 1));
    let statement = run.statement(Digest::default(), 1);
    let answer = run.reveal(&statement, &outputs(0, 2), 0, usize::MAX).unwrap();
    let found = revealed(&statement, &outputs(0, 2), 0, &answer).unwrap();
    let order: Vec<_> = found.leaves.iter().map(|leaf| (leaf.shard, leaf.tensor)).collect();
    let shard = |shard| [vec![(shard, LARGEST)], vec![(shard, SUMS); 300]].concat();
    assert_eq!(order, [shard(0), shard(1)].concat());
    // A part from within one shard to within the next, and digests beside it in both.
    let answer = run.reveal(&statement, &outputs(0, 2), 250, 100 * 36).unwrap();
    assert_eq!(revealed(&statement, &outputs(0, 2), 250, &answer).map(|found| found.parts), Ok(350));
}

/// What is sent bounds the work, whatever numbers are named.
#[test]
fn short_answers_to_large_addresses() {
    let program = tall::program();
    let subject = subject(&program, (0, u64::MAX));
    let statement = Statement { subject, root: Digest::default(), seed: Digest::default() };
    let wanted = outputs(0, 1 << 32);
    let refused = |wanted: &Wanted, from, answer: &[u8]| revealed(&statement, wanted, from, answer).unwrap_err();
    for (from, number, error) in [
        (0, &[1][..], Malformed::Truncated),
        (0, &[0x80, 0x20], Malformed::Truncated),
        (0, &[0x81, 0x20], Malformed::Counts),
        ((301 << 32) - 1, &[1], Malformed::Truncated),
        ((301 << 32) - 1, &[2], Malformed::Counts),
        (301 << 32, &[1], Malformed::Counts),
        (u64::MAX, &[1], Malformed::Counts),
        (u64::MAX, &[0x80, 0x20], Malformed::Counts),
    ] {
        let answer = [&locate(&program, &wanted)[..], number].concat();
        assert_eq!(refused(&wanted, from, &answer), error, "{from} {number:?}");
    }
    // As many leaves as an answer has, of the smallest: a contract has 32 MiB.
    for payloads in [0, 1 << 20] {
        let answer = [&locate(&program, &wanted)[..], &[0x80, 0x20], &vec![0; payloads]].concat();
        let (_, allocated) = most_allocated(|| refused(&wanted, 0, &answer));
        assert!(allocated < 2 << 20, "{allocated}");
    }
    let (wanted, digests) = (shards(56, (1 << 56) - 1), 32 * (255 + 56));
    assert_eq!(refused(&wanted, 0, &vec![0; digests - 1]), Malformed::Truncated);
    assert_eq!(refused(&wanted, 0, &vec![0; digests]), Malformed::Root { tree: "trace" });
    assert_eq!(refused(&wanted, 0, &vec![0; digests + 1]), Malformed::Trailing { bytes: 1 });
}
