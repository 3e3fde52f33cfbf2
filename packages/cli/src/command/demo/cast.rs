//! Who takes part.

use std::{fmt, str::FromStr};

use clap::ValueEnum;
use serde::Serialize;

/// How a provider behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Runs every shard.
    Honest,
    /// Fills the heaviest tensor with plausible values.
    Lazy,
    /// Computes the first committed tensor, then shows the trace of an old shard.
    Replay,
    /// Attests to another provider's root.
    Copier,
    /// Assigns and is never heard of again.
    Vanish,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.to_possible_value().map_or(Ok(()), |value| f.pad(value.get_name()))
    }
}

/// How many of each role, as in `honest=4,lazy=1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cast(pub Vec<Role>);

/// Most providers in a demo.
const MAX: usize = 64;

impl FromStr for Cast {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut cast = vec![];
        for part in text.split(',') {
            let (name, count) = part.split_once('=').ok_or_else(|| format!("expected role=count, found {part:?}"))?;
            let role = Role::from_str(name, false).map_err(|_| {
                let roles: Vec<String> = Role::value_variants().iter().map(Role::to_string).collect();
                format!("no role {name:?}: there are {}", roles.join(", "))
            })?;
            let count: usize = count.parse().map_err(|_| format!("{count:?} is not a number of providers"))?;
            if cast.len().saturating_add(count) > MAX {
                return Err(format!("more than {MAX} providers"));
            }
            cast.extend(std::iter::repeat_n(role, count));
        }
        if cast.is_empty() { Err("nobody takes part".into()) } else { Ok(Self(cast)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cast_is_counted_by_role() {
        assert_eq!("honest=2,lazy=1".parse(), Ok(Cast(vec![Role::Honest, Role::Honest, Role::Lazy])));
        for wrong in ["", "honest", "honest=x", "clever=1", "honest=0", "honest=65"] {
            assert!(wrong.parse::<Cast>().is_err(), "{wrong:?}");
        }
    }
}
