//! Building a program by hand and running it over a job's shards.

use std::{collections::BTreeMap, convert::Infallible};

use serde_json::{Value, json};
use tequio_attestation::{
    Descriptor, Digest, Evidence, Header, Inputs, Interval, Layout, Malformed, Manifest, Node, Operand, Position,
    Scope, ShardTrace, Source, Statement, Subject, TensorId, Terms, Wanted, input_root, locate, open, reveal,
    shard_tree, show, tensor_tree,
    tree::{Address, Tree},
};
use tequio_tensor::{DType, Op, Read, Type, check, eval};

use crate::{describe, golden::hex};

/// A tensor's canonical bytes.
pub fn bytes(dtype: DType, values: &[i64]) -> Vec<u8> {
    values.iter().flat_map(|value| dtype.write(*value)).collect()
}

fn values(dtype: DType, bytes: &[u8]) -> Vec<i64> {
    bytes.chunks(dtype.bytes()).map(|word| dtype.read(word)).collect()
}

pub fn scalar(dtype: DType, value: i64) -> Operand {
    Operand::Scalar { dtype, rank: 1, value }
}

/// Collects descriptors; every method returns the new tensor as an operand.
#[derive(Default)]
pub struct Builder {
    tensors: Vec<Descriptor>,
    constants: Vec<Vec<u8>>,
    slots: u32,
    inputs: u8,
    job: u8,
}

impl Builder {
    fn push(&mut self, descriptor: Descriptor, constant: Vec<u8>) -> Operand {
        self.tensors.push(descriptor);
        self.constants.push(constant);
        Operand::Tensor(TensorId(self.tensors.len() as u32 - 1))
    }

    pub fn input(&mut self, dtype: DType, dims: &[u32], leaf_log2: u8, row: u32) -> Operand {
        self.any_input(Scope::Shard, dtype, dims, leaf_log2, row)
    }

    /// One of job scope.
    pub fn job_input(&mut self, dtype: DType, dims: &[u32], leaf_log2: u8, row: u32) -> Operand {
        self.job += 1;
        self.any_input(Scope::Job, dtype, dims, leaf_log2, row)
    }

    fn any_input(&mut self, scope: Scope, dtype: DType, dims: &[u32], leaf_log2: u8, row: u32) -> Operand {
        let ty = Type::new(dtype, dims).unwrap();
        self.inputs += 1;
        self.push(
            Descriptor { ty, source: Source::Input { layout: Layout::new(leaf_log2, row, &ty).unwrap(), scope } },
            vec![],
        )
    }

    /// A constant whose element `i` is `value(i)`.
    pub fn constant(&mut self, dtype: DType, dims: &[u32], row: u32, value: impl Fn(i64) -> i64) -> Operand {
        let ty = Type::new(dtype, dims).unwrap();
        let layout = Layout::new(6, row, &ty).unwrap();
        let values: Vec<i64> = (0..ty.shape.elements() as i64).map(value).collect();
        let bytes = bytes(dtype, &values);
        let root = tensor_tree(&ty, layout, &bytes).root();
        self.push(Descriptor { ty, source: Source::Constant { layout, root } }, bytes)
    }

    pub fn recomputed(&mut self, op: Op, operands: &[Operand], dtype: DType, dims: &[u32]) -> Operand {
        let node = self.node(op, operands, dtype, dims);
        self.push(Descriptor { ty: Type::new(dtype, dims).unwrap(), source: Source::Virtual { node } }, vec![])
    }

    /// `draws` are the first and last ticket that fall on it.
    pub fn committed(
        &mut self,
        op: Op,
        operands: &[Operand],
        dtype: DType,
        dims: &[u32],
        (leaf_log2, row): (u8, u32),
        draws: (u32, u32),
    ) -> Operand {
        let (node, ty) = (self.node(op, operands, dtype, dims), Type::new(dtype, dims).unwrap());
        let layout = Layout::new(leaf_log2, row, &ty).unwrap();
        let interval = Interval { first: draws.0, last: draws.1 };
        self.slots += 1;
        let source = Source::Committed { node, layout, slot: self.slots - 1, interval };
        self.push(Descriptor { ty, source }, vec![])
    }

    fn node(&self, op: Op, operands: &[Operand], dtype: DType, dims: &[u32]) -> Node {
        let ty = |operand: &Operand| match *operand {
            Operand::Tensor(id) => self.tensors[id.0 as usize].ty,
            Operand::Scalar { dtype, rank, .. } => Operand::scalar_type(dtype, rank),
        };
        let types: Vec<Type> = operands.iter().map(ty).collect();
        check(&op, &types, &Type::new(dtype, dims).unwrap()).unwrap_or_else(|refused| panic!("{op:?}: {refused}"));
        Node { op, operands: operands.to_vec() }
    }

    pub fn finish(self, outputs: &[Operand]) -> Manifest {
        let id = |operand: &Operand| match *operand {
            Operand::Tensor(id) => id,
            Operand::Scalar { .. } => panic!("an output is a tensor"),
        };
        let header = Header {
            tensors: self.tensors.len() as u32,
            committed: self.slots,
            inputs: self.inputs,
            job: self.job,
            outputs: outputs.iter().map(id).collect(),
            cost: 240,
            delta: 1 << 30,
            gamma: 0,
            opening_bytes: 2000,
            reads: 4000,
            depth: 12,
            plan: Digest([9; 32]),
        };
        Manifest::new(header, self.tensors, self.constants)
    }
}

/// Some of a job's shards, run and committed to.
pub struct Run {
    manifest: Manifest,
    /// First shard of the attestation, number of shards.
    range: (u64, u64),
    total: u64,
    all_inputs: Vec<Vec<Vec<u8>>>,
    traces: Vec<ShardTrace>,
    inputs: Inputs,
    trace: Tree,
}

impl Run {
    /// Runs `range.1` shards from `range.0` of the job whose shards' inputs are `all_inputs`. `spoil` is handed what
    /// each of them, numbered from 0, commits to.
    pub fn new(
        manifest: Manifest,
        all_inputs: Vec<Vec<Vec<u8>>>,
        range: (u64, u64),
        spoil: impl Fn(usize, &mut ShardTrace),
    ) -> Self {
        let shard_root = |ids: &[(TensorId, Layout)], bytes: &[Vec<u8>]| {
            let tree = |((id, layout), bytes): (&(TensorId, Layout), &Vec<u8>)| {
                tensor_tree(&manifest.descriptor(*id).ty, *layout, bytes)
            };
            shard_tree(&ids.iter().zip(bytes).map(tree).collect::<Vec<_>>()).root()
        };
        let input = |port: usize| {
            let shards = if manifest.tensors[port].is_of_job() { &all_inputs[..1] } else { &all_inputs };
            shards.iter().flat_map(|shard| shard[port].clone()).collect()
        };
        let inputs = (0..manifest.header.inputs.into()).map(input).collect();
        let inputs = Inputs::new(&manifest, inputs).unwrap();
        let mine = &all_inputs[range.0 as usize..(range.0 + range.1) as usize];
        let mut traces: Vec<ShardTrace> = mine.iter().map(|inputs| run(&manifest, inputs)).collect();
        traces.iter_mut().enumerate().for_each(|(shard, trace)| spoil(shard, trace));
        let roots = traces.iter().map(|trace| shard_root(&manifest.committed(), &trace.slots)).collect();
        Self { total: all_inputs.len() as u64, range, all_inputs, traces, inputs, trace: Tree::new(roots), manifest }
    }

    pub fn statement(&self, seed: Digest, draws: u32) -> Statement {
        let subject = Subject {
            program_id: self.manifest.program_id(),
            input_root: input_root(self.total, &self.inputs.root(&self.manifest, &self.inputs.tree(&self.manifest))),
            first_shard: self.range.0,
            count: self.range.1,
            draws,
            context: Digest::default(),
            terms: Terms::default(),
            arbitration: None,
        };
        Statement { subject, root: self.trace.root(), seed }
    }

    pub fn open(&self, statement: &Statement, from: u32, to: u32) -> Vec<u8> {
        self.with_evidence(|evidence| open(statement, evidence, from..to).unwrap())
    }

    /// Opens one element of a committed tensor.
    pub fn show(&self, statement: &Statement, tensor: TensorId, position: Position) -> Vec<u8> {
        self.with_evidence(|evidence| show(statement, evidence, tensor, position, &BTreeMap::new()).unwrap())
    }

    /// Reveals what is asked for.
    pub fn reveal(
        &self,
        statement: &Statement,
        wanted: &Wanted,
        from: u64,
        bytes: usize,
    ) -> Result<Vec<u8>, Malformed> {
        self.with_evidence(|evidence| reveal(statement, evidence, wanted, from, bytes))
    }

    /// Shows that an address lies in the program.
    pub fn locate(&self, wanted: &Wanted) -> Vec<u8> {
        locate(&self.manifest, wanted)
    }

    /// As whoever knows no more than the inputs and `trace` opens an element of `shard` of the attestation, with digests of
    /// the attester's own.
    pub fn show_instead(
        &self,
        statement: &Statement,
        tensor: TensorId,
        position: Position,
        trace: ShardTrace,
        instead: &BTreeMap<Address, Digest>,
    ) -> Vec<u8> {
        let evidence = Evidence {
            manifest: &self.manifest,
            inputs: &self.inputs,
            input_tree: &self.inputs.tree(&self.manifest),
            tree: &Tree::new(vec![Digest::default(); self.range.1 as usize]),
            traces: BTreeMap::from([(position.shard, trace)]),
        };
        show(statement, &evidence, tensor, position, instead).unwrap()
    }

    pub fn trace(&self, shard: usize) -> &ShardTrace {
        &self.traces[shard]
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// With no other traces than of `shards`.
    pub fn with_traces<T>(&self, shards: &[u64], use_it: impl FnOnce(&Evidence) -> T) -> T {
        use_it(&Evidence {
            manifest: &self.manifest,
            inputs: &self.inputs,
            input_tree: &self.inputs.tree(&self.manifest),
            tree: &self.trace,
            traces: shards.iter().map(|shard| (*shard, self.trace(*shard as usize).clone())).collect(),
        })
    }

    fn with_evidence<T>(&self, use_it: impl FnOnce(&Evidence) -> T) -> T {
        self.with_traces(&(0..self.range.1).collect::<Vec<_>>(), use_it)
    }

    /// A committed tensor.
    pub fn committed(&self, slot: usize) -> TensorId {
        self.manifest.committed()[slot].0
    }

    /// Program and inputs: all that a second implementation needs to make the attestation itself.
    pub fn describe(&self) -> Value {
        let descriptor = |(id, tensor): (usize, &Descriptor)| {
            let mut words = describe::descriptor(tensor);
            describe::add(&mut words, json!({ "id": id, "bytes": hex(tensor.encode()) }));
            if let Source::Constant { .. } = tensor.source {
                describe::add(&mut words, json!({ "values": hex(&self.manifest.constants[id]) }));
            }
            words
        };
        json!({
            "header": describe::header(&self.manifest.header),
            "header_bytes": hex(self.manifest.header.encode()),
            "descriptors": self.manifest.tensors.iter().enumerate().map(descriptor).collect::<Vec<_>>(),
            "inputs": self.all_inputs.iter().map(|shard| shard.iter().map(hex).collect()).collect::<Vec<Vec<_>>>(),
        })
    }
}

/// Every committed tensor of one shard, by slot.
fn run(manifest: &Manifest, inputs: &[Vec<u8>]) -> ShardTrace {
    let mut all: Vec<Vec<i64>> = vec![];
    let mut slots = vec![];
    for (id, tensor) in manifest.tensors.iter().enumerate() {
        let Some(node) = tensor.node() else {
            let bytes = inputs.get(id).unwrap_or(&manifest.constants[id]);
            all.push(values(tensor.ty.dtype, bytes));
            continue;
        };
        let of = |operand: &Operand| match *operand {
            Operand::Tensor(id) => (manifest.descriptor(id).ty, all[id.0 as usize].clone()),
            Operand::Scalar { dtype, rank, value } => (Operand::scalar_type(dtype, rank), vec![value]),
        };
        let (types, operands): (Vec<_>, Vec<_>) = node.operands.iter().map(of).unzip();
        let mut operands = Operands(operands);
        let element = |index| {
            let Ok(value) = eval(&node.op, &types, &tensor.ty, index, &mut operands);
            value
        };
        let value: Vec<i64> = (0..tensor.ty.shape.elements()).map(element).collect();
        if let Source::Committed { .. } = tensor.source {
            slots.push(bytes(tensor.ty.dtype, &value));
        }
        all.push(value);
    }
    ShardTrace { slots }
}

struct Operands(Vec<Vec<i64>>);

impl Read for Operands {
    type Error = Infallible;

    fn read(&mut self, operand: usize, index: u32) -> Result<i64, Infallible> {
        Ok(self.0[operand][index as usize])
    }
}
