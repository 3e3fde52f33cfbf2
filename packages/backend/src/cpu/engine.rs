//! Runs a planned program.

use std::{
    mem::take,
    ops::{ControlFlow, Range},
    sync::{Mutex, PoisonError},
};

use tequio_attestation::{Digest, Inputs, Manifest, ShardTrace};
use tequio_tensor::DType;

use super::{
    Isa, Simd,
    buffers::{Scratch, Tensors},
    plan::{
        Plan, Step,
        graph::{Graph, size},
        reads_constant,
    },
};
use crate::{Executable, Flow, Outputs, RunError, ShardResult, Unsupported, commit::TreeHasher, stream::in_order};

/// A program, prepared once and run by any number of workers.
pub struct Engine {
    plan: Plan,
    simd: Simd,
    /// For each tensor the bytes of a constant that is read while running, else empty.
    constants: Vec<Vec<u8>>,
    /// Workspaces that no worker has.
    idle: Mutex<Vec<Workspace>>,
}

/// What one worker needs to run shards, used again from shard to shard.
struct Workspace {
    slots: Vec<Vec<u8>>,
    scratch: Scratch,
    hasher: TreeHasher,
}

impl Executable for Engine {
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
            self.steps(inputs, workspace, |committed, _| self.keep(&committed, &mut outputs))?;
            Ok(outputs)
        })
    }

    fn trace(&self, inputs: &Inputs, shard: u64) -> Result<ShardTrace, RunError> {
        self.with_workspace(inputs, shard, |inputs, workspace| {
            let mut slots = vec![Vec::new(); self.plan.committed];
            self.steps(inputs, workspace, |committed, _| slots[committed.number] = committed.bytes.to_vec())?;
            Ok(ShardTrace { slots })
        })
    }
}

impl Engine {
    /// Prepares a program for `isa`, or for [`Isa::Portable`] where the machine hasn't got it.
    pub fn new(manifest: &Manifest, isa: Isa) -> Result<Self, Unsupported> {
        let graph = Graph::new(manifest)?;
        let plan = Plan::new(&graph)?;
        let kept = manifest
            .constants
            .iter()
            .enumerate()
            .map(|(id, bytes)| if reads_constant(&graph, id) { bytes.clone() } else { Vec::new() });
        Ok(Self { simd: isa.simd(), constants: kept.collect(), plan, idle: Mutex::default() })
    }

    fn stream<T: Send>(
        &self,
        inputs: &Inputs,
        shards: Range<u64>,
        sink: &mut dyn FnMut(u64, T) -> Flow,
        one: impl Fn(&[&[u8]], &mut Workspace) -> Result<T, RunError> + Sync,
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
        run: impl FnOnce(&[&[u8]], &mut Workspace) -> Result<T, RunError>,
    ) -> Result<T, RunError> {
        let shards = inputs.shards();
        if shard >= shards {
            return Err(RunError::Shard { shard, shards });
        }
        let spare = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut workspace = spare.unwrap_or_else(|| self.workspace());
        let result = run(&inputs.shard(shard), &mut workspace);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(workspace);
        result
    }

    fn workspace(&self) -> Workspace {
        Workspace {
            slots: self.plan.slots.iter().map(|&bytes| vec![0; bytes]).collect(),
            scratch: Scratch::default(),
            hasher: TreeHasher::default(),
        }
    }

    fn commit_shard(&self, inputs: &[&[u8]], workspace: &mut Workspace) -> Result<ShardResult, RunError> {
        let mut outputs = vec![Vec::new(); self.plan.outputs.len()];
        let mut roots = vec![Digest::default(); self.plan.committed];
        self.steps(inputs, workspace, |committed, hasher| {
            roots[committed.number] = hasher.root(committed.bytes, committed.ty, committed.layout);
            self.keep(&committed, &mut outputs);
        })?;
        let root = workspace.hasher.merge(&roots);
        Ok(ShardResult { outputs, roots, root })
    }

    /// Keeps a committed tensor that is an output.
    fn keep(&self, committed: &Committed, outputs: &mut [Vec<u8>]) {
        for (output, _) in outputs.iter_mut().zip(&self.plan.outputs).filter(|(_, slot)| **slot == committed.number) {
            *output = committed.bytes.to_vec();
        }
    }

    fn steps(
        &self,
        inputs: &[&[u8]],
        workspace: &mut Workspace,
        mut commit: impl FnMut(Committed, &mut TreeHasher),
    ) -> Result<(), RunError> {
        self.check(inputs)?;
        for step in &self.plan.steps {
            match step {
                Step::Compute { kernel, slot, bytes } => {
                    let mut out = take(&mut workspace.slots[*slot]);
                    let tensors = Tensors { inputs, constants: &self.constants, slots: &workspace.slots };
                    let scratch = &mut workspace.scratch;
                    match self.simd {
                        #[cfg(target_arch = "x86_64")]
                        Some(avx2) => avx2.run(kernel, &tensors, scratch, &mut out[..*bytes]),
                        _ => kernel.run(None, &tensors, scratch, &mut out[..*bytes]),
                    }
                    workspace.slots[*slot] = out;
                }
                Step::Commit { number, home, ty, layout } => {
                    let tensors = Tensors { inputs, constants: &self.constants, slots: &workspace.slots };
                    let bytes = &tensors.bytes(*home)[..size(ty)];
                    commit(Committed { number: *number, bytes, ty, layout: *layout }, &mut workspace.hasher);
                }
            }
        }
        Ok(())
    }

    fn check(&self, inputs: &[&[u8]]) -> Result<(), RunError> {
        let (found, wanted) = (inputs.len(), self.plan.inputs.len());
        if found != wanted {
            return Err(RunError::Inputs { found, wanted });
        }
        for (port, (input, ty)) in inputs.iter().zip(&self.plan.inputs).enumerate() {
            let (found, wanted) = (input.len(), size(ty));
            if found != wanted {
                return Err(RunError::Input { port, found, wanted });
            }
            if matches!(ty.dtype, DType::Bool | DType::I4)
                && let Some(index) =
                    input.iter().position(|&byte| ty.dtype.wrap(byte as i8 as i64) != byte as i8 as i64)
            {
                return Err(RunError::Value { port, index, found: input[index] as i8 });
            }
        }
        Ok(())
    }
}

/// A committed tensor that has just been computed.
struct Committed<'a> {
    number: usize,
    bytes: &'a [u8],
    ty: &'a tequio_tensor::Type,
    layout: tequio_attestation::Layout,
}
