//! Runs a planned program.

use std::{
    mem::take,
    sync::{Mutex, PoisonError},
};

use rayon::prelude::*;
use tequio_attestation::{Digest, Manifest, ShardTrace};
use tequio_tensor::{DType, Invalid};
use thiserror::Error;

use super::{
    Simd,
    buffers::{Scratch, Tensors, Workspace},
    plan::{
        Plan, Step,
        graph::{Graph, size},
        reads_constant,
    },
};
use crate::commit::TreeHasher;

/// The instructions that kernels use. Results are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isa {
    Portable,
    Avx2,
}

impl Isa {
    /// The best that this machine has.
    pub fn detect() -> Self {
        if Self::Avx2.simd().is_some() { Self::Avx2 } else { Self::Portable }
    }

    /// Its instructions, if this machine has them.
    fn simd(self) -> Simd {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => super::kernel::avx2::Avx2::detect(),
            _ => None,
        }
    }
}

/// Why a manifest can't be run: no compiler writes such a one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unsupported {
    #[error("tensor {tensor}: {reason}")]
    Op { tensor: usize, reason: Invalid },
    #[error("tensor {tensor} reads tensor {operand}, which doesn't come before it")]
    Order { tensor: usize, operand: usize },
    #[error("constant {tensor} has {found} bytes, not {wanted}")]
    Constant { tensor: usize, found: usize, wanted: usize },
    #[error("tensor {tensor} is an input, but only the first {inputs} tensors are")]
    Input { tensor: usize, inputs: usize },
    #[error("output {tensor} is no committed tensor")]
    Output { tensor: usize },
    #[error("committed tensor {tensor} has slot {slot} of {committed}")]
    Slot { tensor: usize, slot: usize, committed: usize },
}

/// Inputs that aren't the program's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RunError {
    #[error("{found} inputs, not {wanted}")]
    Inputs { found: usize, wanted: usize },
    #[error("input {port} has {found} bytes, not {wanted}")]
    Input { port: usize, found: usize, wanted: usize },
    /// A bool other than 0 and 1, or an int4 that doesn't fit four bits.
    #[error("element {index} of input {port} is {found}, outside its type")]
    Value { port: usize, index: usize, found: i8 },
}

/// What running a shard gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardResult {
    /// Canonical bytes of every output, in the header's order.
    pub outputs: Vec<Vec<u8>>,
    /// Root of every committed tensor's tree by slot; empty if the run was without commitments.
    pub roots: Vec<Digest>,
    /// The shard root: root of the tree whose leaf digests are `roots`.
    pub root: Option<Digest>,
}

/// A program, prepared once and run by any number of workers.
#[derive(Debug)]
pub struct Engine {
    plan: Plan,
    simd: Simd,
    /// For each tensor the bytes of a constant that is read while running, else empty.
    constants: Vec<Vec<u8>>,
}

impl Engine {
    /// Prepares a program for this machine.
    pub fn new(manifest: &Manifest) -> Result<Self, Unsupported> {
        Self::with_isa(manifest, Isa::detect())
    }

    /// Prepares a program for `isa`, or for [`Isa::Portable`] where the machine hasn't got it.
    pub fn with_isa(manifest: &Manifest, isa: Isa) -> Result<Self, Unsupported> {
        let graph = Graph::new(manifest)?;
        let plan = Plan::new(&graph)?;
        let kept = manifest
            .constants
            .iter()
            .enumerate()
            .map(|(id, bytes)| if reads_constant(&graph, id) { bytes.clone() } else { Vec::new() });
        Ok(Self { simd: isa.simd(), constants: kept.collect(), plan })
    }

    /// Memory for one worker.
    pub fn workspace(&self) -> Workspace {
        Workspace {
            slots: self.plan.slots.iter().map(|&bytes| vec![0; bytes]).collect(),
            scratch: Scratch::default(),
            hasher: TreeHasher::default(),
        }
    }

    /// Runs one shard. `inputs` are the canonical bytes of every input of one batch; `commit` says whether to hash what
    /// is committed. `workspace` is of this engine.
    pub fn run_shard(
        &self,
        inputs: &[&[u8]],
        workspace: &mut Workspace,
        commit: bool,
    ) -> Result<ShardResult, RunError> {
        let mut outputs = vec![Vec::new(); self.plan.outputs.len()];
        let mut roots = vec![Digest::default(); if commit { self.plan.committed } else { 0 }];
        self.run(inputs, workspace, |committed, hasher| {
            for (output, _) in self.plan.outputs.iter().enumerate().filter(|(_, slot)| **slot == committed.number) {
                outputs[output] = committed.bytes.to_vec();
            }
            if commit {
                roots[committed.number] = hasher.root(committed.bytes, committed.ty, committed.layout);
            }
        })?;
        let root = commit.then(|| workspace.hasher.merge(&roots));
        Ok(ShardResult { outputs, roots, root })
    }

    /// Runs one shard and keeps every committed tensor, to open it.
    pub fn trace_shard(&self, inputs: &[&[u8]], workspace: &mut Workspace) -> Result<ShardTrace, RunError> {
        let mut slots = vec![Vec::new(); self.plan.committed];
        self.run(inputs, workspace, |committed, _| slots[committed.number] = committed.bytes.to_vec())?;
        Ok(ShardTrace { slots })
    }

    /// Runs many shards on the current rayon pool; every worker has a workspace. Results are in the order of `shards`.
    pub fn run_many(&self, shards: &[Vec<&[u8]>], commit: bool) -> Result<Vec<ShardResult>, RunError> {
        let idle = Mutex::new(Vec::new());
        let run = |inputs: &Vec<&[u8]>| {
            let spare = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut workspace = spare.unwrap_or_else(|| self.workspace());
            let result = self.run_shard(inputs, &mut workspace, commit);
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(workspace);
            result
        };
        shards.par_iter().map(run).collect()
    }

    fn run(
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
