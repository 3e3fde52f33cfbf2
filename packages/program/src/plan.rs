//! The plan: what the compiler chose, published beside the file.

use serde::{Deserialize, Serialize};
use tequio_attestation::{Digest, codec::Writer, hash::tagged};

use crate::refused::{Misfit, Refused};

/// Version of the compiler. Another version may number tensors or weigh them otherwise.
pub(crate) const COMPILER: u32 = 3;

/// Everything that compiling a [`crate::Graph`] leaves open. Names are there for people and checked against the graph; the
/// hash covers numbers only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Version of the compiler that made it.
    pub compiler: u32,
    /// The inputs of job scope, ascending: one value for all shards of a job.
    pub job: Vec<u32>,
    /// Every input and every constant, by id.
    pub given: Vec<Given>,
    /// The committed tensors, by id.
    pub committed: Vec<Commit>,
    /// What may differ between a shard and the trace that a cheat replays. One where all inputs of shard scope do and
    /// the others don't, one where those of job scope alone do if there are any, and what else was met.
    pub scenarios: Vec<Scenario>,
    /// Share of the work, in 1/65,536, that can be guessed better than the rates s price, as measured; at most 1.
    pub gamma: u32,
}

/// Layout of an input or a constant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    pub tensor: u32,
    pub name: String,
    /// Leaf size is `1 << leaf_log2` bytes.
    pub leaf_log2: u8,
    /// Elements in a row.
    pub row: u32,
}

/// Layout of a committed tensor, and the rate at which guessing it is priced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commit {
    pub tensor: u32,
    pub name: String,
    /// Leaf size is `1 << leaf_log2` bytes.
    pub leaf_log2: u8,
    /// Elements in a row.
    pub row: u32,
    /// How often a guess of an element is right, in 1/65,536; at most 15/16.
    pub s: u16,
}

/// Which inputs differ, and what follows for routes and rates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The inputs that differ, ascending.
    pub differs: Vec<u32>,
    /// Tensors that are equal as a whole although they depend on inputs that differ, ascending: no route enters them.
    pub shared: Vec<u32>,
    /// The ops that route their cost otherwise than by default, by id.
    pub routes: Vec<Route>,
    /// By slot, how much of a committed tensor keeps its old value, in 1/65,536.
    pub rates: Vec<u16>,
}

/// The operand through which an op passes its cost back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    pub tensor: u32,
    pub name: String,
    pub operand: u8,
}

impl Plan {
    pub fn from_json(text: &str) -> Result<Self, Refused> {
        serde_json::from_str(text).map_err(|error| Misfit::Json(error.to_string()).into())
    }

    pub fn to_json(&self) -> String {
        // Strings and integers only: nothing in it can fail to be written.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// `TH('tequio/v1/plan', canonical binary form)`: the numbers in order of declaration, big-endian u32 for the
    /// compiler's version, canonical varints else, every list preceded by its length. Names are left out.
    pub fn hash(&self) -> Digest {
        let mut w = Writer::default();
        w.u32(self.compiler);
        list(&mut w, &self.job, |id| vec![*id]);
        list(&mut w, &self.given, |given| vec![given.tensor, given.leaf_log2.into(), given.row]);
        list(&mut w, &self.committed, |commit| {
            vec![commit.tensor, commit.leaf_log2.into(), commit.row, commit.s.into()]
        });
        w.varint(self.scenarios.len() as u64);
        for scenario in &self.scenarios {
            list(&mut w, &scenario.differs, |id| vec![*id]);
            list(&mut w, &scenario.shared, |id| vec![*id]);
            list(&mut w, &scenario.routes, |route| vec![route.tensor, route.operand.into()]);
            list(&mut w, &scenario.rates, |rate| vec![(*rate).into()]);
        }
        w.varint(self.gamma.into());
        tagged("tequio/v1/plan", &[&w.0])
    }
}

fn list<T>(w: &mut Writer, entries: &[T], numbers: impl Fn(&T) -> Vec<u32>) {
    w.varint(entries.len() as u64);
    entries.iter().flat_map(numbers).for_each(|number| w.varint(number.into()));
}
