//! How a case is made: a valid file and a few edits of it, or noise.

use proptest::{collection::vec, prelude::*, sample::Index};

/// Numbers at which lengths and offsets go wrong.
const NUMBERS: [u64; 16] = [
    0,
    1,
    2,
    7,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x1_0000_0000,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    u64::MAX,
];

/// The recipe of a case.
#[derive(Clone, Debug)]
pub enum Made {
    Edited { origin: Index, edits: Vec<Edit> },
    Noise(Vec<u8>),
}

/// One change of a file. Places are taken of whatever it is when the edit is made.
#[derive(Clone, Debug)]
pub enum Edit {
    Flip {
        at: Index,
        bit: u8,
    },
    Set {
        at: Index,
        byte: u8,
    },
    /// An integer of `1 << width` bytes.
    Integer {
        at: Index,
        width: u8,
        number: u64,
        big: bool,
    },
    /// A number written in digits, the one nearest behind `at`.
    Digits {
        at: Index,
        number: u64,
    },
    Cut {
        at: Index,
    },
    Remove {
        at: Index,
        count: u8,
    },
    Insert {
        at: Index,
        bytes: Vec<u8>,
    },
    Word {
        at: Index,
        word: Index,
    },
    /// What is at one place, again at another.
    Copy {
        from: Index,
        count: u8,
        to: Index,
    },
    /// What another file has from there on.
    Splice {
        other: Index,
        at: Index,
        from: Index,
    },
}

/// Recipes for a corpus of so many files, and so many words.
pub fn cases(files: usize, words: usize) -> impl Strategy<Value = Made> {
    let edited =
        (any::<Index>(), vec(edit(words > 0), 0..6)).prop_map(|(origin, edits)| Made::Edited { origin, edits });
    let noise = vec(any::<u8>(), 0..200).prop_map(Made::Noise);
    let weight = if files == 0 { 0 } else { 50 };
    prop_oneof![weight => edited, 1 => noise]
}

fn edit(words: bool) -> impl Strategy<Value = Edit> {
    let at = any::<Index>;
    let number = || prop_oneof![Just(NUMBERS.to_vec()).prop_flat_map(proptest::sample::select), any::<u64>(), 0..64u64];
    prop_oneof![
        4 => (at(), 0..8u8).prop_map(|(at, bit)| Edit::Flip { at, bit }),
        3 => (at(), any::<u8>()).prop_map(|(at, byte)| Edit::Set { at, byte }),
        4 => (at(), 0..4u8, number(), any::<bool>())
            .prop_map(|(at, width, number, big)| Edit::Integer { at, width, number, big }),
        3 => (at(), number()).prop_map(|(at, number)| Edit::Digits { at, number }),
        1 => at().prop_map(|at| Edit::Cut { at }),
        1 => (at(), 1..40u8).prop_map(|(at, count)| Edit::Remove { at, count }),
        1 => (at(), vec(any::<u8>(), 1..9)).prop_map(|(at, bytes)| Edit::Insert { at, bytes }),
        1 => (at(), 1..80u8, at()).prop_map(|(from, count, to)| Edit::Copy { from, count, to }),
        1 => (at(), at(), at()).prop_map(|(other, at, from)| Edit::Splice { other, at, from }),
        u32::from(words) * 3 => (at(), at()).prop_map(|(at, word)| Edit::Word { at, word }),
    ]
}

impl Made {
    /// The bytes, and the place in the corpus of the file they are made from.
    pub fn bytes(&self, corpus: &[Vec<u8>], words: &[&[u8]]) -> (usize, Vec<u8>) {
        match self {
            Self::Noise(bytes) => (0, bytes.clone()),
            Self::Edited { origin, edits } => {
                let origin = origin.index(corpus.len());
                let mut bytes = corpus[origin].clone();
                edits.iter().for_each(|edit| edit.make(&mut bytes, corpus, words));
                (origin, bytes)
            }
        }
    }
}

impl Edit {
    fn make(&self, bytes: &mut Vec<u8>, corpus: &[Vec<u8>], words: &[&[u8]]) {
        let len = bytes.len();
        let place = |at: &Index| at.index(len + 1);
        match self {
            Self::Flip { at, bit } => bytes.iter_mut().skip(place(at)).take(1).for_each(|byte| *byte ^= 1 << bit),
            Self::Set { at, byte } => bytes.iter_mut().skip(place(at)).take(1).for_each(|old| *old = *byte),
            Self::Integer { at, width, number, big } => {
                let (little, size) = (number.to_le_bytes(), 1 << width);
                let mut written = little[..size].to_vec();
                if *big {
                    written.reverse();
                }
                bytes.iter_mut().skip(place(at)).zip(written).for_each(|(old, byte)| *old = byte);
            }
            Self::Digits { at, number } => {
                let is_digit = |at: &usize| bytes[*at].is_ascii_digit();
                if let Some(first) = (place(at)..len).find(is_digit) {
                    let end = (first..len).find(|at| !is_digit(at)).unwrap_or(len);
                    bytes.splice(first..end, number.to_string().into_bytes());
                }
            }
            Self::Cut { at } => bytes.truncate(place(at)),
            Self::Remove { at, count } => drop(bytes.drain(place(at)..len.min(place(at) + usize::from(*count)))),
            Self::Insert { at, bytes: new } => drop(bytes.splice(place(at)..place(at), new.iter().copied())),
            Self::Word { at, word } => {
                drop(bytes.splice(place(at)..place(at), words[word.index(words.len())].iter().copied()));
            }
            Self::Copy { from, count, to } => {
                let piece = bytes[place(from)..len.min(place(from) + usize::from(*count))].to_vec();
                drop(bytes.splice(place(to)..place(to), piece));
            }
            Self::Splice { other, at, from } => {
                let other = &corpus[other.index(corpus.len())];
                bytes.truncate(place(at));
                bytes.extend(&other[from.index(other.len() + 1)..]);
            }
        }
    }
}
