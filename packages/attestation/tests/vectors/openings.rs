use serde_json::{Value, json};
use tequio_attestation::{
    Digest, Malformed, Mismatch, Outcome, Position, Statement, check, drawn_shards, hash::tagged, refute,
};

use crate::{
    choice,
    golden::{golden, hex},
    job, layers,
    program::Run,
    small,
};

#[test]
fn a_small_program() {
    let honest = Run::new(small::program(), small::inputs(), (1, 3), |_, _| {});
    let statement = honest.statement(Digest([3; 32]), 4);
    let mut cases = vec![
        case("all draws", &statement, 0, honest.open(&statement, 0, 4)),
        case("the first draw", &statement, 0, honest.open(&statement, 0, 1)),
        case("the others", &statement, 1, honest.open(&statement, 1, 4)),
    ];
    cases.extend(spoiled(&statement, &honest.open(&statement, 0, 4)));

    let lazy = Run::new(small::program(), small::inputs(), (1, 3), |_, trace| trace.slots[0].fill(0));
    let false_statement = lazy.statement(Digest([3; 32]), 4);
    let opening = lazy.open(&false_statement, 0, 4);
    assert!(matches!(check(&false_statement, 0, &opening), Ok(Outcome::Disagreed(_))));
    golden(
        "opening-small",
        &json!({
            "program": honest.describe(),
            "attestations": [
                { "what": "an honest provider", "statement": describe(&statement), "cases": cases },
                {
                    "what": "the wide tensor is zeros",
                    "statement": describe(&false_statement),
                    "cases": [case("all draws", &false_statement, 0, opening)],
                },
            ],
        }),
    );
}

#[test]
fn inputs_of_both_scopes() {
    let run = Run::new(job::program(), job::inputs(), (2, 3), |_, _| {});
    let all = run.statement(Digest([7; 32]), 12);
    let mut attestations = vec![json!({
        "what": "an honest provider",
        "statement": describe(&all),
        "cases": [case("all draws", &all, 0, run.open(&all, 0, 12))],
    })];
    for number in 0..12u8 {
        let statement = run.statement(tagged("one draw", &[&[number]]), 1);
        let opening = run.open(&statement, 0, 1);
        assert_eq!(check(&statement, 0, &opening), Ok(Outcome::Agreed { draws: 1 }), "{number}");
        attestations.push(json!({
            "what": "one draw",
            "statement": describe(&statement),
            "cases": [case("all draws", &statement, 0, opening)],
        }));
    }
    golden("opening-job", &json!({ "program": run.describe(), "attestations": attestations }));
}

/// The root of a constant of which no leaf is read stands in the opening for itself.
#[test]
fn constants_that_are_not_read() {
    let run = Run::new(choice::program(), choice::inputs(), (0, 3), |_, _| {});
    let mut attestations = vec![];
    for number in 0..6u8 {
        let statement = run.statement(tagged("one draw", &[&[number]]), 1);
        let opening = run.open(&statement, 0, 1);
        assert_eq!(check(&statement, 0, &opening), Ok(Outcome::Agreed { draws: 1 }), "{number}");
        for at in 0..opening.len() {
            let mut other = opening.clone();
            other[at] ^= 1 << (at % 8);
            assert!(check(&statement, 0, &other).is_err(), "byte {at}");
        }
        let cases = [case("the draw", &statement, 0, opening)];
        attestations.push(json!({ "what": "one draw", "statement": describe(&statement), "cases": cases }));
    }
    let both: std::collections::BTreeSet<u8> = (0..6u8)
        .map(|number| {
            let draw = run.statement(tagged("one draw", &[&[number]]), 1).draw(0);
            choice::inputs()[draw.shard as usize][0][draw.element(40) as usize]
        })
        .collect();
    assert_eq!(both.len(), 2, "draws of either side");
    golden("opening-choice", &json!({ "program": run.describe(), "attestations": attestations }));
}

/// One element that somebody chose, of a tensor that is right and of one that is wrong.
#[test]
fn refutations() {
    let honest = Run::new(small::program(), small::inputs(), (1, 3), |_, _| {});
    let lazy = Run::new(small::program(), small::inputs(), (1, 3), |shard, trace| {
        if shard == 1 {
            trace.slots[0][0] ^= 1;
        }
    });
    let of = |run: &Run, what: &str| {
        let statement = run.statement(Digest([3; 32]), 4);
        let tensor = run.committed(0);
        let mut cases = vec![];
        for (shard, element) in [(0, 0), (1, 0), (1, 1), (2, 5)] {
            let position = Position { shard, element };
            let opening = run.show(&statement, tensor, position);
            cases.push(refutation("an element", &statement, position, opening));
        }
        let position = Position { shard: 1, element: 0 };
        let good = run.show(&statement, tensor, position);
        let drawn = crate::small::program().header.encode().len();
        let edited = |at: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[at] = byte;
            bytes
        };
        let refused = [
            ("of another element", Position { element: 90, ..position }, good.clone()),
            ("of another shard", Position { shard: 2, ..position }, good.clone()),
            ("of a shard that it does not cover", Position { shard: 3, ..position }, good.clone()),
            ("of an element that is not there", Position { element: u32::MAX, ..position }, good.clone()),
            ("of two elements", position, edited(drawn, 2)),
            ("of none", position, edited(drawn, 0)),
            ("of an input", position, edited(drawn + 1, 0)),
            ("cut off", position, good[..good.len() - 1].to_vec()),
            ("with a byte too many", position, [&good[..], &[0]].concat()),
        ];
        for (what, position, bytes) in refused {
            let case = refutation(what, &statement, position, bytes);
            assert!(case["outcome"]["refused"].is_string(), "{what}: {case}");
            cases.push(case);
        }
        json!({ "what": what, "statement": describe(&statement), "cases": cases })
    };
    let attestations = [of(&honest, "an honest provider"), of(&lazy, "one element of the second shard is wrong")];
    assert!(attestations[1]["cases"][1]["outcome"]["disagreed"].is_object());
    golden("refutation", &json!({ "program": honest.describe(), "attestations": attestations }));
}

fn refutation(what: &str, statement: &Statement, position: Position, opening: Vec<u8>) -> Value {
    let outcome = outcome(refute(statement, position, &opening));
    let Position { shard, element } = position;
    json!({ "what": what, "shard": shard, "element": element, "opening": hex(opening), "outcome": outcome })
}

/// A value of the job that differs between shards has no opening.
#[test]
fn inputs_of_the_job_are_the_same_for_all_shards() {
    let run = Run::new(job::program(), job::inputs(), (2, 3), |_, _| {});
    let mut others = job::inputs();
    others[0][2][0] ^= 1;
    let other = Run::new(job::program(), others, (2, 3), |_, _| {});
    let statement = run.statement(Digest([7; 32]), 12);
    let opening = other.open(&other.statement(Digest([7; 32]), 12), 0, 12);
    assert!(check(&statement, 0, &opening).is_err());
}

#[test]
fn layers_of_many_ops() {
    let run = Run::new(layers::program(), layers::inputs(), (2, 3), |_, _| {});
    for number in 0..200 {
        let statement = run.statement(tagged("seed", &[&[number]]), 9);
        let opening = run.open(&statement, 0, 9);
        assert_eq!(check(&statement, 0, &opening), Ok(Outcome::Agreed { draws: 9 }), "seed {number}");
    }
    let statement = run.statement(Digest([5; 32]), 24);
    let tensors: std::collections::BTreeSet<u32> = (0..24).map(|number| statement.draw(number).ticket >> 28).collect();
    assert!(tensors.len() > 8 && drawn_shards(&statement, 0..24).len() == 3, "{tensors:?}");

    let off_by_one = Run::new(layers::program(), layers::inputs(), (2, 3), |shard, trace| {
        if shard == 1 {
            trace.slots[3].chunks_mut(6).for_each(|word| word[0] = word[0].wrapping_add(1));
        }
    });
    let false_statement = off_by_one.statement(Digest([5; 32]), 24);
    let opening = off_by_one.open(&false_statement, 0, 24);
    assert!(matches!(check(&false_statement, 0, &opening), Ok(Outcome::Disagreed(_))));
    let mut attestations = vec![
        json!({
            "what": "an honest provider",
            "statement": describe(&statement),
            "cases": [case("all draws", &statement, 0, run.open(&statement, 0, 24))],
        }),
        json!({
            "what": "every product of the second shard is one too large",
            "statement": describe(&false_statement),
            "cases": [case("all draws", &false_statement, 0, opening)],
        }),
    ];
    attestations.extend((0..layers::TICKETS.len()).flat_map(|slot| single_draws(&run, slot)));
    golden("opening-layers", &json!({ "program": run.describe(), "attestations": attestations }));
}

/// Draws of the tensor in `slot`, each alone: nothing was read before, so the opening shows all that it needs. Two, and
/// eight of the one that reads one or the other operand, as values have it.
fn single_draws(run: &Run, slot: usize) -> Vec<Value> {
    let (first, last) = layers::TICKETS[slot];
    let statements = (0..=u8::MAX).map(|number| run.statement(tagged("one draw", &[&[number]]), 1));
    let drawn = statements.filter(|statement| (first..=last).contains(&statement.draw(0).ticket));
    let described = |statement: Statement| {
        json!({
            "what": format!("one draw of slot {slot}"),
            "statement": describe(&statement),
            "cases": [case("all draws", &statement, 0, run.open(&statement, 0, 1))],
        })
    };
    drawn.take(if slot == layers::CHOOSES { 8 } else { 2 }).map(described).collect()
}

pub fn describe(statement: &Statement) -> Value {
    let subject = &statement.subject;
    json!({
        "program_id": hex(subject.program_id),
        "input_root": hex(subject.input_root),
        "first_shard": subject.first_shard,
        "count": subject.count,
        "draws": subject.draws,
        "root": hex(statement.root),
        "seed": hex(statement.seed),
    })
}

fn case(what: &str, statement: &Statement, opened: u32, opening: Vec<u8>) -> Value {
    let outcome = outcome(check(statement, opened, &opening));
    json!({ "what": what, "opened": opened, "opening": hex(opening), "outcome": outcome })
}

fn outcome(found: Result<Outcome, Malformed>) -> Value {
    match found {
        Ok(Outcome::Agreed { draws }) => json!({ "agreed": draws }),
        Ok(Outcome::Disagreed(Mismatch { draw, shard, tensor, element, claimed, computed })) => json!({
            "disagreed": {
                "draw": draw, "shard": shard, "tensor": tensor, "element": element,
                "claimed": claimed, "computed": computed,
            },
        }),
        Err(error) => json!({ "refused": error.to_string() }),
    }
}

/// An opening changed in one place: none of them opens anything.
fn spoiled(statement: &Statement, opening: &[u8]) -> Vec<Value> {
    let edited = |edit: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = opening.to_vec();
        edit(&mut bytes);
        bytes
    };
    let draws = crate::small::program().header.encode().len();
    let last = opening.len() - 1;
    let cases = [
        ("a byte cut off", 0, edited(&|bytes| bytes.truncate(last))),
        ("a byte too many", 0, edited(&|bytes| bytes.push(0))),
        ("an absent subtree's digest sent", 0, edited(&|bytes| bytes.extend([0; 32]))),
        ("no draws", 0, edited(&|bytes| bytes[draws] = 0)),
        ("more draws than there are", 0, edited(&|bytes| bytes[draws] = 5)),
        ("the number of draws in two bytes", 0, edited(&|bytes| drop(bytes.splice(draws..=draws, [0x84, 0])))),
        ("another tensor than the one drawn", 0, edited(&|bytes| bytes[draws + 1] ^= 1)),
        ("another δ", 0, edited(&|bytes| bytes[draws - 49] ^= 1)),
        ("another γ", 0, edited(&|bytes| bytes[draws - 45] ^= 1)),
        ("another sibling", 0, edited(&|bytes| bytes[last] ^= 1)),
        ("draws that were opened before", 1, opening.to_vec()),
        ("after all draws are opened", 4, opening.to_vec()),
    ];
    let refused: Vec<Value> =
        cases.into_iter().map(|(what, opened, bytes)| case(what, statement, opened, bytes)).collect();
    assert!(refused.iter().all(|case| case["outcome"]["refused"].is_string()), "{refused:#?}");
    refused
}
