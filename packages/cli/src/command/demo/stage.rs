//! What a story is played on: a chain, who acts there, and how time passes.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use cosmwasm_std::Addr;
use tequio_embedded::LocalBeacon;

/// A chain with Tequio and a cast that has money.
pub struct Stage<'a, C> {
    pub chain: &'a C,
    pub beacon: &'a LocalBeacon,
    pub actors: &'a BTreeMap<String, Addr>,
    pub pace: Pace,
}

/// How time is spent.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Seconds to attest in.
    pub attest_window: u32,
    /// Seconds in which the client watches; the deployment's if not given.
    pub audit_window: Option<u32>,
    /// Whether there is a commons job too, which can be audited for an hour at least.
    pub commons: bool,
    /// Whether jobs that are not completed are left open until their end.
    pub to_the_end: bool,
    /// Providers take shards so that all are taken after this many rounds.
    pub rounds: u64,
    /// How many providers act at the same time.
    pub at_once: usize,
}

impl Pace {
    /// Where time jumps: the order in which providers act is always the same.
    pub const JUMPING: Self =
        Self { attest_window: 3_600, audit_window: None, commons: true, to_the_end: true, rounds: 2, at_once: 1 };
    /// Where time passes by itself.
    pub const REAL: Self = Self {
        attest_window: 90,
        audit_window: Some(90),
        commons: false,
        to_the_end: false,
        rounds: 1,
        at_once: usize::MAX,
    };
}

impl<C> Stage<'_, C> {
    pub fn actor(&self, name: &str) -> Result<Addr> {
        self.actors.get(name).cloned().with_context(|| format!("nobody is called {name}"))
    }
}

/// The client, those who relay and watch for all, and owner and operator key of every provider in `names`.
pub fn everybody(names: &[String]) -> Vec<String> {
    let keys = names.iter().flat_map(|name| [name.clone(), operator(name)]);
    ["client", "relayer", "principal"].map(str::to_owned).into_iter().chain(keys).collect()
}

/// What the key is called that works for a provider.
pub fn operator(name: &str) -> String {
    format!("{name}-operator")
}
