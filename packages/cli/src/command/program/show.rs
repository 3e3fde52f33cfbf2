//! `tequio program show`.

use std::{collections::BTreeSet, fmt};

use anyhow::Result;
use comfy_table::Table;
use serde::Serialize;
use tequio_attestation::{Source, TensorId};
use tequio_program::Report;

use crate::{
    model::{Model, Named},
    output::table,
};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    program: Named,
}

/// Numbers of draws for which the lien is shown.
const DRAWS: [u32; 4] = [16, 32, 64, 128];
/// Margin and burned share that the lien is shown for: the least that governance may set.
const MARGIN: f64 = 2.0;
const BURNED: f64 = 0.8;

/// A program and what there is to say about it; every tensor is in the JSON.
#[derive(Serialize)]
#[serde(transparent)]
pub struct Shown {
    #[serde(skip)]
    model: Model,
    report: Report,
}

pub fn run(Args { program }: Args) -> Result<Shown> {
    Ok(Shown::new(program.read()?))
}

impl Shown {
    pub fn new(model: Model) -> Self {
        let report = Report::new(&model.graph, &model.plan, &model.compiled);
        Self { model, report }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { model, report } = self;
        writeln!(f, "{}", tensors(model, report))?;
        writeln!(f, "program      {}", report.program_id)?;
        writeln!(f, "inputs       {}", ports(model, &report.inputs, 0..report.inputs.len() as u32))?;
        let outputs = model.manifest().header.outputs.iter().map(|id| id.0);
        writeln!(f, "outputs      {}", ports(model, &report.outputs, outputs))?;
        writeln!(f, "cost         {:.3} M MAC a shard", report.cost as f64 / 1e6)?;
        writeln!(f, "committed    {} bytes a shard", report.committed_bytes)?;
        writeln!(f, "one draw     opens at most {} bytes and reads {} elements", report.opening_bytes, report.reads)?;
        let delta = report.delta as f64 / 2f64.powi(32);
        let gamma = report.gamma as f64 / 2f64.powi(32);
        writeln!(
            f,
            "δ            {delta:.4}: one draw catches a cheat that saves a share φ at least δ(φ − γ) of the time"
        )?;
        write!(f, "γ            {gamma:.4}: share of the work that can be guessed or is in other shards' traces")?;
        for draws in DRAWS {
            let caught = 1.0 - (1.0 - delta * (1.0 - gamma)).powi(draws as i32);
            let (lien, bytes) = ((MARGIN / caught - 1.0) / BURNED, report.opening_bytes * draws);
            write!(
                f,
                "\n{draws:>4} draws   catch {caught:.4}, lien {lien:.2} × (price + mint), opening ≤ {bytes} bytes"
            )?;
        }
        Ok(())
    }
}

fn ports(model: &Model, names: &[String], ids: impl IntoIterator<Item = u32>) -> String {
    let port = |(name, id): (&String, u32)| format!("{name} {}", model.manifest().descriptor(TensorId(id)).ty);
    names.iter().zip(ids).map(port).collect::<Vec<_>>().join(", ")
}

/// One row for each tensor that is computed; constants are left out.
fn tensors(model: &Model, report: &Report) -> Table {
    let mut table = table(["id", "op", "type", "MAC", "committed", "leaf", "share of draws", "route"], &[]);
    for row in &report.tensors {
        if matches!(model.manifest().descriptor(TensorId(row.id)).source, Source::Constant { .. }) {
            continue;
        }
        let committed = row.committed.as_ref();
        let routes = model.plan.scenarios.iter().flat_map(|scenario| &scenario.routes);
        let routes: BTreeSet<u8> = routes.filter(|route| route.tensor == row.id).map(|route| route.operand).collect();
        table.add_row([
            row.id.to_string(),
            row.op.clone(),
            row.ty.clone(),
            row.cost.to_string(),
            committed.map_or("virtual".into(), |committed| format!("{} B", committed.bytes)),
            row.layout.map_or(String::new(), |(leaf, row)| format!("{leaf} B, rows of {row}")),
            committed.map_or(String::new(), |committed| {
                format!("{:.2} %", committed.tickets as f64 / 2f64.powi(32) * 100.0)
            }),
            routes.iter().map(|operand| format!("operand {operand}")).collect::<Vec<_>>().join(", "),
        ]);
    }
    table
}
