//! Random programs under random plans: what the header promises holds for each.

mod plan;
pub mod program;

use proptest::prelude::*;
use tequio_attestation::{Malformed, Manifest, check};
use tequio_program::{Plan, compile, load};

use super::{evidence::Run, reads::most_reads};

/// Random choices that follow from a seed.
pub struct Dice(pub u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }
}

/// Single draws opened of each program.
const DRAWS: u32 = 64;

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_opening_is_longer_than_the_header_says_nor_is_that_much_too_long(seed in 1u64..) {
        let dice = &mut Dice(seed);
        let graph = load(&program::program(dice).bytes()).unwrap();
        let mut plan = Plan::propose(&graph).unwrap();
        let manifest = compile(&graph, &plan).unwrap().manifest;
        let (longest, bound) = (holds(&manifest)?, Run::new(&manifest).bound());
        prop_assert!(bound <= 4 * longest, "the bound {bound} is no use for {longest}");
        plan::shuffle(dice, &graph, &mut plan);
        // Other layouts and other tensors committed may be too much for one check.
        if let Ok(compiled) = compile(&graph, &plan) {
            holds(&compiled.manifest)?;
        }
    }
}

/// The longest opening of a few draws.
fn holds(manifest: &Manifest) -> Result<usize, TestCaseError> {
    let header = &manifest.header;
    let (run, mut longest) = (Run::new(manifest), 0);
    let statement = run.statement(DRAWS);
    for draw in 0..DRAWS {
        let opening = run.open(&statement, draw);
        longest = longest.max(opening.len());
        let checked: Result<_, Malformed> = check(&statement, draw, &opening);
        prop_assert!(checked.is_ok(), "own opening refused: {checked:?}");
    }
    prop_assert!(longest <= run.bound(), "{longest} bytes, bound {}", run.bound());
    let (reads, depth) = most_reads(manifest, 40);
    prop_assert!(reads <= header.reads && depth <= header.depth, "{reads} reads, bound {}", header.reads);
    Ok(longest)
}
