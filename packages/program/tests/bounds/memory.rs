//! What a check takes of a chain's 32 MiB, in the worst programs that the limits admit.

use tequio_attestation::check;
use tequio_program::{Compiled, Plan, Refused, compile};

use super::{
    allocated::most_allocated,
    call,
    evidence::Run,
    worst::{Worst, plan},
};

/// Bytes that a check may allocate.
const LIMIT: usize = 16 << 20;

fn compiled(worst: Worst) -> Result<Compiled, Refused> {
    let graph = worst.graph();
    compile(&graph, &plan(&graph))
}

/// Opens an element of the output and checks it.
fn within(name: &str, worst: Worst) {
    let manifest = compiled(worst).unwrap().manifest;
    let run = Run::new(&manifest);
    let statement = run.drawing(manifest.header.outputs[0]);
    let opening = run.open(&statement, 0);
    let (checked, most) = most_allocated(|| check(&statement, 0, &opening));
    println!(
        "{name}: {} tensors, {} reads, opening {} bytes, memory {most} bytes",
        manifest.tensors.len(),
        manifest.header.reads,
        opening.len()
    );
    checked.unwrap();
    assert!(most <= LIMIT, "{name}: {most} bytes");
    call::keep(name, &statement, &opening);
}

#[test]
fn a_check_of_what_the_limits_admit_stays_below_16_mib() {
    within("deep chain", Worst::new().chain(740, 88));
    within("wide chain", Worst::new().chain(16_000, 4));
    within("wide chain, one more than half full", Worst::new().chain(8_193, 7));
    within("two columns", Worst::new().column(32_760, 2));
    within("seven columns, one more than half full", Worst::new().column(8_193, 7));
    within("leaves of a byte", Worst::new().dust(7_000, 1).dust(7_000, 1));
    within("leaves with gaps", Worst::new().dust(3_600, 2).dust(3_600, 2));
    within("many tensors", Worst::new().crowd(86));
    within("call stack", Worst::new().stack(94));
    within("all at once", Worst::new().column(8_193, 6).chain(150, 80).dust(2_100, 2).crowd(50).stack(80));
}

/// What a runner puts into one message, at most.
const PART: usize = 64 << 10;

/// A leaf of one byte takes a hundred bytes of memory: draws count by their bytes.
#[test]
fn a_check_of_many_draws_stays_below_16_mib() {
    for taps in [200, 1_000, 3_000, 7_000] {
        let manifest = compiled(Worst::new().dust(taps, 1).dust(taps, 1)).unwrap().manifest;
        let run = Run::new(&manifest);
        let statement = run.statement(64);
        let opening = (1..=64).map(|to| run.open_all(&statement, 0..to)).take_while(|opening| opening.len() <= PART);
        let opening = opening.last().unwrap();
        let (checked, most) = most_allocated(|| check(&statement, 0, &opening));
        println!("{taps} taps: opening {} bytes, memory {most} bytes", opening.len());
        checked.unwrap();
        assert!(most <= LIMIT, "{taps} taps: {most} bytes");
    }
}

/// What one draw keeps is gone before the next: else so short an opening takes 64 MiB, and nobody could open.
#[test]
fn a_check_of_draws_that_keep_much_stays_below_16_mib() {
    let manifest = compiled(Worst::new().repeats(16, 16_000, 4)).unwrap().manifest;
    let run = Run::new(&manifest);
    let statement = run.statement(64);
    let opening = run.open_all(&statement, 0..64);
    let (checked, most) = most_allocated(|| check(&statement, 0, &opening));
    println!("64 draws: opening {} bytes, memory {most} bytes", opening.len());
    checked.unwrap();
    assert!(most <= LIMIT, "{most} bytes");
    call::keep("many wide draws", &statement, &opening);
}

/// It once took more than 32 MiB.
#[test]
fn a_chain_that_keeps_too_much_is_refused() {
    let refused = compiled(Worst::new().chain(12_000, 42)).unwrap_err();
    println!("{refused}");
    assert!(matches!(refused, Refused::Check { what: "virtual elements", limit: 65_536, .. }), "{refused}");
}

/// What is proposed for it commits to a link on the way.
#[test]
fn a_plan_is_proposed_for_a_chain_that_keeps_too_much() {
    let graph = Worst::new().chain(12_000, 42).graph();
    let manifest = compile(&graph, &Plan::propose(&graph).unwrap()).unwrap().manifest;
    assert!(manifest.committed().len() > 1);
}
