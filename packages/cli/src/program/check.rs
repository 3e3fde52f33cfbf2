//! `tequio program check`: attest, draw, open and check without a chain.

use std::{collections::BTreeMap, time::Instant};

use anyhow::{Result, bail};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tequio_attestation::{
    Evidence, Outcome, Source, Statement, check as check_opening, drawn_shards, input_root, open, shard_tree,
    tensor_tree, tree::Tree,
};
use tequio_runner::Engine;

use crate::model::{Inputs, Model};

pub struct Rounds {
    pub rounds: u32,
    pub draws: u32,
    pub seed: u64,
}

/// Shards that are made up where no inputs are given.
const RANDOM_SHARDS: u64 = 4;

pub fn check(model: &Model, inputs: &[String], Rounds { rounds, draws, seed }: Rounds) -> Result<()> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let inputs = if inputs.is_empty() { random(model, &mut rng) } else { model.read_inputs(inputs)? };
    let manifest = model.manifest();
    let engine = Engine::new(manifest)?;
    let shards: Vec<_> = (0..inputs.shards).map(|shard| inputs.shard(shard)).collect();
    let results = engine.run_many(&shards, true)?;
    let trace = Tree::new(results.iter().map(|result| result.root.unwrap_or_default()).collect());
    let input_tree = Tree::new((0..inputs.shards).map(|shard| input_digest(model, &inputs.shard(shard))).collect());
    let (mut bytes, mut longest, begun) = (0, 0, Instant::now());
    for _ in 0..rounds {
        let mut seed = [0; 32];
        rng.fill_bytes(&mut seed);
        let statement = Statement {
            program_id: manifest.program_id(),
            input_root: input_root(inputs.shards, &input_tree.root()),
            first_shard: 0,
            count: inputs.shards,
            draws,
            root: trace.root(),
            seed,
        };
        let (mut shard_inputs, mut shard_traces) = (BTreeMap::new(), BTreeMap::new());
        for shard in drawn_shards(&statement, 0, draws) {
            let drawn = inputs.shard(shard);
            shard_traces.insert(shard, engine.trace_shard(&drawn, &mut engine.workspace())?);
            shard_inputs.insert(shard, drawn.into_iter().map(<[u8]>::to_vec).collect());
        }
        let (inputs, trace) = (&input_tree, &trace);
        let evidence = Evidence { manifest, inputs, trace, shard_inputs: &shard_inputs, shard_traces: &shard_traces };
        for draw in 0..draws {
            longest = longest.max(open(&statement, &evidence, draw, draw + 1)?.len());
        }
        let opening = open(&statement, &evidence, 0, draws)?;
        bytes += opening.len();
        match check_opening(&statement, 0, &opening)? {
            Outcome::Agreed { .. } => {}
            Outcome::Disagreed(mismatch) => bail!("an honest run is found false: {mismatch:?}"),
        }
    }
    let (elements, each) = (rounds * draws, bytes as f64 / (rounds * draws) as f64);
    println!("{elements} of {elements} drawn elements agreed, {} shards, {:.1?}", inputs.shards, begun.elapsed());
    println!(
        "{each:.0} bytes a draw in openings of {draws}, at most {longest} alone (bound {})",
        bound(model, &inputs)
    );
    Ok(())
}

fn bound(model: &Model, inputs: &Inputs) -> u64 {
    model.manifest().header.opening_bytes as u64 + tequio_attestation::shard_path_bytes(inputs.shards, inputs.shards)
}

fn input_digest(model: &Model, inputs: &[&[u8]]) -> tequio_attestation::Digest {
    let trees = model.manifest().tensors.iter().zip(inputs).filter_map(|(tensor, bytes)| match tensor.source {
        Source::Input { layout } => Some(tensor_tree(&tensor.ty, layout, bytes)),
        _ => None,
    });
    shard_tree(&trees.collect::<Vec<_>>()).root()
}

fn random(model: &Model, rng: &mut ChaCha8Rng) -> Inputs {
    let bytes = model.input_types().into_iter().map(|ty| {
        let shard = (0..ty.shape.elements()).flat_map(|_| {
            let value = ty.dtype.wrap(rng.next_u64() as i64);
            value.to_le_bytes()[..ty.dtype.bytes()].to_vec()
        });
        let shard: Vec<u8> = shard.collect();
        shard.repeat(RANDOM_SHARDS as usize)
    });
    Inputs { items: RANDOM_SHARDS * model.batch(), shards: RANDOM_SHARDS, bytes: bytes.collect() }
}
