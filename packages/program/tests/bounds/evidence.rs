//! A run whose inputs and traces are noise, the same in each shard: openings of it are as long as any other's.

use std::{collections::BTreeMap, ops::Range};

use tequio_attestation::{
    Digest, Evidence, Inputs, Manifest, ShardTrace, Source, Statement, Subject, TensorId, Terms, input_root, open,
    shard_path_bytes, shard_tree, tensor_tree, tree::Tree,
};
use tequio_tosa::noise;

/// Shards of the job, the first that is attested to, and how many.
const TOTAL: u64 = 7;
const FIRST: u64 = 1;
const COUNT: u64 = 5;

pub struct Run<'a> {
    manifest: &'a Manifest,
    inputs: Inputs,
    input_tree: Tree,
    trace: ShardTrace,
    tree: Tree,
}

impl<'a> Run<'a> {
    pub fn new(manifest: &'a Manifest) -> Self {
        let mut inputs = bytes(manifest, is_input);
        for (bytes, tensor) in inputs.iter_mut().zip(manifest.inputs()) {
            let dtype = tensor.ty.dtype;
            if dtype.bits() < 8 {
                bytes.iter_mut().for_each(|byte| *byte = dtype.wrap(*byte as i64) as u8);
            }
            if !tensor.is_of_job() {
                *bytes = bytes.repeat(TOTAL as usize);
            }
        }
        let inputs = Inputs::new(manifest, inputs).unwrap();
        let trace = ShardTrace { slots: bytes(manifest, is_committed) };
        Self {
            manifest,
            input_tree: inputs.tree(manifest),
            inputs,
            tree: tree(manifest, &trace.slots, is_committed, COUNT),
            trace,
        }
    }

    /// An attestation to it with `draws` draws.
    pub fn statement(&self, draws: u32) -> Statement {
        let subject = Subject {
            program_id: self.manifest.program_id(),
            input_root: input_root(TOTAL, &self.inputs.root(self.manifest, &self.input_tree)),
            first_shard: FIRST,
            count: COUNT,
            draws,
            context: Digest::default(),
            terms: Terms::default(),
            arbitration: None,
        };
        Statement { subject, root: self.tree.root(), seed: Digest([7; 32]) }
    }

    /// An attestation with one draw, which falls on this tensor.
    pub fn drawing(&self, tensor: TensorId) -> Statement {
        let Source::Committed { interval, .. } = self.manifest.descriptor(tensor).source else {
            panic!("not committed")
        };
        let mut statement = self.statement(1);
        for seed in 0u64.. {
            statement.seed.0[..8].copy_from_slice(&seed.to_be_bytes());
            if interval.contains(statement.draw(0).ticket) {
                break;
            }
        }
        statement
    }

    /// The opening of one draw.
    pub fn open(&self, statement: &Statement, draw: u32) -> Vec<u8> {
        self.open_all(statement, draw..draw + 1)
    }

    /// The opening of several.
    pub fn open_all(&self, statement: &Statement, draws: Range<u32>) -> Vec<u8> {
        let evidence = Evidence {
            manifest: self.manifest,
            inputs: &self.inputs,
            input_tree: &self.input_tree,
            tree: &self.tree,
            traces: (0..COUNT).map(|shard| (shard, self.trace.clone())).collect::<BTreeMap<_, _>>(),
        };
        open(statement, &evidence, draws).unwrap()
    }

    /// Most bytes that one draw's opening may have.
    pub fn bound(&self) -> usize {
        (self.manifest.header.opening_bytes as u64 + shard_path_bytes(COUNT, TOTAL)) as usize
    }

    /// The longest opening of one of `draws` single draws.
    pub fn longest(&self, draws: u32) -> usize {
        let statement = self.statement(draws);
        (0..draws).map(|draw| self.open(&statement, draw).len()).max().unwrap()
    }
}

fn is_input(source: &Source) -> bool {
    matches!(source, Source::Input { .. })
}

fn is_committed(source: &Source) -> bool {
    matches!(source, Source::Committed { .. })
}

fn bytes(manifest: &Manifest, keep: fn(&Source) -> bool) -> Vec<Vec<u8>> {
    let kept = manifest.tensors.iter().filter(|tensor| keep(&tensor.source));
    kept.map(|tensor| noise(tensor.ty.bytes())).collect()
}

/// The tree over so many equal shards.
fn tree(manifest: &Manifest, tensors: &[Vec<u8>], keep: fn(&Source) -> bool, shards: u64) -> Tree {
    let kept = manifest.tensors.iter().filter(|tensor| keep(&tensor.source));
    let trees = kept.zip(tensors).map(|(tensor, bytes)| tensor_tree(&tensor.ty, tensor.layout().unwrap(), bytes));
    let root = shard_tree(&trees.collect::<Vec<_>>()).root();
    Tree::new((0..shards).map(|_| root).collect())
}
