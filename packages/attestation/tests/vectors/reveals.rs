//! What can be asked of commitments: every address answers for itself and for no other.

use std::collections::BTreeMap;

use tequio_attestation::{
    Digest, LEAVES, Malformed, Manifest, OUTPUT_LEAVES, Outcome, Position, Statement, Wanted, located, refute, reveal,
    revealed, touched_shards,
};
use tequio_tensor::{DType, Op};

use crate::{
    layers,
    program::{Builder, Run},
};

/// Two outputs, one of 600 leaves.
fn wide() -> Manifest {
    let mut b = Builder::default();
    let image = b.input(DType::I8, &[1, 300, 128], 6, 128);
    let clamp = Op::Clamp { min: -100, max: 100 };
    let wide = b.committed(clamp, &[image], DType::I8, &[1, 300, 128], (6, 128), (0, 0x7fff_ffff));
    let narrow =
        b.committed(Op::ReduceMax { axis: 2 }, &[wide], DType::I8, &[1, 300, 1], (6, 300), (0x8000_0000, u32::MAX));
    b.finish(&[wide, narrow])
}

fn inputs(shards: usize) -> Vec<Vec<Vec<u8>>> {
    let pixel = |shard: usize, at: usize| ((at * 7 + at / 64 * 5 + shard * 13) % (at / 128 % 90 + 20)) as u8;
    let pixels = |shard: usize| (0..300 * 128).map(|at| pixel(shard, at)).collect();
    (0..shards).map(|shard| vec![pixels(shard)]).collect()
}

fn statement(run: &Run) -> Statement {
    run.statement(Digest::default(), 1)
}

/// Every address of a program of a few tensors.
fn all(run: &Run, statement: &Statement, tensors: &[u32]) -> Vec<Wanted> {
    let (first, count) = (statement.subject.first_shard, statement.subject.count);
    let mut asked = vec![];
    for depth in 0..=32 {
        for index in 0..40 {
            asked.push(Wanted::Shards { depth, index });
            for shard in first.saturating_sub(1)..=first + count {
                asked.push(Wanted::Tensors { shard, depth, index: index as u32 });
                for &tensor in tensors {
                    asked.push(Wanted::Nodes { shard, tensor, depth, index: index as u32 });
                    let first = u32::from(depth) * 40 + index as u32;
                    asked.push(Wanted::Leaves { shard, tensor, first });
                }
            }
        }
    }
    asked.extend((0..=count + 1).map(|count| Wanted::Outputs { first, count }));
    asked.retain(|wanted| located(&statement.subject, wanted, &run.locate(wanted)).is_ok());
    asked
}

#[test]
fn an_answer_is_of_one_address() {
    let run = Run::new(layers::program(), layers::inputs(), (2, 3), |_, _| {});
    let statement = statement(&run);
    let tensors: Vec<u32> = (0..7).map(|slot| run.committed(slot).0).collect();
    let asked = all(&run, &statement, &tensors);
    // The tree over shards; of three shards: the tree over tensors, trees of more than one leaf, leaves; outputs.
    let count = |of: fn(&Wanted) -> bool| asked.iter().filter(|wanted| of(wanted)).count();
    assert_eq!(count(|wanted| matches!(wanted, Wanted::Shards { .. })), 1);
    assert_eq!(count(|wanted| matches!(wanted, Wanted::Tensors { .. })), 3);
    assert_eq!(count(|wanted| matches!(wanted, Wanted::Outputs { .. })), 3);
    assert!(count(|wanted| matches!(wanted, Wanted::Leaves { .. })) >= 7 * 3);
    let answers: Vec<_> = asked.iter().map(|wanted| run.reveal(&statement, wanted, 0, usize::MAX).unwrap()).collect();
    for (at, wanted) in asked.iter().enumerate() {
        for (other, answer) in answers.iter().enumerate() {
            let found = revealed(&statement, wanted, 0, answer);
            // The outputs of fewer shards are the first part of those of more.
            let part = matches!((wanted, asked[other]), (Wanted::Outputs { count, .. }, Wanted::Outputs { count: fewer, .. }) if fewer < *count);
            assert_eq!(found.is_ok(), at == other || part, "{} answered with {}", wanted, asked[other]);
        }
        let good = &answers[at];
        for byte in 0..good.len() {
            let mut bad = good.clone();
            bad[byte] ^= 1;
            assert!(revealed(&statement, wanted, 0, &bad).is_err(), "{wanted}: byte {byte}");
        }
        assert!(revealed(&statement, wanted, 0, &good[..good.len() - 1]).is_err());
        assert!(revealed(&statement, wanted, 0, &[&good[..], &[0]].concat()).is_err());
        assert_eq!(wanted.to_string().parse(), Ok(*wanted));
    }
}

/// What is no address has its error, and never an answer.
#[test]
fn nothing_lies_elsewhere() {
    let run = Run::new(wide(), inputs(5), (1, 3), |_, _| {});
    let statement = statement(&run);
    let tensor = run.committed(0).0;
    let address = Err(Malformed::Address);
    for (wanted, expected) in [
        (Wanted::Shards { depth: 1, index: 0 }, address.clone()),
        (Wanted::Shards { depth: 8, index: 0 }, address.clone()),
        (Wanted::Shards { depth: 0, index: 1 }, address.clone()),
        (Wanted::Tensors { shard: 0, depth: 0, index: 0 }, address.clone()),
        (Wanted::Tensors { shard: 4, depth: 0, index: 0 }, address.clone()),
        (Wanted::Tensors { shard: u64::MAX, depth: 0, index: 0 }, address.clone()),
        (Wanted::Tensors { shard: 1, depth: 0, index: 1 }, address.clone()),
        (Wanted::Nodes { shard: 1, tensor, depth: 4, index: 0 }, address.clone()),
        (Wanted::Nodes { shard: 1, tensor, depth: 8, index: 150 }, address.clone()),
        (Wanted::Nodes { shard: 1, tensor, depth: 8, index: u32::MAX }, address.clone()),
        (Wanted::Nodes { shard: 1, tensor, depth: 255, index: 0 }, address.clone()),
        (Wanted::Nodes { shard: 1, tensor: 0, depth: 0, index: 0 }, Err(Malformed::NotDrawn { tensor: 0 })),
        (Wanted::Leaves { shard: 1, tensor, first: 1 }, address.clone()),
        (Wanted::Leaves { shard: 1, tensor, first: 608 }, address.clone()),
        (Wanted::Leaves { shard: 1, tensor, first: u32::MAX }, address.clone()),
        (Wanted::Outputs { first: 1, count: 0 }, address.clone()),
        (Wanted::Outputs { first: 1, count: 4 }, address.clone()),
        (Wanted::Outputs { first: 0, count: 1 }, address.clone()),
        (Wanted::Outputs { first: 1, count: u64::MAX }, address),
    ] {
        let found = located(&statement.subject, &wanted, &run.locate(&wanted)).map(|_| ());
        assert_eq!(found, expected, "{wanted}");
        assert!(run.reveal(&statement, &wanted, 0, usize::MAX).is_err(), "{wanted}");
    }
    // A tensor that is not there cannot even be shown.
    let wanted = Wanted::Leaves { shard: 1, tensor: 99, first: 0 };
    assert!(located(&statement.subject, &wanted, &run.locate(&wanted)).is_err());
    for text in ["", "shards", "shards/0", "shards/0/0/0", "shards/+0/0", "shards/00/0", "trees/0/0", "leaves/1/2/-3"] {
        assert!(text.parse::<Wanted>().is_err(), "{text:?}");
    }
}

#[test]
fn outputs_come_in_parts() {
    let run = Run::new(wide(), inputs(5), (1, 3), |_, _| {});
    let statement = statement(&run);
    let wanted = Wanted::Outputs { first: 2, count: 2 };
    let parts = located(&statement.subject, &wanted, &run.locate(&wanted)).unwrap().parts;
    assert_eq!(parts, 2 * (600 + 5));
    for bytes in [0, 3_000, 100_000, usize::MAX] {
        let (mut from, mut shown, mut messages) = (0, [vec![], vec![]], 0);
        while from < parts {
            let answer = run.reveal(&statement, &wanted, from, bytes).unwrap();
            for other in [from.wrapping_sub(1), from + 1, u64::MAX] {
                assert!(revealed(&statement, &wanted, other, &answer).is_err(), "{other} answered with {from}");
            }
            let found = revealed(&statement, &wanted, from, &answer).unwrap();
            for leaf in &found.leaves {
                shown[usize::from(leaf.tensor == run.committed(1).0)].extend_from_slice(leaf.payload);
            }
            assert!(found.parts > from);
            (from, messages) = (found.parts, messages + 1);
        }
        let whole = |slot: usize| [1, 2].map(|shard| run.trace(shard).slots[slot].clone()).concat();
        assert_eq!(shown, [whole(0), whole(1)], "{bytes}");
        assert_eq!(messages == 1, bytes > 100_000, "{messages}");
    }
    assert!(parts < OUTPUT_LEAVES);
}

/// From nothing but the inputs, four answers lead to the element that refutes.
#[test]
fn a_walk_refutes() {
    let element = 301 * 64 + 5;
    let lazy = Run::new(wide(), inputs(300), (10, 280), |shard, trace| {
        if shard == 77 {
            trace.slots[0][element] ^= 1;
        }
    });
    let honest = Run::new(wide(), inputs(300), (10, 280), |_, _| {});
    let (theirs, ours) = (statement(&lazy), statement(&honest));
    let (shard, tensor) = (87, lazy.committed(0).0);
    let walk = [
        Wanted::Tensors { shard, depth: 0, index: 0 },
        Wanted::Nodes { shard, tensor, depth: 0, index: 0 },
        Wanted::Nodes { shard, tensor, depth: 8, index: 301 / 4 },
        Wanted::Leaves { shard, tensor, first: 301 / LEAVES * LEAVES },
    ];
    let (mut instead, mut trace) = (BTreeMap::new(), honest.trace(77).clone());
    for wanted in walk {
        let answer = lazy.reveal(&theirs, &wanted, 0, usize::MAX).unwrap();
        let other = honest.reveal(&ours, &wanted, 0, usize::MAX).unwrap();
        assert_ne!(answer, other, "{wanted}");
        let found = revealed(&theirs, &wanted, 0, &answer).unwrap();
        let bytes = located(&theirs.subject, &wanted, &lazy.locate(&wanted)).unwrap().bytes as usize;
        assert!(answer.len() <= bytes + 600, "{wanted}: {} of {bytes}", answer.len());
        instead.extend(found.known());
        for leaf in found.leaves {
            let from = leaf.element as usize;
            trace.slots[0][from..from + leaf.payload.len()].copy_from_slice(leaf.payload);
        }
    }
    assert_eq!(trace, *lazy.trace(77));
    let position = Position { shard: 77, element: element as u32 };
    let opening = honest.show_instead(&theirs, lazy.committed(0), position, trace, &instead);
    assert_eq!(opening, lazy.show(&theirs, lazy.committed(0), position), "one string of bytes opens an element");
    assert!(matches!(refute(&theirs, position, &opening), Ok(Outcome::Disagreed(_))));
}

/// Only shards of which something is asked for, and none for the tree over shards, whose leaves are kept.
#[test]
fn what_must_be_run_again() {
    let run = Run::new(wide(), inputs(5), (1, 3), |_, _| {});
    let (statement, tensor) = (statement(&run), run.committed(0).0);
    let outputs = Wanted::Outputs { first: 2, count: 2 };
    // 605 leaves of a shard, each 64 bytes and a digest.
    for (wanted, from, bytes, shard, touched) in [
        (Wanted::Shards { depth: 0, index: 0 }, 0, usize::MAX, None, &[][..]),
        (Wanted::Tensors { shard: 3, depth: 0, index: 0 }, 0, usize::MAX, Some(3), &[2]),
        (Wanted::Nodes { shard: 3, tensor, depth: 8, index: 5 }, 0, usize::MAX, Some(3), &[2]),
        (Wanted::Leaves { shard: 1, tensor, first: 0 }, 0, usize::MAX, Some(1), &[0]),
        (outputs, 0, usize::MAX, None, &[1, 2]),
        (outputs, 0, 605 * 96, None, &[1]),
        (outputs, 604, 2 * 96, None, &[1, 2]),
        (outputs, 605, usize::MAX, None, &[2]),
    ] {
        assert_eq!(wanted.shard(), shard, "{wanted}");
        let found = touched_shards(&statement.subject, run.manifest(), &wanted, from, bytes).unwrap();
        assert_eq!(found.into_iter().collect::<Vec<_>>(), touched, "{wanted} from {from}");
        let answer = run.with_traces(touched, |evidence| reveal(&statement, evidence, &wanted, from, bytes)).unwrap();
        assert_eq!(answer, run.reveal(&statement, &wanted, from, bytes).unwrap(), "{wanted}");
    }
}
