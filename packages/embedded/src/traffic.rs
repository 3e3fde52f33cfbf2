//! What a chain was sent, counted.

use std::{collections::BTreeMap, fmt};

use tequio_client::Contract;

/// What kind of message was sent, and to whom.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sent {
    pub contract: Contract,
    /// The variant as its JSON names it.
    pub message: String,
}

impl Sent {
    pub(crate) fn new(contract: Contract, message: &str) -> Self {
        Self { contract, message: message.into() }
    }
}

impl fmt::Display for Sent {
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
pub struct Traffic(BTreeMap<Sent, Count>);

impl Traffic {
    pub(crate) fn add(&mut self, sent: Sent, bytes: u64) {
        let count = self.0.entry(sent).or_default();
        count.messages += 1;
        count.bytes += bytes;
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Sent, Count)> {
        self.0.iter().map(|(sent, count)| (sent, *count))
    }

    pub fn total(&self) -> Count {
        self.0.values().fold(Count::default(), |sum, count| Count {
            messages: sum.messages + count.messages,
            bytes: sum.bytes + count.bytes,
        })
    }
}
