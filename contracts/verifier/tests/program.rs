//! The smallest program: one int8 input, one committed tensor, every element its input's complement.

use std::convert::Infallible;

use tequio_attestation::{
    Descriptor, Evidence, Header, Inputs, Interval, Layout, Manifest, Node, Operand, Position, Scope, ShardTrace,
    Source, Statement, TensorId, drawn_traces, input_root, open, shard_tree, show, tensor_tree, tree::Tree,
};
use tequio_protocol::{
    AttestationId, Digest,
    verifier::{AttestationResponse, Subject},
};
use tequio_tensor::{DType, Op, Type};

use crate::world::{TERMS, World};

pub const SHARDS: u64 = 8;
pub const DRAWS: u32 = 16;
const ELEMENTS: u32 = 200;

/// One provider's run of all shards: what it was given and what it claims.
pub struct Run {
    manifest: Manifest,
    inputs: Vec<Vec<u8>>,
    outputs: Vec<Vec<u8>>,
}

impl Run {
    pub fn honest() -> Self {
        let inputs: Vec<Vec<u8>> =
            (0..SHARDS as u32).map(|shard| (0..ELEMENTS).map(|i| (i * 7 + shard * 31) as u8).collect()).collect();
        let outputs = inputs.iter().map(|input| input.iter().map(|byte| !byte).collect()).collect();
        Self { manifest: manifest(), inputs, outputs }
    }

    /// Claims zeros everywhere.
    pub fn lazy() -> Self {
        let outputs = (0..SHARDS).map(|_| vec![0x55; ELEMENTS as usize]).collect();
        Self { outputs, ..Self::honest() }
    }

    fn layout(&self) -> (Type, Layout) {
        let ty = self.manifest.tensors[0].ty;
        (ty, self.manifest.tensors[0].layout().unwrap())
    }

    fn tree(&self, shards: &[Vec<u8>]) -> Tree {
        let (ty, layout) = self.layout();
        Tree::new(shards.iter().map(|bytes| shard_tree(&[tensor_tree(&ty, layout, bytes)]).root()).collect())
    }

    pub fn subject(&self) -> Subject {
        Subject {
            program_id: self.manifest.program_id(),
            input_root: input_root(SHARDS, &self.tree(&self.inputs).root()),
            first_shard: 0,
            count: SHARDS,
            draws: DRAWS,
            context: [0; 32].into(),
            terms: TERMS,
            arbitration: None,
        }
    }

    pub fn root(&self) -> Digest {
        self.tree(&self.outputs).root()
    }

    /// What shows one element of a shard, numbered within the attestation, under this run's root.
    pub fn show(&self, shard: u64, element: u32) -> Vec<u8> {
        let statement = Statement { subject: self.subject(), root: self.root(), seed: Digest::default() };
        let trace = ShardTrace { slots: vec![self.outputs[shard as usize].clone()] };
        let evidence = Evidence {
            manifest: &self.manifest,
            inputs: &Inputs::new(&self.manifest, vec![self.inputs.concat()]).unwrap(),
            input_tree: &self.tree(&self.inputs),
            tree: &self.tree(&self.outputs),
            traces: [(shard, trace)].into(),
        };
        show(&statement, &evidence, TensorId(1), Position { shard, element }).unwrap()
    }

    /// Whether an element is not its input's complement.
    pub fn is_wrong(&self, shard: u64, element: u32) -> bool {
        let (shard, element) = (shard as usize, element as usize);
        self.outputs[shard][element] != !self.inputs[shard][element]
    }

    /// Honest but for one element of one shard.
    pub fn one_wrong(shard: usize, element: usize) -> Self {
        let mut run = Self::honest();
        run.outputs[shard][element] ^= 1;
        run
    }

    /// Opens draws `from..to` of an attestation whose round is stored.
    pub fn open(&self, world: &World, id: AttestationId, from: u32, to: u32) -> Vec<u8> {
        let AttestationResponse { subject, root, round, .. } = world.attestation(id);
        let statement = Statement { subject, root, seed: round.unwrap().seed.unwrap() };
        let trace = |shard: u64| Ok::<_, Infallible>(ShardTrace { slots: vec![self.outputs[shard as usize].clone()] });
        let evidence = Evidence {
            manifest: &self.manifest,
            inputs: &Inputs::new(&self.manifest, vec![self.inputs.concat()]).unwrap(),
            input_tree: &self.tree(&self.inputs),
            tree: &self.tree(&self.outputs),
            traces: drawn_traces(&statement, from..to, trace).unwrap(),
        };
        open(&statement, &evidence, from..to).unwrap()
    }
}

fn manifest() -> Manifest {
    let ty = Type::new(DType::I8, &[1, ELEMENTS]).unwrap();
    let layout = Layout::new(6, ELEMENTS, &ty).unwrap();
    let node = Node { op: Op::BitwiseNot, operands: vec![Operand::Tensor(TensorId(0))] };
    let interval = Interval { first: 0, last: u32::MAX };
    let tensors = vec![
        Descriptor { ty, source: Source::Input { layout, scope: Scope::Shard } },
        Descriptor { ty, source: Source::Committed { node, layout, slot: 0, interval } },
    ];
    let header = Header {
        tensors: 2,
        committed: 1,
        inputs: 1,
        job: 0,
        outputs: vec![TensorId(1)],
        cost: ELEMENTS.into(),
        delta: u32::MAX,
        gamma: 0,
        opening_bytes: 1_000,
        reads: 1,
        depth: 0,
        plan: Digest([0; 32]),
    };
    Manifest::new(header, tensors, vec![vec![], vec![]])
}
