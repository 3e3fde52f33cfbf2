//! Small files that would take whoever plans or measures them minutes, or hours.

use std::time::{Duration, Instant};

use tequio_program::{Graph, Plan, Refused, compile, load};
use tequio_tosa::{Attribute, DType, Op, Program, conv, noise};

/// What planning any of these may take, optimised or not; each once took more, or is refused for what it would take.
const SOON: Duration = Duration::from_secs(60);

fn graph(build: impl FnOnce(&mut Program)) -> Graph {
    let mut p = Program::default();
    p.scalars();
    build(&mut p);
    load(&p.bytes()).unwrap()
}

fn soon<T>(run: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let result = run();
    println!("{:?}", begun.elapsed());
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    result
}

/// `links` ops one after the other, each of which also reads `other`.
fn chain(p: &mut Program, links: usize, other: Option<&str>) {
    let mut at = "x".to_owned();
    for link in 0..links {
        let to = format!("link{link}");
        let out = (to.as_str(), DType::INT32, &[1, 1][..]);
        match other {
            Some(other) => p.op(Op::BITWISE_XOR, Attribute::None, &[&at, other], out),
            None => p.op(Op::BITWISE_NOT, Attribute::None, &[&at], out),
        }
        at = to;
    }
    p.output(&at);
}

/// Once nearly every link was committed, one after the other.
#[test]
fn a_long_chain_is_cut_into_long_pieces() {
    let graph = graph(|p| {
        p.input("x", DType::INT32, &[1, 1]);
        chain(p, 10_000, None);
    });
    let plan = soon(|| Plan::propose(&graph)).unwrap();
    assert!(plan.committed.len() < 120, "{} committed", plan.committed.len());
    assert!(compile(&graph, &plan).is_ok());
}

/// Every link's check computes the same hundreds of tensors.
#[test]
fn checks_that_share_what_they_compute() {
    let graph = graph(|p| {
        let one = [1, 1];
        p.input("x", DType::INT32, &one);
        let mut ends = vec![];
        for strand in 0..10 {
            let mut at = "x".to_owned();
            for link in 0..90 {
                let to = format!("strand{strand}_{link}");
                p.op(Op::BITWISE_NOT, Attribute::None, &[&at], (&to, DType::INT32, &one));
                at = to;
            }
            ends.push(at);
        }
        let ends: Vec<&str> = ends.iter().map(String::as_str).collect();
        p.op(Op::CONCAT, Attribute::Axis(1), &ends, ("ends", DType::INT32, &[1, 10]));
        p.op(Op::REDUCE_SUM, Attribute::Axis(1), &["ends"], ("woven", DType::INT32, &one));
        chain(p, 40_000, Some("woven"));
    });
    match soon(|| Plan::propose(&graph)) {
        Ok(plan) => assert!(plan.committed.len() < 10_000, "{} committed", plan.committed.len()),
        Err(refused) => assert!(matches!(refused, Refused::TooMany { limit: 33_554_432, .. }), "{refused}"),
    }
}

/// 2³⁵ multiply-accumulates a shard.
#[test]
fn what_takes_too_long_to_run_is_not_measured() {
    let shape = [1, 32, 64, 4_096];
    let graph = graph(|p| {
        p.input("x", DType::INT8, &shape);
        p.layer(("x", shape), "y", conv(4_096, 1));
        p.output("y");
    });
    let plan = soon(|| Plan::propose(&graph)).unwrap();
    let bytes = graph.tensors()[0].ty.bytes();
    let shards: Vec<_> = (0..2).map(|shard| vec![noise(bytes + shard)[shard..].to_vec()]).collect();
    let refused = soon(|| plan.measured(&graph, &shards)).unwrap_err();
    println!("{refused}");
    assert!(matches!(refused, Refused::TooMany { limit: 68_719_476_736, .. }), "{refused}");
}

/// A known index names one row, however many there are.
#[test]
fn many_rows_that_known_indices_name() {
    let many = 70_000;
    let graph = graph(|p| {
        p.input("x", DType::INT8, &[1, many, 1]);
        let indices = (0..many).flat_map(|at| (at * 7 % many).to_le_bytes()).collect();
        p.constant("indices", DType::INT32, &[1, many], indices);
        p.op(Op::GATHER, Attribute::None, &["x", "indices"], ("y", DType::INT8, &[1, many, 1]));
        p.op(Op::BITWISE_NOT, Attribute::None, &["y"], ("z", DType::INT8, &[1, many, 1]));
        p.output("z");
    });
    let plan = soon(|| Plan::propose(&graph)).unwrap();
    assert!(compile(&graph, &plan).is_ok());
}
