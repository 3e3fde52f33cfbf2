//! What the chain knows of a program without seeing it.

use crate::{
    Digest, Malformed, ProgramId, TensorId,
    codec::{Reader, Writer},
    hash::tagged,
};

/// Version of the canonical form.
pub const VERSION: u8 = 2;
/// Most inputs, and most outputs, of a program.
pub const MAX_PORTS: usize = 16;

/// The header that is hashed into `program_id`: `TH('tequio/v1/program', header ‖ root of the descriptors' tree)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Number of tensors, the leaves of the descriptors' tree.
    pub tensors: u32,
    /// Number of committed tensors, the leaves of a shard's tree.
    pub committed: u32,
    /// Number of inputs: tensors `0..inputs`.
    pub inputs: u8,
    /// How many of them are of job scope.
    pub job: u8,
    /// The outputs, in graph order; each is a committed tensor.
    pub outputs: Vec<TensorId>,
    /// Cost of one shard in MAC equivalents.
    pub cost: u64,
    /// δ·2³², rounded down: one draw catches a cheat that saves a share φ of the work with probability δ(φ − γ) or more.
    pub delta: u32,
    /// γ·2³², rounded up: the share of the work whose saving δ does not price.
    pub gamma: u32,
    /// Most bytes that one draw adds to an opening, the paths above a shard's root and an input's shard not counted.
    pub opening_bytes: u32,
    /// Most elements that checking one draw reads.
    pub reads: u32,
    /// Longest chain of virtual tensors.
    pub depth: u8,
    /// Hash of the plan this was compiled with.
    pub plan: Digest,
}

impl Header {
    pub fn encode(&self) -> Vec<u8> {
        let mut w = Writer::default();
        w.u8(VERSION);
        w.u32(self.tensors);
        w.u32(self.committed);
        w.u8(self.inputs);
        w.u8(self.job);
        w.u8(self.outputs.len() as u8);
        self.outputs.iter().for_each(|id| w.u32(id.0));
        w.u64(self.cost);
        w.u32(self.delta);
        w.u32(self.gamma);
        w.u32(self.opening_bytes);
        w.u32(self.reads);
        w.u8(self.depth);
        w.bytes(&self.plan.0);
        w.0
    }

    /// Decodes a header from the front of `r`.
    pub fn decode(r: &mut Reader) -> Result<Self, Malformed> {
        let version = r.u8()?;
        if version != VERSION {
            return Err(Malformed::Version { version });
        }
        let (tensors, committed, inputs, job) = (r.u32()?, r.u32()?, r.u8()?, r.u8()?);
        let count = r.u8()? as usize;
        let ports = |n: usize| (1..=MAX_PORTS).contains(&n);
        if !ports(count)
            || !ports(inputs.into())
            || job > inputs
            || committed == 0
            || committed > tensors.saturating_sub(inputs.into())
        {
            return Err(Malformed::Counts);
        }
        let outputs = (0..count).map(|_| r.u32().map(TensorId)).collect::<Result<Vec<_>, _>>()?;
        if outputs.iter().any(|id| id.0 >= tensors) {
            return Err(Malformed::Counts);
        }
        Ok(Self {
            tensors,
            committed,
            inputs,
            job,
            outputs,
            cost: r.u64()?,
            delta: r.u32()?,
            gamma: r.u32()?,
            opening_bytes: r.u32()?,
            reads: r.u32()?,
            depth: r.u8()?,
            plan: r.digest()?,
        })
    }

    /// Decodes a header that is all of `bytes`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut r = Reader::new(bytes);
        let header = Self::decode(&mut r)?;
        r.finish()?;
        Ok(header)
    }

    /// δ(1 − γ)·2³², rounded down: what one draw catches of a complete cheat.
    pub fn caught(&self) -> u32 {
        ((self.delta as u64 * ((1 << 32) - self.gamma as u64)) >> 32) as u32
    }

    /// The program's id, given the root of its descriptors' tree.
    pub fn program_id(&self, descriptors: &Digest) -> ProgramId {
        ProgramId(tagged("tequio/v1/program", &[&self.encode(), descriptors.as_ref()]))
    }
}

/// The input root of a job: `TH('tequio/v1/inputs', total shards ‖ root of the tree over its shards' inputs)`.
pub fn input_root(total_shards: u64, root: &Digest) -> Digest {
    tagged("tequio/v1/inputs", &[&total_shards.to_be_bytes(), root.as_ref()])
}
