//! `tequio program show`.

use anyhow::Result;
use comfy_table::{Table, presets};
use tequio_attestation::{Source, TensorId};
use tequio_program::Report;

use crate::model::{Model, type_name};

/// Numbers of draws for which the lien is shown.
const DRAWS: [u32; 4] = [16, 32, 64, 128];
/// Margin and burned share that the lien is shown for: the least that governance may set.
const MARGIN: f64 = 2.0;
const BURNED: f64 = 0.5;

pub fn show(model: &Model, json: bool) -> Result<()> {
    let report = Report::new(&model.graph, &model.plan, &model.compiled);
    if json {
        println!("{}", serde_json::to_string_pretty(&report)?);
        return Ok(());
    }
    println!("{}", tensors(model, &report));
    let delta = report.delta as f64 / 2f64.powi(32);
    println!("program      {}", report.program_id);
    println!("inputs       {}", ports(model, &report.inputs, 0..report.inputs.len() as u32));
    println!("outputs      {}", ports(model, &report.outputs, model.manifest().header.outputs.iter().map(|id| id.0)));
    println!("cost         {:.3} M MAC a shard", report.cost as f64 / 1e6);
    println!("committed    {} bytes a shard", report.committed_bytes);
    println!("one draw     opens at most {} bytes and reads {} elements", report.opening_bytes, report.reads);
    println!("δ            {delta:.4}: what one draw catches of a complete cheat");
    for draws in DRAWS {
        let caught = 1.0 - (1.0 - delta).powi(draws as i32);
        let lien = (MARGIN / caught - 1.0) / BURNED;
        println!(
            "{draws:>4} draws   catch {caught:.4}, lien {lien:.2} × (price + mint), opening ≤ {} bytes",
            report.opening_bytes * draws
        );
    }
    Ok(())
}

fn ports(model: &Model, names: &[String], ids: impl IntoIterator<Item = u32>) -> String {
    let port =
        |(name, id): (&String, u32)| format!("{name} {}", type_name(&model.manifest().descriptor(TensorId(id)).ty));
    names.iter().zip(ids).map(port).collect::<Vec<_>>().join(", ")
}

/// One row for each tensor that is computed; constants are left out.
fn tensors(model: &Model, report: &Report) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_header(["id", "op", "type", "MAC", "committed", "leaf", "share of draws", "route"]);
    for row in &report.tensors {
        if matches!(model.manifest().descriptor(TensorId(row.id)).source, Source::Constant { .. }) {
            continue;
        }
        let committed = row.committed.as_ref();
        let route = model.plan.routes.iter().find(|route| route.tensor == row.id);
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
            route.map_or(String::new(), |route| format!("operand {}", route.operand)),
        ]);
    }
    table
}
