use std::{collections::BTreeMap, fmt};

use crate::Contract;

/// A kind of message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    pub contract: Contract,
    /// The variant as its JSON names it.
    pub message: String,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} {}", self.contract, self.message)
    }
}

/// How many messages, and the bytes of their JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub messages: u64,
    pub bytes: u64,
}

/// Messages that the chain accepted, by kind. What contracts send each other is not counted.
#[derive(Clone, Debug, Default)]
pub struct Traffic(BTreeMap<Kind, Count>);

impl Traffic {
    pub(super) fn add(&mut self, kind: Kind, bytes: u64) {
        let count = self.0.entry(kind).or_default();
        count.messages += 1;
        count.bytes += bytes;
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Kind, Count)> {
        self.0.iter().map(|(kind, count)| (kind, *count))
    }

    pub fn total(&self) -> Count {
        self.0.values().fold(Count::default(), |sum, count| Count {
            messages: sum.messages + count.messages,
            bytes: sum.bytes + count.bytes,
        })
    }
}
