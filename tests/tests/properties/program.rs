//! The smallest program with something to check: an input plus a constant, and the sum over it. Its headers claim other
//! costs, as nobody can keep a client from doing.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::LazyLock,
};

use tequio_attestation::{
    Descriptor, Digest, Evidence, Header, Inputs, Interval, Layout, Malformed, Manifest, Node, Operand, Position,
    Scope, ShardTrace, Source, Statement, TensorId, drawn_shards, open, shard_tree, show, tensor_tree, tree::Tree,
};
use tequio_protocol::verifier::AttestationResponse;
use tequio_tensor::{DType, Op, Type};

/// Most shards of a job here.
pub const MOST_SHARDS: u64 = 32;
/// Elements of the input.
const WIDTH: u32 = 4;
/// What one shard costs, by program.
const COSTS: [u64; 3] = [2_500_000, 1, 10_000_000];

/// The program under each of its headers, and all shards there are of its jobs.
pub struct Programs {
    manifests: Vec<Manifest>,
    shards: Vec<Shard>,
}

struct Shard {
    input: Vec<u8>,
    input_root: Digest,
    honest: Trace,
    wrong: Trace,
}

struct Trace {
    trace: ShardTrace,
    root: Digest,
}

/// What a provider commits to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Honest,
    /// Every element is wrong: any draw finds it.
    Wrong,
    /// Every element of the first shard is: only draws in it do.
    FirstWrong,
    /// Nothing: a number that no tree hashes to.
    Nothing,
}

impl Shown {
    /// Whether every element of a shard, numbered within the attestation, is wrong.
    pub fn is_wrong(self, shard: u64) -> bool {
        self == Self::Wrong || self == Self::FirstWrong && shard == 0
    }
}

pub fn programs() -> &'static Programs {
    static PROGRAMS: LazyLock<Programs> = LazyLock::new(Programs::new);
    &PROGRAMS
}

fn manifest(cost: u64) -> Manifest {
    let ty = |width| Type::new(DType::I32, &[1, width]).expect("a small shape");
    let (wide, narrow) = (ty(WIDTH), ty(1));
    let layout = |ty: &Type| Layout::new(6, ty.shape.elements(), ty).expect("rows that fit a leaf");
    let node = |op, operands: &[u32]| Node {
        op,
        operands: operands.iter().map(|id| Operand::Tensor(TensorId(*id))).collect(),
    };
    let committed = |op, operands: &[u32], ty: &Type, slot, first, last| Descriptor {
        ty: *ty,
        source: Source::Committed {
            node: node(op, operands),
            layout: layout(ty),
            slot,
            interval: Interval { first, last },
        },
    };
    let root = tensor_tree(&wide, layout(&wide), &constant()).root();
    let tensors = vec![
        Descriptor { ty: wide, source: Source::Input { layout: layout(&wide), scope: Scope::Shard } },
        Descriptor { ty: wide, source: Source::Constant { layout: layout(&wide), root } },
        committed(Op::Add, &[0, 1], &wide, 0, 0, 0x7fff_ffff),
        committed(Op::ReduceSum { axis: 1 }, &[2], &narrow, 1, 0x8000_0000, u32::MAX),
    ];
    let header = Header {
        tensors: 4,
        committed: 2,
        inputs: 1,
        job: 0,
        outputs: vec![TensorId(3)],
        cost,
        delta: 1 << 30,
        gamma: 0,
        opening_bytes: 1_000,
        reads: 10,
        depth: 1,
        plan: Digest([9; 32]),
    };
    Manifest::new(header, tensors, vec![vec![], constant(), vec![], vec![]])
}

fn bytes(values: impl IntoIterator<Item = i32>) -> Vec<u8> {
    values.into_iter().flat_map(i32::to_le_bytes).collect()
}

fn addend(index: u32) -> i32 {
    1_000 * index as i32 - 7
}

fn constant() -> Vec<u8> {
    bytes((0..WIDTH).map(addend))
}

impl Programs {
    fn new() -> Self {
        let manifests: Vec<_> = COSTS.into_iter().map(manifest).collect();
        let shards = (0..MOST_SHARDS as i32).map(|shard| Shard::new(&manifests[0], shard)).collect();
        Self { manifests, shards }
    }

    pub fn manifest(&self, index: usize) -> &Manifest {
        &self.manifests[index % self.manifests.len()]
    }

    /// The tree over the inputs of a job of so many shards.
    pub fn inputs(&self, shards: u64) -> Tree {
        Tree::new(self.shards[..shards as usize].iter().map(|shard| shard.input_root).collect())
    }

    fn shown(&self, first: u64, count: u64, shown: Shown) -> Vec<&Trace> {
        let shards = self.shards[first as usize..(first + count) as usize].iter().enumerate();
        shards.map(|(at, shard)| if shown.is_wrong(at as u64) { &shard.wrong } else { &shard.honest }).collect()
    }

    fn trace(&self, first: u64, count: u64, shown: Shown) -> Tree {
        Tree::new(self.shown(first, count, shown).iter().map(|trace| trace.root).collect())
    }

    /// What commits to that.
    pub fn root(&self, first: u64, count: u64, shown: Shown) -> Digest {
        match shown {
            Shown::Nothing => Digest([0xab; 32]),
            shown => self.trace(first, count, shown).root(),
        }
    }

    /// Opens `draws` of an attestation to what was shown, in a job of so many shards; `None` if it cannot be.
    pub fn open(
        &self,
        shards: u64,
        attestation: &AttestationResponse,
        shown: Shown,
        draws: Range<u32>,
    ) -> Option<Vec<u8>> {
        let seed = attestation.round.as_ref()?.seed?;
        let shards_of = |statement: &Statement| drawn_shards(statement, draws.clone());
        self.opens(shards, attestation, shown, seed, shards_of, |statement, evidence| {
            open(statement, evidence, draws.clone())
        })
    }

    /// Shows the first element of one tensor of a shard, numbered within the attestation: the sum's, or what it sums.
    pub fn show(
        &self,
        shards: u64,
        attestation: &AttestationResponse,
        shown: Shown,
        shard: u64,
        sum: bool,
    ) -> Option<Vec<u8>> {
        let tensor = TensorId(if sum { 3 } else { 2 });
        let shards_of = |_: &Statement| BTreeSet::from([shard]);
        self.opens(shards, attestation, shown, Digest::default(), shards_of, |statement, evidence| {
            show(statement, evidence, tensor, Position { shard, element: 0 }, &BTreeMap::new())
        })
    }

    fn opens(
        &self,
        shards: u64,
        attestation: &AttestationResponse,
        shown: Shown,
        seed: Digest,
        shards_of: impl Fn(&Statement) -> BTreeSet<u64>,
        opens: impl Fn(&Statement, &Evidence) -> Result<Vec<u8>, Malformed>,
    ) -> Option<Vec<u8>> {
        if shown == Shown::Nothing {
            return None;
        }
        let (subject, root) = (attestation.subject.clone(), attestation.root);
        let program_id = subject.program_id;
        let manifest = self.manifests.iter().find(|manifest| manifest.program_id() == program_id)?;
        let (first_shard, count) = (subject.first_shard, subject.count);
        let statement = Statement { subject, root, seed };
        let traces = self.shown(first_shard, count, shown);
        let traced = |shard: u64| (shard, traces[shard as usize].trace.clone());
        let inputs = self.shards[..shards as usize].iter().flat_map(|shard| shard.input.clone()).collect();
        let evidence = Evidence {
            manifest,
            inputs: &Inputs::new(manifest, vec![inputs]).ok()?,
            input_tree: &self.inputs(shards),
            tree: &self.trace(first_shard, count, shown),
            traces: shards_of(&statement).into_iter().map(traced).collect(),
        };
        opens(&statement, &evidence).ok()
    }
}

impl Shard {
    fn new(manifest: &Manifest, shard: i32) -> Self {
        let input: Vec<i32> = (0..WIDTH as i32).map(|at| 77 * shard + at * at - 40).collect();
        let sums: Vec<i32> = input.iter().zip(0..).map(|(value, at)| value + addend(at)).collect();
        let total: i32 = sums.iter().sum();
        let tree = |id: usize, bytes: &[u8]| {
            let descriptor = &manifest.tensors[id];
            tensor_tree(&descriptor.ty, descriptor.layout().expect("a tensor with leaves"), bytes)
        };
        let trace = |slots: Vec<Vec<u8>>| {
            let root = shard_tree(&[tree(2, &slots[0]), tree(3, &slots[1])]).root();
            Trace { trace: ShardTrace { slots }, root }
        };
        let input = bytes(input);
        Self {
            input_root: shard_tree(&[tree(0, &input)]).root(),
            input,
            honest: trace(vec![bytes(sums.iter().copied()), bytes([total])]),
            wrong: trace(vec![bytes(sums.iter().map(|sum| sum + 1)), bytes([total])]),
        }
    }
}
