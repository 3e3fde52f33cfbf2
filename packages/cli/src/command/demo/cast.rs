//! Who takes part.

use std::{iter::repeat_n, str::FromStr};

use strum::VariantNames;
use tequio_adversary::Role;

/// How many of each role, as in `honest=4,lazy=1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cast(pub Vec<Role>);

/// Most providers in a demo.
const MAX: usize = 64;

impl Cast {
    /// `honest-1`, `honest-2`, `lazy-1` …
    pub fn names(&self) -> Vec<String> {
        let number = |at: usize| self.0[..=at].iter().filter(|role| **role == self.0[at]).count();
        (0..self.0.len()).map(|at| format!("{}-{}", self.0[at], number(at))).collect()
    }
}

impl FromStr for Cast {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut cast = vec![];
        for part in text.split(',') {
            let (name, count) = part.split_once('=').ok_or_else(|| format!("expected role=count, found {part:?}"))?;
            let role: Role =
                name.parse().map_err(|_| format!("no role {name:?}: there are {}", Role::VARIANTS.join(", ")))?;
            let count: usize = count.parse().map_err(|_| format!("{count:?} is not a number of providers"))?;
            if cast.len().saturating_add(count) > MAX {
                return Err(format!("more than {MAX} providers"));
            }
            cast.extend(repeat_n(role, count));
        }
        if cast.is_empty() { Err("nobody takes part".into()) } else { Ok(Self(cast)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cast_is_counted_by_role() {
        let cast: Cast = "honest=2,lazy=1".parse().unwrap();
        assert_eq!(cast, Cast(vec![Role::Honest, Role::Honest, Role::Lazy]));
        assert_eq!(cast.names(), ["honest-1", "honest-2", "lazy-1"]);
        for wrong in ["", "honest", "honest=x", "clever=1", "honest=0", "honest=65"] {
            assert!(wrong.parse::<Cast>().is_err(), "{wrong:?}");
        }
    }
}
