//! The figures, as a table and as JSON.

use std::{collections::BTreeMap, fmt};

use anyhow::Result;
use comfy_table::{Table, presets::ASCII_MARKDOWN};
use serde::Serialize;
use tequio_protocol::escrow::JobResponse;

use crate::{
    Costs,
    lane::{Lane, TOGETHER},
    network::Net,
};

/// Gas of a shard, by the size of its assignment; and bytes.
type BySize = BTreeMap<u64, f64>;

#[derive(Serialize)]
pub struct Report {
    draws: u32,
    /// Lien of a shard, in shares of what it pays and mints.
    lien: f64,
    msg_send: u64,
    cw20_transfer: u64,
    per_message: Costs,
    per_shard: BySize,
    bytes_per_shard: BySize,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    per_shard_with_window: BySize,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pinned_per_message: Costs,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pinned_per_shard: BySize,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pinned_per_shard_with_window: BySize,
}

impl Report {
    pub fn new(net: &Net, job: &JobResponse, draws: u32) -> Result<Self> {
        let pay = job.price + job.basis.mint;
        Ok(Self {
            draws,
            lien: job.lien.u128() as f64 / pay.u128() as f64,
            msg_send: net.alone("bank send")?,
            cw20_transfer: net.alone("token transfer")?,
            per_message: Costs::new(),
            per_shard: BySize::new(),
            bytes_per_shard: BySize::new(),
            per_shard_with_window: BySize::new(),
            pinned_per_message: Costs::new(),
            pinned_per_shard: BySize::new(),
            pinned_per_shard_with_window: BySize::new(),
        })
    }

    pub fn unpinned(&mut self, lanes: &[Lane<'_>], messages: Costs) {
        self.per_message = messages;
        (self.per_shard, self.per_shard_with_window) = per_shard(lanes);
        let without = lanes.iter().filter(|lane| lane.work.window == 0);
        self.bytes_per_shard = without
            .map(|lane| (lane.work.size, rounded(lane.last.bytes as f64 / lane.last.shards.max(1) as f64)))
            .collect();
    }

    pub fn pinned(&mut self, lanes: &[Lane<'_>], messages: Costs) {
        self.pinned_per_message = messages;
        (self.pinned_per_shard, self.pinned_per_shard_with_window) = per_shard(lanes);
    }

    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("figures are JSON")
    }
}

/// Gas of a shard without an audit window and with one.
fn per_shard(lanes: &[Lane<'_>]) -> (BySize, BySize) {
    let of = |lane: &Lane<'_>| (lane.work.size, rounded(lane.last.gas as f64 / lane.last.shards.max(1) as f64));
    let (without, with): (Vec<_>, Vec<_>) = lanes.iter().partition(|lane| lane.work.window == 0);
    (without.into_iter().map(of).collect(), with.into_iter().map(of).collect())
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let sends = |gas: f64| format!("{:.4}", gas / self.msg_send as f64);
        writeln!(f, "bank send {} gas, cw20 transfer {} gas", self.msg_send, self.cw20_transfer)?;
        writeln!(f, "{} draws, lien {:.2} × (price + mint)\n", self.draws, self.lien)?;
        let mut table = markdown(["message, alone", "gas", "bank sends", "cw20 transfers", "pinned"]);
        for (name, gas) in &self.per_message {
            let pinned = self.pinned_per_message.get(name).map_or(String::new(), ToString::to_string);
            let transfers = format!("{:.2}", *gas as f64 / self.cw20_transfer as f64);
            table.add_row([name.clone(), gas.to_string(), sends(*gas as f64), transfers, pinned]);
        }
        writeln!(f, "{table}\n")?;
        writeln!(f, "{TOGETHER} assignments a turn, in bank sends per shard that is verified, paid and minted:\n")?;
        let mut table = markdown(["shards", "no window", "with one", "no window, pinned", "with one, pinned", "bytes"]);
        for (size, gas) in &self.per_shard {
            let of = |costs: &BySize| costs.get(size).map_or(String::new(), |gas| sends(*gas));
            table.add_row([
                size.to_string(),
                sends(*gas),
                of(&self.per_shard_with_window),
                of(&self.pinned_per_shard),
                of(&self.pinned_per_shard_with_window),
                self.bytes_per_shard.get(size).map_or(String::new(), ToString::to_string),
            ]);
        }
        write!(f, "{table}")
    }
}

fn markdown<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    table.set_header(header);
    table
}
