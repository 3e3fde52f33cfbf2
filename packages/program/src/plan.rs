//! The plan: what the compiler chose, published beside the file.

use serde::{Deserialize, Serialize};
use tequio_attestation::{Digest, codec::Writer, hash::tagged};

use crate::refused::{Misfit, Refused};

/// Version of the compiler. Another version may number tensors or weigh them otherwise.
pub(crate) const COMPILER: u32 = 1;

/// Everything that compiling a [`crate::Graph`] leaves open. Names are there for people and checked against the graph; the
/// hash covers numbers only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Version of the compiler that made it.
    pub compiler: u32,
    /// Every input and every constant, by id.
    pub given: Vec<Given>,
    /// The committed tensors, by id.
    pub committed: Vec<Commit>,
    /// The ops that route their cost otherwise than through the first operand that can take it, by id.
    pub routes: Vec<Route>,
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

/// Layout and rates of a committed tensor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commit {
    pub tensor: u32,
    pub name: String,
    /// Leaf size is `1 << leaf_log2` bytes.
    pub leaf_log2: u8,
    /// Elements in a row.
    pub row: u32,
    /// How much of it equals the nearest other trace, in 1/65,536.
    pub r: u16,
    /// How often its most guessable channel is guessed, in 1/65,536; at most 15/16.
    pub s: u16,
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
        w.varint(self.given.len() as u64);
        for given in &self.given {
            numbers(&mut w, &[given.tensor, given.leaf_log2.into(), given.row]);
        }
        w.varint(self.committed.len() as u64);
        for commit in &self.committed {
            let (r, s) = (commit.r.into(), commit.s.into());
            numbers(&mut w, &[commit.tensor, commit.leaf_log2.into(), commit.row, r, s]);
        }
        w.varint(self.routes.len() as u64);
        for route in &self.routes {
            numbers(&mut w, &[route.tensor, route.operand.into()]);
        }
        tagged("tequio/v1/plan", &[&w.0])
    }
}

fn numbers(w: &mut Writer, numbers: &[u32]) {
    numbers.iter().for_each(|&number| w.varint(number as u64));
}
