//! `tequio program check`: attest, draw, open and check without a chain.

use std::{
    fmt,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use tequio_attestation::{
    Digest, Evidence, Inputs, Outcome, Statement, Subject, Terms, check as check_opening, drawn_traces, input_root,
    open, tree::Tree,
};
use tequio_backend::Flow;
use tequio_tensor::Type;

use crate::model::{Model, Named};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    program: Named,
    /// As for `run`; random elements if there are none.
    #[arg(long, num_args = 1..)]
    inputs: Vec<String>,
    /// How many attestations.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Draws of each.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..))]
    draws: u32,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Shards that are made up where no inputs are given.
const RANDOM_SHARDS: usize = 4;

/// What was drawn, all of which agreed.
#[derive(Serialize)]
pub struct Checked {
    shards: u64,
    /// Draws of all attestations together.
    elements: u32,
    /// In openings of `draws` draws, for all attestations together.
    bytes: usize,
    draws: u32,
    /// Bytes of the longest opening of a single draw.
    longest: usize,
    /// Bytes that no opening of a single draw has more of.
    bound: u64,
    #[serde(skip)]
    took: Duration,
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { shards, elements, bytes, draws, longest, bound, took } = self;
        let each = *bytes as f64 / (*elements).max(1) as f64;
        writeln!(f, "{elements} of {elements} drawn elements agreed, {shards} shards, {took:.1?}")?;
        write!(f, "{each:.0} bytes a draw in openings of {draws}, at most {longest} alone (bound {bound})")
    }
}

pub fn run(args: Args) -> Result<Checked> {
    let Args { program, inputs, rounds, draws, seed } = args;
    let model = &program.read()?;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let inputs = if inputs.is_empty() { random(model, &mut rng)? } else { model.read_inputs(&inputs)? };
    let manifest = model.manifest();
    let (executable, shards) = (model.prepare()?, inputs.shards());
    let mut roots = vec![];
    executable.commit(&inputs, 0..shards, &mut |_, result| {
        roots.push(result.root);
        Flow::Continue(())
    })?;
    let (tree, input_tree) = (Tree::new(roots), inputs.tree(manifest));
    let subject = Subject {
        program_id: manifest.program_id(),
        input_root: input_root(shards, &inputs.root(manifest, &input_tree)),
        first_shard: 0,
        count: shards,
        draws,
        context: Digest::default(),
        terms: Terms::default(),
        arbitration: None,
    };
    let (mut bytes, mut longest, begun) = (0, 0, Instant::now());
    for _ in 0..rounds {
        let mut seed = [0; 32];
        rng.fill_bytes(&mut seed);
        let statement = Statement { subject: subject.clone(), root: tree.root(), seed: Digest(seed) };
        let traces = drawn_traces(&statement, 0..draws, |shard| executable.trace(&inputs, shard))?;
        let evidence = Evidence { manifest, inputs: &inputs, input_tree: &input_tree, tree: &tree, traces };
        for draw in 0..draws {
            longest = longest.max(open(&statement, &evidence, draw..draw + 1)?.len());
        }
        let opening = open(&statement, &evidence, 0..draws)?;
        bytes += opening.len();
        match check_opening(&statement, 0, &opening)? {
            Outcome::Agreed { .. } => {}
            Outcome::Disagreed(mismatch) => bail!("an honest run is found false: {mismatch:?}"),
        }
    }
    let bound = bound(model, &inputs);
    Ok(Checked { shards, elements: rounds * draws, bytes, draws, longest, bound, took: begun.elapsed() })
}

fn bound(model: &Model, inputs: &Inputs) -> u64 {
    let shards = inputs.shards();
    model.manifest().header.opening_bytes as u64 + tequio_attestation::shard_path_bytes(shards, shards)
}

fn random(model: &Model, rng: &mut ChaCha8Rng) -> Result<Inputs> {
    let bytes = model.manifest().inputs().iter().map(|input| {
        let Type { dtype, shape } = input.ty;
        let shard = (0..shape.elements()).flat_map(|_| dtype.write(dtype.wrap(rng.next_u64() as i64)));
        shard.collect::<Vec<u8>>().repeat(if input.is_of_job() { 1 } else { RANDOM_SHARDS })
    });
    Ok(Inputs::new(model.manifest(), bytes.collect())?)
}
