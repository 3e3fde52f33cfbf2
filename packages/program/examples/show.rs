//! Compiles a `.tosa` file with a proposed plan and prints what `tequio program show` prints, and how long it took.
//! `cargo run --release -p tequio-program --example show -- program.tosa`; without a file, MobileNetV2 with made-up
//! weights.

use std::time::Instant;

use tequio_program::{Plan, Report, Row, compile, load, unplanned};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bytes = match std::env::args().nth(1) {
        Some(path) => std::fs::read(path)?,
        None => tequio_tosa::Program::mobilenet(1, 224).bytes(),
    };
    let start = Instant::now();
    let graph = load(&bytes)?;
    let loaded = start.elapsed();
    let plan = Plan::propose(&graph)?;
    let proposed = start.elapsed();
    let compiled = compile(&graph, &plan)?;
    let done = start.elapsed();
    drop(unplanned(&graph));
    let bare = start.elapsed() - done;
    let report = Report::new(&graph, &plan, &compiled);
    for row in &report.tensors {
        print(row);
    }
    for route in plan.scenarios.iter().flat_map(|scenario| &scenario.routes) {
        println!("route of {:?}: operand {}", route.name, route.operand);
    }
    println!("program_id {}", report.program_id);
    println!("inputs {:?} outputs {:?}", report.inputs, report.outputs);
    println!("cost {} per shard, committed {} B per shard", report.cost, report.committed_bytes);
    println!("gamma {}/2^32", report.gamma);
    println!("delta {}/2^32 = 1/{}", report.delta, (1u64 << 32).checked_div(report.delta.into()).unwrap_or(0));
    println!("opening <= {} B, reads <= {}, depth {}", report.opening_bytes, report.reads, report.depth);
    println!("load {loaded:?}, propose {:?}, compile {:?}", proposed - loaded, done - proposed);
    println!("to run only: load {loaded:?}, unplanned {bare:?}");
    Ok(())
}

fn print(row: &Row) {
    let layout = row.layout.map_or(String::new(), |(leaf, row)| format!("leaf {leaf} row {row}"));
    let committed = row.committed.as_ref().map_or(String::new(), |c| {
        format!("{} B, w {}, tickets {}, r {} s {}", c.bytes, c.weight, c.tickets, c.r, c.s)
    });
    println!("{:4} {:24} {:18} {:20} {:>10} {layout:20} {committed}", row.id, row.op, row.name, row.ty, row.cost);
}
