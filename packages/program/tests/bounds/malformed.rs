//! Openings that nobody made: refused, and at no great cost.

use proptest::{collection::vec, prelude::*, sample::Index};
use tequio_attestation::{Statement, check};
use tequio_program::{Plan, compile, load};

use super::{
    allocated::most_allocated,
    evidence::Run,
    random::{Dice, program::program},
};

/// A change of an opening. Indices are taken modulo its length.
#[derive(Clone, Debug)]
enum Change {
    Overwrite(Index, Vec<u8>),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Truncate(Index),
    /// Puts a part of it elsewhere.
    Copy(Index, Index, usize),
}

impl Change {
    fn any() -> impl Strategy<Value = Self> {
        // What counts and lengths are made of, besides anything.
        let byte = prop_oneof![any::<u8>(), prop::sample::select(vec![0, 1, 2, 0x7f, 0x80, 0xff])];
        let bytes = || vec(byte.clone(), 1..12);
        prop_oneof![
            4 => (any::<Index>(), bytes()).prop_map(|(at, bytes)| Self::Overwrite(at, bytes)),
            1 => (any::<Index>(), bytes()).prop_map(|(at, bytes)| Self::Insert(at, bytes)),
            1 => (any::<Index>(), 1usize..40).prop_map(|(at, len)| Self::Remove(at, len)),
            1 => any::<Index>().prop_map(Self::Truncate),
            1 => (any::<Index>(), any::<Index>(), 1usize..200).prop_map(|(from, to, len)| Self::Copy(from, to, len)),
        ]
    }

    fn apply(&self, opening: &mut Vec<u8>) {
        let len = opening.len();
        if len == 0 {
            return;
        }
        let end = |at: usize, more: usize| (at + more).min(len);
        match self {
            Self::Overwrite(at, bytes) => {
                let at = at.index(len);
                opening.splice(at..end(at, bytes.len()), bytes.iter().copied());
            }
            Self::Insert(at, bytes) => {
                let at = at.index(len);
                opening.splice(at..at, bytes.iter().copied());
            }
            Self::Remove(at, more) => {
                let at = at.index(len);
                opening.drain(at..end(at, *more));
            }
            Self::Truncate(at) => opening.truncate(at.index(len)),
            Self::Copy(from, to, more) => {
                let (from, to) = (from.index(len), to.index(len));
                let part = opening[from..end(from, *more)].to_vec();
                opening.splice(to..to, part);
            }
        }
    }
}

/// Refused, with no more memory than a draw's kept values and some for each byte.
fn is_refused(statement: &Statement, opened: u32, opening: &[u8]) -> Result<(), TestCaseError> {
    let (checked, most) = most_allocated(|| check(statement, opened, opening));
    prop_assert!(checked.is_err(), "{checked:?}");
    let limit = (8 << 20) + 256 * opening.len();
    prop_assert!(most <= limit, "{} bytes took {most} to refuse", opening.len());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Exactly one string of bytes opens given draws, so that whatever is changed is refused.
    #[test]
    fn a_changed_opening_is_refused(seed in 1u64.., changes in vec(vec(Change::any(), 1..4), 1..40)) {
        let graph = load(&program(&mut Dice(seed)).bytes()).unwrap();
        let manifest = compile(&graph, &Plan::propose(&graph).unwrap()).unwrap().manifest;
        let run = Run::new(&manifest);
        let statement = run.statement(2);
        let opening = run.open(&statement, 0);
        for changes in changes {
            let mut changed = opening.clone();
            changes.iter().for_each(|change| change.apply(&mut changed));
            if changed != opening {
                is_refused(&statement, 0, &changed)?;
            }
        }
        // It opens no other draw.
        is_refused(&statement, 1, &opening)?;
    }

    #[test]
    fn noise_is_refused(header in any::<bool>(), noise in vec(any::<u8>(), 0..2_000)) {
        let graph = load(&program(&mut Dice(1)).bytes()).unwrap();
        let manifest = compile(&graph, &Plan::propose(&graph).unwrap()).unwrap().manifest;
        let start = if header { manifest.header.encode() } else { vec![] };
        is_refused(&Run::new(&manifest).statement(2), 0, &[start, noise].concat())?;
    }
}
