//! What the bytes of an opening are, on average over some seeds.
//!
//! `cargo run -p tequio-runner --example opening_bytes -- [program.tosa [plan.json]]`; without a program, the digits and
//! their plan; without a plan, the one that is proposed.

use std::{collections::BTreeMap, env, fs};

use anyhow::{Result, ensure};
use tequio_attestation::{
    Digest, Evidence, Inputs, Manifest, Outcome, Parts, ShardTrace, Statement, Subject, Terms, check, drawn_shards,
    input_root, open_in_parts, tree::Tree,
};
use tequio_backend::{Backend, ShardResult, cpu::Cpu};
use tequio_program::{Plan, compile, load};

/// Shards that differ. A longer job has them again and again.
const SHARDS: usize = 32;
const SEEDS: u8 = 16;

fn main() -> Result<()> {
    let digits = tequio_models::digits();
    let path = env::args().nth(1);
    let program = path.as_ref().map_or_else(|| Ok(digits.program.to_vec()), fs::read)?;
    let graph = load(&program)?;
    let plan = match (&path, env::args().nth(2)) {
        (_, Some(plan)) => Plan::from_json(&fs::read_to_string(plan)?)?,
        (Some(_), None) => Plan::propose(&graph)?,
        (None, None) => digits.plan,
    };
    let manifest = compile(&graph, &plan)?.manifest;
    let buffers = if path.is_some() { noise(&manifest) } else { vec![digits.inputs] };
    let distinct = Inputs::new(&manifest, buffers)?.first(SHARDS as u64);
    let executable = Cpu::default().prepare(manifest.clone())?;
    let traces =
        (0..distinct.shards()).map(|shard| executable.trace(&distinct, shard)).collect::<Result<Vec<_>, _>>()?;

    println!("draws shards    all | header descr. siblings | leaves of       siblings of");
    println!("                    |                        | const input commi const input commi");
    for draws in [16, 64] {
        for count in [1, 32, 512, 4_096] {
            let job = Job::new(&manifest, &distinct, &traces, count);
            let openings = (0..SEEDS).map(|seed| job.open(draws, seed)).collect::<Result<Vec<_>>>()?;
            print(draws, count, &openings);
        }
    }
    Ok(())
}

/// Inputs of all shards, of bytes that look random.
fn noise(manifest: &Manifest) -> Vec<Vec<u8>> {
    let byte = |at: usize| (at as u32).wrapping_mul(0x9e37_79b1).to_be_bytes()[0];
    let shards = |is_of_job| if is_of_job { 1 } else { SHARDS };
    manifest
        .inputs()
        .iter()
        .map(|input| (0..input.ty.bytes() * shards(input.is_of_job())).map(byte).collect())
        .collect()
}

/// A job whose shards are all in one attestation.
struct Job<'a> {
    manifest: &'a Manifest,
    inputs: Inputs,
    input_tree: Tree,
    traces: &'a [ShardTrace],
    tree: Tree,
}

impl<'a> Job<'a> {
    fn new(manifest: &'a Manifest, distinct: &Inputs, traces: &'a [ShardTrace], count: usize) -> Self {
        let inputs = distinct.chosen(&(0..count).map(|shard| (shard % traces.len()) as u64).collect::<Vec<_>>());
        let roots: Vec<_> = traces.iter().map(|trace| ShardResult::of_trace(manifest, trace).root).collect();
        let tree = Tree::new((0..count).map(|shard| roots[shard % roots.len()]).collect());
        Self { manifest, input_tree: inputs.tree(manifest), inputs, traces, tree }
    }

    /// The length of an opening that is accepted, and its parts.
    fn open(&self, draws: u32, seed: u8) -> Result<(usize, Parts)> {
        let count = self.inputs.shards();
        let subject = Subject {
            program_id: self.manifest.program_id(),
            input_root: input_root(count, &self.inputs.root(self.manifest, &self.input_tree)),
            first_shard: 0,
            count,
            draws,
            context: Digest::default(),
            terms: Terms::default(),
            arbitration: None,
        };
        let statement = Statement { subject, root: self.tree.root(), seed: Digest([seed; 32]) };
        let trace = |shard| (shard, self.traces[shard as usize % self.traces.len()].clone());
        let evidence = Evidence {
            manifest: self.manifest,
            inputs: &self.inputs,
            input_tree: &self.input_tree,
            tree: &self.tree,
            traces: drawn_shards(&statement, 0..draws).into_iter().map(trace).collect::<BTreeMap<_, _>>(),
        };
        let (opening, parts) = open_in_parts(&statement, &evidence, 0..draws)?;
        ensure!(check(&statement, 0, &opening)? == Outcome::Agreed { draws }, "an honest opening");
        Ok((opening.len(), parts))
    }
}

fn print(draws: u32, count: usize, openings: &[(usize, Parts)]) {
    let mean =
        |part: &dyn Fn(&Parts) -> usize| openings.iter().map(|(_, parts)| part(parts)).sum::<usize>() / openings.len();
    let all = openings.iter().map(|(bytes, _)| bytes).sum::<usize>() / openings.len();
    print!("{draws:5} {count:6} {all:6} | {:6}", mean(&|parts| parts.header));
    print!(" {:6} {:8} |", mean(&|parts| parts.descriptors), mean(&|parts| parts.beside_descriptors));
    (0..3).for_each(|kind| print!(" {:5}", mean(&|parts| parts.leaves[kind])));
    (0..3).for_each(|kind| print!(" {:5}", mean(&|parts| parts.beside_leaves[kind])));
    println!();
}
