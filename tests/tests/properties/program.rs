//! The smallest program with something to check: an input plus a constant, and the sum over it. Its headers claim other
//! costs, as nobody can keep a client from doing.

use std::{collections::BTreeMap, ops::Range, sync::LazyLock};

use tequio_attestation::{
    Descriptor, Digest, Evidence, Header, Inputs, Interval, Layout, Malformed, Manifest, Node, Operand, Position,
    Scope, ShardTrace, Source, Statement, TensorId, Wanted, drawn_traces, locate, open, reveal, shard_tree, show,
    tensor_tree, tree::Tree,
};
use tequio_protocol::verifier::{AttestationResponse, Subject};
use tequio_tensor::{DType, Op, Type};

/// Most shards of a job here.
pub const MOST_SHARDS: u64 = 32;
/// Elements of the input, and of the first tensor that is committed to: two leaves.
pub const WIDTH: u32 = 20;
/// The tensors that are committed to: the sums of two elements, and the sum of all.
pub const COMMITTED: [u32; 2] = [2, 3];
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
        let wrong = |at| shown == Shown::Wrong || shown == Shown::FirstWrong && at == 0;
        shards.map(|(at, shard)| if wrong(at) { &shard.wrong } else { &shard.honest }).collect()
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
        let (subject, root) = (attestation.subject.clone(), attestation.root);
        let seed = attestation.round.as_ref()?.seed?;
        let statement = Statement { subject, root, seed };
        let (first_shard, traces) = (statement.subject.first_shard, self.traces(&statement.subject, shown));
        let traced = |shard: u64| Some(traces[(shard - first_shard) as usize].trace.clone()).ok_or(());
        let traces = drawn_traces(&statement, draws.clone(), traced).ok()?;
        self.evident(shards, &statement, shown, traces, |evidence| open(&statement, evidence, draws))
    }

    /// Shows that what is wanted lies in the program that is attested to.
    pub fn locate(&self, subject: &Subject, wanted: &Wanted) -> Vec<u8> {
        self.attested(subject).map(|manifest| locate(manifest, wanted)).unwrap_or_default()
    }

    /// Reveals what is wanted of what was shown, outputs from part `from` on, as many as `bytes` hold; `None` if it cannot
    /// be.
    pub fn reveal(
        &self,
        shards: u64,
        attestation: &AttestationResponse,
        shown: Shown,
        wanted: &Wanted,
        (from, bytes): (u64, usize),
    ) -> Option<Vec<u8>> {
        let statement = undrawn(attestation);
        let traces = self.all(&statement.subject, shown);
        self.evident(shards, &statement, shown, traces, |evidence| reveal(&statement, evidence, wanted, from, bytes))
    }

    /// Shows one element of what was shown, in the shard with this index among the attestation's.
    pub fn show(
        &self,
        shards: u64,
        attestation: &AttestationResponse,
        shown: Shown,
        tensor: u32,
        position: Position,
    ) -> Option<Vec<u8>> {
        let (statement, none) = (undrawn(attestation), BTreeMap::new());
        let traces = self.all(&statement.subject, shown);
        let tensor = TensorId(tensor);
        self.evident(shards, &statement, shown, traces, |evidence| show(&statement, evidence, tensor, position, &none))
    }

    fn attested(&self, subject: &Subject) -> Option<&Manifest> {
        self.manifests.iter().find(|manifest| manifest.program_id() == subject.program_id)
    }

    fn traces(&self, subject: &Subject, shown: Shown) -> Vec<&Trace> {
        self.shown(subject.first_shard, subject.count, shown)
    }

    fn all(&self, subject: &Subject, shown: Shown) -> BTreeMap<u64, ShardTrace> {
        (0..).zip(self.traces(subject, shown)).map(|(index, trace)| (index, trace.trace.clone())).collect()
    }

    /// What somebody who has these traces makes of them.
    fn evident<T>(
        &self,
        shards: u64,
        statement: &Statement,
        shown: Shown,
        traces: BTreeMap<u64, ShardTrace>,
        make: impl FnOnce(&Evidence) -> Result<T, Malformed>,
    ) -> Option<T> {
        let manifest = self.attested(&statement.subject)?;
        let inputs = self.shards[..shards as usize].iter().flat_map(|shard| shard.input.clone()).collect();
        let evidence = Evidence {
            manifest,
            inputs: &Inputs::new(manifest, vec![inputs]).ok()?,
            input_tree: &self.inputs(shards),
            tree: &self.trace(statement.subject.first_shard, statement.subject.count, shown),
            traces,
        };
        make(&evidence).ok()
    }
}

/// What is attested to, draws left aside.
fn undrawn(attestation: &AttestationResponse) -> Statement {
    Statement { subject: attestation.subject.clone(), root: attestation.root, seed: Digest::default() }
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
