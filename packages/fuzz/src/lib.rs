//! Bytes that nobody meant, for whatever reads bytes of strangers: [`fuzz`] mutates valid files and watches what reading them
//! takes.
//!
//! Only for tests. The allocator that counts is that of every binary this is linked into.

mod allocated;
mod edit;

use std::{
    env,
    fmt::Debug,
    fs,
    str::FromStr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

pub use allocated::most_allocated;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

/// Most time that one case may take.
const SLOW: Duration = Duration::from_secs(1);
/// Most bytes that one case may hold at once.
const MUCH: usize = 256 << 20;
/// A case that takes longer is tried again, so often at most: it may have been the machine.
const QUICK: Duration = Duration::from_millis(20);
const TRIES: usize = 4;

/// What a reader makes of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    Taken,
    Refused,
}

impl<T, E> From<&Result<T, E>> for Read {
    fn from(result: &Result<T, E>) -> Self {
        if result.is_ok() { Self::Taken } else { Self::Refused }
    }
}

/// A case: bytes, and the place in the corpus of what they were made from.
pub struct Case<'a> {
    pub bytes: &'a [u8],
    pub origin: usize,
}

/// Gives `read` cases made from `corpus`: `TEQUIO_FUZZ` of them, else `few`, by the random numbers of `TEQUIO_SEED`. `words`
/// are what the format is made of, put anywhere.
///
/// # Panics
/// With the smallest case that is found, if `read` panics, takes more than a second or holds more than 256 MiB at once, on
/// this thread; or if next to nothing was taken or nothing refused, so that nothing was tried.
pub fn fuzz(name: &str, few: u32, corpus: &[Vec<u8>], words: &[&[u8]], read: impl Fn(Case<'_>) -> Read) {
    let (cases, seed) = (setting("TEQUIO_FUZZ", few), setting("TEQUIO_SEED", 0u64));
    let seen = Mutex::new(Seen::default());
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let begun = Instant::now();
    let done = runner.run(&edit::cases(corpus.len(), words.len()), |made| {
        let (origin, bytes) = made.bytes(corpus, words);
        let timed = || {
            let begun = Instant::now();
            let (found, held) = most_allocated(|| read(Case { bytes: &bytes, origin }));
            (begun.elapsed(), found, held)
        };
        let (mut took, found, held) = timed();
        for _ in 1..TRIES {
            if took > QUICK {
                took = took.min(timed().0);
            }
        }
        if held > MUCH || took > SLOW {
            return Err(TestCaseError::fail(format!("{took:?}, {held} bytes held at once")));
        }
        seen.lock().unwrap_or_else(PoisonError::into_inner).add(found, took, held);
        Ok(())
    });
    if let Err(failed) = done {
        if let TestError::Fail(_, made) = &failed {
            let file = env::temp_dir().join(format!("fuzz-{}", name.replace(' ', "-")));
            let kept = fs::write(&file, made.bytes(corpus, words).1);
            eprintln!("{name}: the bytes are in {} ({kept:?})", file.display());
        }
        panic!("{name}, seed {seed}: {failed}");
    }
    let Seen { taken, refused, slowest, most } = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!(
        "{name}: {cases} cases in {:.1?}, {taken} taken, {refused} refused; slowest {slowest:.1?}, most held {most} bytes",
        begun.elapsed()
    );
    // One in six or so is a file of the corpus as it is.
    assert!(taken > cases / 20 && refused > 0, "{name}: nothing was tried");
}

/// What was seen so far.
#[derive(Default)]
struct Seen {
    taken: u32,
    refused: u32,
    slowest: Duration,
    most: usize,
}

impl Seen {
    fn add(&mut self, found: Read, took: Duration, held: usize) {
        match found {
            Read::Taken => self.taken += 1,
            Read::Refused => self.refused += 1,
        }
        self.slowest = self.slowest.max(took);
        self.most = self.most.max(held);
    }
}

fn setting<T: FromStr<Err: Debug>>(name: &str, default: T) -> T {
    env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|error| panic!("{name} is {text}: {error:?}")))
}
