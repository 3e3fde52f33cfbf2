//! A program of two committed tensors, the second its output, and one provider's run of it.

use tequio_attestation::{
    Descriptor, Digest, Evidence, Header, Inputs, Interval, Layout, Manifest, Node, Operand, Scope, ShardTrace, Source,
    Statement, Subject, TensorId, Terms, Wanted, input_root, locate, reveal, shard_tree, tensor_tree, tree::Tree,
};
use tequio_tensor::{DType, Op, Type};

/// Shards of the job, the first of the attestation, and how many it has.
pub const TOTAL: u64 = 40;
pub const FIRST: u64 = 10;
pub const COUNT: u64 = 24;
/// Leaves of each tensor, of 64 elements.
pub const LEAVES: u32 = 20;
const ELEMENTS: u32 = 64 * LEAVES;

pub struct Run {
    manifest: Manifest,
    inputs: Inputs,
    tree: Tree,
    traces: Vec<ShardTrace>,
}

impl Run {
    pub fn new() -> Self {
        let manifest = manifest();
        let pixel = |shard: u64, at: u32| (u64::from(at) * 7 + shard * 31) as u8;
        let input = |shard: u64| (0..ELEMENTS).map(move |at| pixel(shard, at));
        let inputs = Inputs::new(&manifest, vec![(0..TOTAL).flat_map(input).collect()]).unwrap();
        let trace = |shard| {
            let bytes: Vec<u8> = input(shard).collect();
            ShardTrace { slots: vec![bytes.iter().map(|byte| !byte).collect(), bytes] }
        };
        let traces: Vec<_> = (FIRST..FIRST + COUNT).map(trace).collect();
        let root = |trace: &ShardTrace| {
            let tree = |((id, layout), bytes): ((TensorId, Layout), &Vec<u8>)| {
                tensor_tree(&manifest.descriptor(id).ty, layout, bytes)
            };
            shard_tree(&manifest.committed().into_iter().zip(&trace.slots).map(tree).collect::<Vec<_>>()).root()
        };
        let tree = Tree::new(traces.iter().map(root).collect());
        Self { manifest, inputs, tree, traces }
    }

    pub fn root(&self) -> Digest {
        self.tree.root()
    }

    /// The first shards of the attestation, in a protocol of its own `context`.
    pub fn subject(&self, context: u8, terms: Terms) -> Subject {
        let inputs = self.inputs.root(&self.manifest, &self.inputs.tree(&self.manifest));
        Subject {
            program_id: self.manifest.program_id(),
            input_root: input_root(TOTAL, &inputs),
            first_shard: FIRST,
            count: COUNT,
            draws: 16,
            context: [context; 32].into(),
            terms,
            arbitration: None,
        }
    }

    /// What shows that an address lies in the program.
    pub fn locate(&self, wanted: &Wanted) -> Vec<u8> {
        locate(&self.manifest, wanted)
    }

    /// What was asked for; of outputs from part `from` on, about so many bytes.
    pub fn reveal(&self, wanted: &Wanted, from: u64, bytes: usize) -> Vec<u8> {
        let statement =
            Statement { subject: self.subject(0, Terms::default()), root: self.root(), seed: Digest::default() };
        let evidence = Evidence {
            manifest: &self.manifest,
            inputs: &self.inputs,
            input_tree: &self.inputs.tree(&self.manifest),
            tree: &self.tree,
            traces: (0..).zip(self.traces.iter().cloned()).collect(),
        };
        reveal(&statement, &evidence, wanted, from, bytes).unwrap()
    }
}

/// Every address there is but outputs: from the shards to the leaves.
pub fn addresses() -> Vec<Wanted> {
    let mut all = vec![Wanted::Shards { depth: 0, index: 0 }];
    for shard in FIRST..FIRST + COUNT {
        all.push(Wanted::Tensors { shard, depth: 0, index: 0 });
        for tensor in [1, 2] {
            all.push(Wanted::Nodes { shard, tensor, depth: 0, index: 0 });
            all.extend([0, 16].map(|first| Wanted::Leaves { shard, tensor, first }));
        }
    }
    all
}

fn manifest() -> Manifest {
    let ty = Type::new(DType::I8, &[1, ELEMENTS]).unwrap();
    let layout = Layout::new(6, ELEMENTS, &ty).unwrap();
    let not = |tensor| Node { op: Op::BitwiseNot, operands: vec![Operand::Tensor(TensorId(tensor))] };
    let halves = [Interval { first: 0, last: 0x7fff_ffff }, Interval { first: 0x8000_0000, last: u32::MAX }];
    let committed = |slot: u32| Source::Committed { node: not(slot), layout, slot, interval: halves[slot as usize] };
    let tensors = vec![
        Descriptor { ty, source: Source::Input { layout, scope: Scope::Shard } },
        Descriptor { ty, source: committed(0) },
        Descriptor { ty, source: committed(1) },
    ];
    let header = Header {
        tensors: 3,
        committed: 2,
        inputs: 1,
        job: 0,
        outputs: vec![TensorId(2)],
        cost: ELEMENTS.into(),
        delta: 1 << 31,
        gamma: 0,
        opening_bytes: 1_000,
        reads: 1,
        depth: 0,
        plan: Digest([0; 32]),
    };
    Manifest::new(header, tensors, vec![vec![], vec![], vec![]])
}
