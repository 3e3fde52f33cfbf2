//! Plans as files, plans that don't fit, and that compiling is a function of file and plan.

use std::time::{Duration, Instant};

use tequio_program::{Graph, Misfit, Plan, Refused, Report, Route, compile, load};
use tequio_tosa::{Attribute, Conv, DType, Op, Program, conv};

fn graph() -> Graph {
    let mut p = Program::default();
    p.scalars();
    p.input("x", DType::INT8, &[2, 8, 8, 16]);
    p.layer(("x", [2, 8, 8, 16]), "a", conv(16, 3));
    p.layer(("a", [2, 8, 8, 16]), "b", conv(32, 3));
    p.output("b");
    load(&p.bytes()).unwrap()
}

fn misfit(spoil: impl Fn(&mut Plan)) -> Misfit {
    let graph = graph();
    let mut plan = Plan::plain(&graph).unwrap();
    spoil(&mut plan);
    match compile(&graph, &plan) {
        Err(Refused::Plan(misfit)) => misfit,
        other => panic!("{other:?}"),
    }
}

#[test]
fn json_round_trip() {
    let plan = Plan::plain(&graph()).unwrap();
    let read = Plan::from_json(&plan.to_json()).unwrap();
    assert_eq!(read, plan);
    assert_eq!(read.hash(), plan.hash());
}

#[test]
fn json_is_strict() {
    let json = Plan::plain(&graph()).unwrap().to_json();
    for bad in
        ["{}".to_owned(), json.replacen("\"compiler\"", "\"extra\": 1, \"compiler\"", 1), json.replacen('1', "1.5", 1)]
    {
        assert!(matches!(Plan::from_json(&bad), Err(Refused::Plan(Misfit::Json(_)))), "{bad}");
    }
}

#[test]
fn compiling_twice_gives_the_same_program() {
    let (graph, again) = (graph(), graph());
    let (plan, plan_again) = (Plan::propose(&graph).unwrap(), Plan::propose(&again).unwrap());
    let (one, other) = (compile(&graph, &plan).unwrap(), compile(&again, &plan_again).unwrap());
    assert_eq!(one.manifest.program_id(), other.manifest.program_id());
    assert_eq!(one.manifest.header.plan, plan.hash());
    assert_eq!(Report::new(&graph, &plan, &one), Report::new(&again, &plan_again, &other));
}

/// Drift shows here: what compiler version 3 makes of it.
#[test]
fn a_deep_network_stays_the_same_program() {
    let pinned = [
        (1, 32, "7abea6a534be607dfd4bb282848c48a920f41be9577ecccdcccb8dd4024b033b"),
        (2, 64, "2e0636b73e750cfb4b4d2bfd3bbaf2396b49594efafafadef7089d63e19e2ba4"),
    ];
    for (batch, side, id) in pinned {
        let graph = load(&Program::mobilenet(batch, side).bytes()).unwrap();
        let plan = Plan::propose(&graph).unwrap();
        let compiled = compile(&graph, &plan).unwrap();
        assert_eq!(Report::new(&graph, &plan, &compiled).program_id, id, "{batch} images of {side}");
    }
}

/// What a search for it is worth: a check may compute several layers, so that fewer and narrower ones are committed.
#[test]
fn a_plan_is_searched_for() {
    let graph = load(&Program::mobilenet(1, 224).bytes()).unwrap();
    let [plain, searched] = [Plan::plain, Plan::propose].map(|plan| {
        let plan = plan(&graph).unwrap();
        Report::new(&graph, &plan, &compile(&graph, &plan).unwrap())
    });
    assert!(searched.committed_bytes * 6 < plain.committed_bytes, "{}", searched.committed_bytes);
    assert!(searched.delta / 3 > plain.delta && searched.delta >> 24 >= 5, "{}", searched.delta);
    assert!(searched.opening_bytes < 40 << 10 && searched.reads < 1 << 20);
}

/// It takes some tenths of a second; passing its cost back element by element took seconds.
#[test]
fn a_deep_network_is_planned_soon() {
    let graph = load(&Program::mobilenet(1, 224).bytes()).unwrap();
    let begun = Instant::now();
    Plan::propose(&graph).unwrap();
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(10), "{took:?}");
}

/// A draw falls on all elements of a tensor alike, and what is said in a bit is guessed as often as not.
#[test]
fn layers_stay_committed_where_what_follows_would_not_tell() {
    let shape = [1, 8, 8, 16];
    let committed = |build: &dyn Fn(&mut Program)| {
        let mut p = Program::default();
        p.scalars();
        p.input("x", DType::INT8, &shape);
        p.layer(("x", shape), "a", conv(16, 1));
        build(&mut p);
        let plan = Plan::propose(&load(&p.bytes()).unwrap()).unwrap();
        plan.committed.into_iter().map(|commit| commit.name).collect::<Vec<_>>()
    };
    let merged = committed(&|p| {
        p.layer(("a", shape), "b", conv(16, 1));
        p.output("b");
    });
    assert_eq!(merged, ["b"]);
    let beside = committed(&|p| {
        p.op(Op::CONCAT, Attribute::Axis(3), &["a", "x"], ("both", DType::INT8, &[1, 8, 8, 32]));
        p.layer(("both", [1, 8, 8, 32]), "b", conv(16, 1));
        p.output("b");
    });
    assert!(beside.contains(&"a".to_owned()), "{beside:?}");
    let reduced = committed(&|p| {
        p.op(Op::ARGMAX, Attribute::Axis(3), &["a"], ("class", DType::INT32, &[1, 8, 8]));
        p.output("class");
    });
    assert_eq!(reduced, ["a", "class"]);
    let around = |pad: i64| {
        move |p: &mut Program| {
            let length = 8 + 2 * pad as i32;
            p.shape("margin", &[0, 0, pad, pad, pad, pad, 0, 0]);
            let wide = [1, length, length, 16];
            p.op(Op::PAD, Attribute::None, &["a", "margin", "zero8"], ("wide", DType::INT8, &wide));
            p.layer(("wide", wide), "b", Conv { pad: [0; 2], ..conv(16, 3) });
            p.output("b");
        }
    };
    assert_eq!(committed(&around(1)), ["b"]);
    assert!(committed(&around(4)).contains(&"a".to_owned()));
}

#[test]
fn every_number_of_a_plan_is_in_its_hash_and_in_the_program() {
    let graph = graph();
    let plan = Plan::plain(&graph).unwrap();
    let id = compile(&graph, &plan).unwrap().manifest.program_id();
    let spoils: [fn(&mut Plan); 5] = [
        |plan| plan.scenarios[0].rates[0] += 1,
        |plan| plan.gamma += 1,
        |plan| plan.committed[1].s += 1,
        |plan| plan.given[0].leaf_log2 ^= 1,
        |plan| plan.committed[0].row /= 2,
    ];
    for spoil in spoils {
        let mut other = plan.clone();
        spoil(&mut other);
        assert_ne!(other.hash(), plan.hash());
        assert_ne!(compile(&graph, &other).unwrap().manifest.program_id(), id);
    }
}

#[test]
fn names_and_layouts() {
    let graph = graph();
    let plan = Plan::plain(&graph).unwrap();
    let compiled = compile(&graph, &plan).unwrap();
    assert_eq!((graph.input_names(), graph.output_names()), (vec!["x"], vec!["b"]));
    assert_eq!(graph.tensors().len(), compiled.manifest.header.tensors as usize);
    assert_eq!(compiled.manifest.constants.len(), graph.tensors().len());
    let report = Report::new(&graph, &plan, &compiled);
    assert_eq!(report.committed_bytes, 2 * 8 * 8 * (16 + 32));
    assert_eq!(report.tensors.iter().map(|row| row.cost).sum::<u64>(), report.cost);
}

#[test]
fn misfits() {
    assert_eq!(misfit(|plan| plan.compiler = 9), Misfit::Compiler { found: 9, wanted: 3 });
    assert!(matches!(misfit(|plan| plan.given[0].name = "y".into()), Misfit::Name { tensor: 0, .. }));
    let list = |list, at| Misfit::List { list, at };
    assert_eq!(misfit(|plan| plan.given.truncate(1)), list("given", 1));
    assert_eq!(misfit(|plan| plan.given.swap(0, 1)), list("given", 0));
    assert_eq!(misfit(|plan| plan.given.push(plan.given[0].clone())), list("given", 5));
    assert_eq!(misfit(|plan| plan.committed[0].tensor = 1 << 20), list("committed", 0));
    assert_eq!(misfit(|plan| plan.committed.swap(0, 1)), list("committed", 1));
    assert_eq!(misfit(|plan| plan.committed.truncate(1)), Misfit::Output { tensor: "b".into() });
    assert!(matches!(misfit(|plan| plan.committed[0].row = 7), Misfit::Layout { row: 7, .. }));
    assert!(matches!(misfit(|plan| plan.given[0].leaf_log2 = 5), Misfit::Layout { leaf_log2: 5, .. }));
    assert!(matches!(misfit(|plan| plan.committed[0].s = 61_441), Misfit::Rate { s: 61_441, .. }));
    assert_eq!(misfit(|plan| plan.gamma = 65_537), Misfit::Gamma { gamma: 65_537 });
    assert_eq!(misfit(|plan| plan.job.push(1)), list("job", 0));
    assert_eq!(misfit(|plan| plan.job.push(0)), Misfit::Scenario { at: 1 });
    assert_eq!(misfit(|plan| plan.scenarios.clear()), Misfit::Scenario { at: 0 });
    assert_eq!(misfit(|plan| plan.scenarios.push(plan.scenarios[0].clone())), Misfit::Scenario { at: 1 });
    assert_eq!(misfit(|plan| plan.scenarios[0].differs.clear()), Misfit::Scenario { at: 0 });
    assert_eq!(misfit(|plan| plan.scenarios[0].rates.truncate(1)), Misfit::Scenario { at: 0 });
    assert_eq!(misfit(|plan| plan.scenarios[0].shared = vec![3, 3]), list("shared", 1));
    for operand in [0, 1, 9] {
        let route = |plan: &mut Plan| {
            let commit = &plan.committed[0];
            plan.scenarios[0].routes.push(Route { tensor: commit.tensor, name: commit.name.clone(), operand });
        };
        assert!(matches!(misfit(route), Misfit::Route { .. }));
    }
}

/// Three layers merged into one check read more than they may.
#[test]
fn a_plan_that_commits_too_little_is_refused() {
    let mut p = Program::default();
    p.scalars();
    let shape = [1, 8, 8, 64];
    p.input("x", DType::INT8, &shape);
    p.layer(("x", shape), "a", conv(64, 3));
    p.layer(("a", shape), "b", conv(64, 3));
    p.layer(("b", shape), "c", conv(64, 3));
    p.output("c");
    let graph = load(&p.bytes()).unwrap();
    let mut plan = Plan::plain(&graph).unwrap();
    assert!(compile(&graph, &plan).is_ok());
    plan.committed.drain(..2);
    plan.scenarios[0].rates.drain(..2);
    let refused = compile(&graph, &plan).unwrap_err();
    assert!(matches!(refused, Refused::Check { what: "reads" | "bytes of leaves", .. }), "{refused}");
}
