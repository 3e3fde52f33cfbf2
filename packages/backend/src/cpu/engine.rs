//! Runs a planned program.

use std::{
    mem::take,
    ops::{ControlFlow, Range},
    sync::{Mutex, PoisonError},
};

use tequio_attestation::{Digest, Inputs, Layout, Manifest, ShardTrace};
use tequio_tensor::Type;

use super::{
    memory::{Scratch, Tensors},
    plan::{Plan, Step},
    simd::Simd,
};
use crate::{
    Executable, Flow, Outputs, RunError, ShardResult, Unsupported, commit::TreeHasher, inputs, stream::in_order,
};

/// A program, prepared once for an instruction set and run by any number of workers.
pub struct Engine<S> {
    plan: Plan,
    simd: S,
    /// Workspaces that no worker has.
    idle: Mutex<Vec<Workspace>>,
}

/// What one worker needs to run shards, used again from shard to shard.
struct Workspace {
    slots: Vec<Vec<u8>>,
    scratch: Scratch,
    hasher: TreeHasher,
}

impl<S: Simd> Executable for Engine<S> {
    fn commit(
        &self,
        inputs: &Inputs,
        shards: Range<u64>,
        sink: &mut dyn FnMut(u64, ShardResult) -> Flow,
    ) -> Result<(), RunError> {
        self.stream(inputs, shards, sink, |inputs, workspace| self.commit_shard(inputs, workspace))
    }

    fn run(
        &self,
        inputs: &Inputs,
        shards: Range<u64>,
        sink: &mut dyn FnMut(u64, Outputs) -> Flow,
    ) -> Result<(), RunError> {
        self.stream(inputs, shards, sink, |inputs, workspace| {
            let mut outputs = vec![Vec::new(); self.plan.outputs.len()];
            self.steps(inputs, workspace, |committed, _| self.keep(&committed, &mut outputs));
            outputs
        })
    }

    fn trace(&self, inputs: &Inputs, shard: u64) -> Result<ShardTrace, RunError> {
        self.with_workspace(inputs, shard, |inputs, workspace| {
            let mut slots = vec![Vec::new(); self.plan.committed];
            self.steps(inputs, workspace, |committed, _| slots[committed.number] = committed.bytes.to_vec());
            ShardTrace { slots }
        })
    }
}

impl<S: Simd> Engine<S> {
    pub fn new(manifest: &Manifest, simd: S) -> Result<Self, Unsupported> {
        Ok(Self { plan: Plan::new(manifest, S::TOGETHER)?, simd, idle: Mutex::default() })
    }

    fn stream<T: Send>(
        &self,
        inputs: &Inputs,
        shards: Range<u64>,
        sink: &mut dyn FnMut(u64, T) -> Flow,
        one: impl Fn(&[&[u8]], &mut Workspace) -> T + Sync,
    ) -> Result<(), RunError> {
        let each = |shard| self.with_workspace(inputs, shard, &one);
        let flow = in_order(shards, each, |shard, result| match result {
            Ok(result) => sink(shard, result).map_break(Ok),
            Err(error) => ControlFlow::Break(Err(error)),
        });
        flow.break_value().unwrap_or(Ok(()))
    }

    fn with_workspace<T>(
        &self,
        inputs: &Inputs,
        shard: u64,
        run: impl FnOnce(&[&[u8]], &mut Workspace) -> T,
    ) -> Result<T, RunError> {
        let inputs = inputs::of_shard(inputs, shard, &self.plan.inputs)?;
        let spare = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut workspace = spare.unwrap_or_else(|| self.workspace());
        let result = run(&inputs, &mut workspace);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(workspace);
        Ok(result)
    }

    fn workspace(&self) -> Workspace {
        Workspace {
            slots: self.plan.slots.iter().map(|&bytes| vec![0; bytes]).collect(),
            scratch: Scratch::default(),
            hasher: TreeHasher::default(),
        }
    }

    fn commit_shard(&self, inputs: &[&[u8]], workspace: &mut Workspace) -> ShardResult {
        let mut outputs = vec![Vec::new(); self.plan.outputs.len()];
        let mut numbers = Vec::with_capacity(self.plan.committed);
        self.steps(inputs, workspace, |committed, hasher| {
            hasher.add(committed.bytes, committed.ty, committed.layout);
            numbers.push(committed.number);
            self.keep(&committed, &mut outputs);
        });
        let mut roots = vec![Digest::default(); self.plan.committed];
        for (number, root) in numbers.into_iter().zip(workspace.hasher.roots()) {
            roots[number] = root;
        }
        let root = workspace.hasher.merge(&roots);
        ShardResult { outputs, roots, root }
    }

    /// Keeps a committed tensor that is an output.
    fn keep(&self, committed: &Committed, outputs: &mut [Vec<u8>]) {
        for (output, _) in outputs.iter_mut().zip(&self.plan.outputs).filter(|(_, slot)| **slot == committed.number) {
            *output = committed.bytes.to_vec();
        }
    }

    fn steps(&self, inputs: &[&[u8]], workspace: &mut Workspace, mut commit: impl FnMut(Committed, &mut TreeHasher)) {
        let Workspace { slots, scratch, hasher } = workspace;
        let constants = &self.plan.constants[..];
        for step in &self.plan.steps {
            match step {
                Step::Compute { kernel, slot, bytes } => {
                    let mut out = take(&mut slots[*slot]);
                    let tensors = Tensors { inputs, constants, slots };
                    self.simd.enter(kernel, &tensors, scratch, &mut out[..*bytes]);
                    slots[*slot] = out;
                }
                Step::Commit { number, placement, ty, layout } => {
                    let tensors = Tensors { inputs, constants, slots };
                    let bytes = &tensors.bytes(*placement)[..ty.bytes()];
                    commit(Committed { number: *number, bytes, ty, layout: *layout }, hasher);
                }
            }
        }
    }
}

/// A committed tensor that has just been computed.
struct Committed<'a> {
    number: usize,
    bytes: &'a [u8],
    ty: &'a Type,
    layout: Layout,
}
