//! Addresses in programs made up to mislead, in trees of one leaf, and at the ends of numbers.

use tequio_attestation::{
    Digest, Header, Malformed, Manifest, Source, Statement, Subject, Terms, Wanted, locate, located, revealed,
};
use tequio_tensor::{DType, Op};

use crate::{
    program::{Builder, Run, bytes},
    tall,
};

fn subject(manifest: &Manifest, first_shard: u64, count: u64) -> Subject {
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

/// What locating gives: parts and bytes.
fn found(manifest: &Manifest, range: (u64, u64), wanted: Wanted) -> Result<(u64, u64), Malformed> {
    let located = located(&subject(manifest, range.0, range.1), &wanted, &locate(manifest, &wanted))?;
    Ok((located.parts, located.bytes))
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

/// The only tensor, of one leaf, in the only shard: there is nothing between it and the root.
#[test]
fn trees_of_one_leaf() {
    let mut b = Builder::default();
    let input = b.input(DType::I8, &[3], 6, 3);
    let only = b.committed(Op::Identity, &[input], DType::I8, &[3], (6, 3), (0, u32::MAX));
    let run = Run::new(b.finish(&[only, only]), vec![vec![bytes(DType::I8, &[7, 8, 9])]], (0, 1), |_, _| {});
    let statement = run.statement(Digest::default(), 1);
    let tensor = run.committed(0).0;
    for wanted in [
        Wanted::Shards { depth: 0, index: 0 },
        Wanted::Tensors { shard: 0, depth: 0, index: 0 },
        Wanted::Nodes { shard: 0, tensor, depth: 0, index: 0 },
        Wanted::Leaves { shard: 0, tensor, first: 16 },
        Wanted::Outputs { first: 0, count: 2 },
    ] {
        assert_eq!(run.reveal(&statement, &wanted, 0, usize::MAX), Err(Malformed::Address), "{wanted}");
        // Not even the root itself.
        let answer = [run.locate(&wanted), statement.root.0.to_vec()].concat();
        assert_eq!(revealed(&statement, &wanted, 0, &answer).map(|_| ()), Err(Malformed::Address), "{wanted}");
    }
    let wanted = Wanted::Leaves { shard: 0, tensor, first: 0 };
    let answer = run.reveal(&statement, &wanted, 0, usize::MAX).unwrap();
    assert_eq!(answer, [&run.locate(&wanted)[..], &[7, 8, 9]].concat());
    assert!(revealed(&statement, &wanted, 0, &answer).is_ok());
    // An output that is named twice is one.
    let wanted = Wanted::Outputs { first: 0, count: 1 };
    let answer = run.reveal(&statement, &wanted, 0, usize::MAX).unwrap();
    assert_eq!(answer, [&run.locate(&wanted)[..], &[1, 7, 8, 9]].concat());
    let found = revealed(&statement, &wanted, 0, &answer).unwrap();
    assert_eq!((found.parts, found.located.parts, found.located.bytes), (1, 1, 3));
    assert_eq!(run.manifest().delivery_bytes(), 3);
    assert_eq!(run.reveal(&statement, &wanted, 1, usize::MAX), Err(Malformed::Counts), "nothing is left");
}

/// Sizes are of the header's outputs, each once, whoever asks.
#[test]
fn sizes() {
    let manifest = tall::program();
    let (sums, largest) = (2, 3);
    for (wanted, bytes) in [
        (Wanted::Shards { depth: 0, index: 0 }, 32 * 150),
        (Wanted::Shards { depth: 8, index: 0 }, 32 * 2),
        (Wanted::Shards { depth: 8, index: 149 }, 32 * 2),
        (Wanted::Tensors { shard: 5, depth: 0, index: 0 }, 32 * (1 + 2)),
        (Wanted::Nodes { shard: 5, tensor: sums, depth: 0, index: 0 }, 32 * (1 + 9 + 150)),
        (Wanted::Nodes { shard: 5, tensor: sums, depth: 8, index: 9 }, 32 * (1 + 9 + 2)),
        (Wanted::Leaves { shard: 5, tensor: sums, first: 0 }, 32 * (1 + 9) + 16 * 64),
        (Wanted::Leaves { shard: 5, tensor: largest, first: 0 }, 32 + 16 * 64),
    ] {
        assert_eq!(found(&manifest, (0, 300), wanted), Ok((1, bytes)), "{wanted}");
    }
    let each = 32 + 4 + 32 + 300 * 4;
    assert_eq!(found(&manifest, (0, 300), Wanted::Outputs { first: 5, count: 7 }), Ok((7 * 301, 7 * each)));
    assert_eq!(manifest.delivery_bytes(), each);
    let twice = changed(|header, _| header.outputs = [header.outputs.clone(), header.outputs.clone()].concat());
    assert_eq!(found(&twice, (0, 300), Wanted::Outputs { first: 5, count: 7 }), Ok((7 * 301, 7 * each)));
    assert_eq!(twice.delivery_bytes(), each);
}

#[test]
fn programs_that_mislead() {
    let (outputs, leaves) =
        (Wanted::Outputs { first: 0, count: 1 }, |tensor| Wanted::Leaves { shard: 0, tensor, first: 0 });
    let cases = [
        ("two outputs in one slot", changed(|_, tensors| *slot(&mut tensors[3]) = 0), outputs, Malformed::Counts),
        ("a slot past the end", changed(|_, tensors| *slot(&mut tensors[3]) = 2), outputs, Malformed::Counts),
        (
            "a slot that has the turns of one",
            changed(|_, tensors| *slot(&mut tensors[3]) = 3),
            leaves(3),
            Malformed::Counts,
        ),
        (
            "an output that is an input",
            changed(|header, _| header.outputs[0].0 = 0),
            outputs,
            Malformed::NotDrawn { tensor: 0 },
        ),
        // Four tensors: in two turns 6 is 2 and 7 is 3. The descriptor shown is the last one.
        ("a tensor that has the turns of one", tall::program(), leaves(7), Malformed::Counts),
        ("another tensor's descriptor", tall::program(), leaves(6), Malformed::Counts),
        ("the first that is not there", tall::program(), leaves(4), Malformed::Counts),
    ];
    for (what, manifest, wanted, error) in cases {
        assert_eq!(found(&manifest, (0, 1), wanted), Err(error), "{what}");
    }
    let manifest = tall::program();
    let of = |tensor| locate(&manifest, &leaves(tensor));
    assert_eq!(
        located(&subject(&manifest, 0, 1), &leaves(2), &of(3)).map(|_| ()),
        Err(Malformed::Root { tree: "program" }),
        "another tensor's descriptor and place"
    );
    // One program's tensors are not another's.
    let other = changed(|header, _| header.cost += 1);
    assert_eq!(
        located(&subject(&other, 0, 1), &leaves(2), &of(2)).map(|_| ()),
        Err(Malformed::Root { tree: "program" })
    );
    // Ids and slots swapped: parts still come by slot.
    let swapped = changed(|_, tensors| (*slot(&mut tensors[2]), *slot(&mut tensors[3])) = (1, 0));
    assert_eq!(found(&swapped, (0, 1), outputs).map(|found| found.0), Ok(301));
    // Nothing tells the trees of committed tensors that are not there from others.
    let many = changed(|header, _| (header.tensors, header.committed) = (2_000, 1_000));
    let all = 2_000u32;
    let shown = [&many.header.encode()[..], &[5; 32]].concat();
    let about = Subject { program_id: many.header.program_id(&Digest([5; 32])), ..subject(&many, 0, 1) };
    for (depth, index, expected) in
        [(0, 0, true), (0, 1, false), (8, 0, true), (8, 249, true), (8, 250, false), (8, all, false)]
    {
        let wanted = Wanted::Tensors { shard: 0, depth, index };
        assert_eq!(located(&about, &wanted, &shown).is_ok(), expected, "{wanted}");
    }
}

#[test]
fn numbers_at_their_ends() {
    let manifest = tall::program();
    let all = (0, u64::MAX);
    let shards = |depth, index| Wanted::Shards { depth, index };
    for (depth, index, expected) in [
        (0, 0, Ok((1, 32 * 256))),
        // 64 levels below the root: shifted by 64, every index would be 0.
        (0, 1, Err(Malformed::Address)),
        (0, u64::MAX, Err(Malformed::Address)),
        (56, 0, Ok((1, 32 * 256))),
        (56, (1 << 56) - 1, Ok((1, 32 * 255))),
        (56, 1 << 56, Err(Malformed::Address)),
        (64, 0, Err(Malformed::Address)),
        (72, 0, Err(Malformed::Address)),
        (248, 0, Err(Malformed::Address)),
    ] {
        assert_eq!(found(&manifest, all, shards(depth, index)), expected, "{depth}/{index}");
    }
    // Of a power of two nothing is below the last level, nor beside it.
    assert_eq!(found(&manifest, (0, 256), shards(0, 0)), Ok((1, 32 * 256)));
    for index in [0, 1, 255] {
        assert_eq!(found(&manifest, (0, 256), shards(8, index)), Err(Malformed::Address));
    }
    assert_eq!(found(&manifest, (0, 257), shards(8, 128)), Ok((1, 32)));
    assert_eq!(found(&manifest, (0, 257), shards(8, 129)), Err(Malformed::Address));

    let outputs = |first, count| Wanted::Outputs { first, count };
    assert_eq!(found(&manifest, all, outputs(0, 1 << 32)), Ok((301 << 32, (32 + 4 + 32 + 1_200) << 32)));
    assert_eq!(
        found(&manifest, all, outputs(0, u64::MAX)),
        Err(Malformed::Address),
        "more parts than there are numbers"
    );
    let last = u64::MAX - 5;
    let leaves = |shard| Wanted::Leaves { shard, tensor: 2, first: 0 };
    for (wanted, expected) in [
        (outputs(last, 5), true),
        (outputs(last, 6), false),
        (outputs(u64::MAX, 1), false),
        (outputs(u64::MAX - 1, 1), true),
        (outputs(last - 1, 1), false),
        (leaves(u64::MAX - 1), true),
        (leaves(u64::MAX), false),
        (leaves(last - 1), false),
        (leaves(0), false),
    ] {
        assert_eq!(found(&manifest, (last, 5), wanted).is_ok(), expected, "{wanted}");
    }
    assert_eq!(found(&manifest, (0, 0), leaves(0)), Err(Malformed::Address), "an attestation of nothing");

    // What is sent bounds the work, whatever numbers are named.
    let statement =
        Statement { subject: subject(&manifest, 0, u64::MAX), root: Digest::default(), seed: Digest::default() };
    let wanted = outputs(0, 1 << 32);
    for (from, number) in
        [(0, &[1][..]), (301 << 32, &[1]), (u64::MAX, &[0xff, 0x1f]), (0, &[0x80, 0x20]), (0, &[0x81, 0x20])]
    {
        let answer = [&locate(&manifest, &wanted)[..], number].concat();
        let expected = if from == 0 && number != [0x81, 0x20] { Malformed::Truncated } else { Malformed::Counts };
        assert_eq!(revealed(&statement, &wanted, from, &answer).map(|_| ()), Err(expected), "{from} {number:?}");
    }
    let (wanted, digests) = (shards(56, (1 << 56) - 1), 32 * (255 + 56));
    assert_eq!(revealed(&statement, &wanted, 0, &vec![0; digests - 1]).map(|_| ()), Err(Malformed::Truncated));
    let root = Malformed::Root { tree: "trace" };
    assert_eq!(revealed(&statement, &wanted, 0, &vec![0; digests]).map(|_| ()), Err(root));
    assert_eq!(
        revealed(&statement, &wanted, 0, &vec![0; digests + 1]).map(|_| ()),
        Err(Malformed::Trailing { bytes: 1 })
    );
}
