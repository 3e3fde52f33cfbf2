//! A leaf in an opening: its payload as it is, or its most frequent byte, where others are, and the others.
//!
//! Each payload has one form, the shorter, so that nobody can change an opening on its way.

use std::rc::Rc;

use crate::{
    Malformed,
    codec::{Reader, Writer},
};

/// The payload follows.
const PLAIN: u8 = 0;
/// The most frequent byte follows, then a bit for each byte of the payload that says whether it is another, then those.
const PACKED: u8 = 1;

impl Writer {
    /// Appends a leaf's payload in its one form.
    pub fn leaf(&mut self, payload: &[u8]) {
        let Some(fill) = fill(payload) else {
            self.u8(PLAIN);
            return self.bytes(payload);
        };
        self.u8(PACKED);
        self.u8(fill);
        for eight in payload.chunks(8) {
            let bits = eight.iter().zip(0..).map(|(byte, at)| u8::from(*byte != fill) << (7 - at));
            self.u8(bits.sum());
        }
        self.0.extend(payload.iter().filter(|byte| **byte != fill));
    }
}

impl Reader<'_> {
    /// Takes a leaf's payload of `len` bytes, at most the 1,024 of a leaf.
    pub fn leaf(&mut self, len: usize) -> Result<Rc<[u8]>, Malformed> {
        let from = self.position();
        let payload: Rc<[u8]> = match self.u8()? {
            PLAIN => self.bytes(len)?.into(),
            PACKED => {
                let fill = self.u8()?;
                let mask = self.bytes(len.div_ceil(8))?;
                let mut payload = vec![fill; len];
                for (at, byte) in payload.iter_mut().enumerate() {
                    if mask[at / 8] << (at % 8) & 0x80 != 0 {
                        *byte = self.u8()?;
                    }
                }
                payload.into()
            }
            tag => return Err(Malformed::Tag { tag }),
        };
        let mut form = Writer::default();
        form.leaf(&payload);
        if form.0 == self.since(from) { Ok(payload) } else { Err(Malformed::Form) }
    }
}

/// The most frequent byte, of several the least, if the payload is shorter with it.
fn fill(payload: &[u8]) -> Option<u8> {
    let mut counts = [0usize; 256];
    payload.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let (fill, count) = (0u8..=255).zip(counts).rev().max_by_key(|(_, count)| *count)?;
    (1 + payload.len().div_ceil(8) < count).then_some(fill)
}
