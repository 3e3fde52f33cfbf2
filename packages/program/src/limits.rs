//! What a program may cost those who check it, plan it or load it.

use tequio_attestation::{MAX_DEPTH, MAX_KEPT, MAX_READS};

/// Most bytes of leaves that checking one element may be shown.
pub(crate) const MAX_CHECK_BYTES: u64 = 32 << 10;
/// Most bytes of one draw's opening, the paths above a shard not counted.
pub(crate) const MAX_OPENING_BYTES: u64 = 256 << 10;
/// Most elements that checking one element may read.
pub(crate) const MAX_CHECK_READS: u64 = 1 << 20;
/// Most elements of virtual tensors that checking one element may compute: it keeps them all, and a chain gives a check
/// 32 MiB of memory.
pub(crate) const MAX_CHECK_KEPT: u64 = MAX_KEPT as u64;
/// Longest chain of virtual tensors.
pub(crate) const MAX_CHAIN: u8 = 96;
/// Largest s, in 1/65,536: 15/16.
pub(crate) const MAX_S: u16 = 61_440;
/// Most scenarios of a plan.
pub(crate) const MAX_SCENARIOS: usize = 8;
/// Most shards on which rates are measured.
pub const MAX_TRACES: usize = 64;

/// Most operations that running the measured shards may take, and most elements that are kept of them.
pub(crate) const MAX_MEASURING: u64 = 1 << 36;
pub(crate) const MAX_MEASURED: u64 = 1 << 28;
/// Most operations that measuring what keeps its value along other routes may take.
pub(crate) const MAX_MIXING: u64 = 1 << 31;
/// Most operations that measuring what a part of a tensor's work says of it may take.
pub(crate) const MAX_PARTS: u64 = 1 << 31;

// What keeps a hostile program from costing memory and time to refuse: each is checked before the work is done.

/// Most bytes of a file's constants together, and of those that folding makes.
pub(crate) const MAX_CONSTANTS: u64 = 256 << 20;
/// Most operations that folding a program's constants may take, an element of a result counting as at least one.
pub(crate) const MAX_FOLDING: u64 = 1 << 28;
/// Most elements of a shard's tensors that are not constants together, and most reads that passing their cost back may take.
pub(crate) const MAX_ELEMENTS: u64 = 1 << 26;
pub(crate) const MAX_FLOW_READS: u64 = 1 << 32;
/// Most leaves of a shard's inputs and committed tensors and of the constants together.
pub(crate) const MAX_LEAVES: u64 = 1 << 22;
/// Most operands, each at each place where it is read, of the ops that checks compute, of all checks together.
pub(crate) const MAX_READERS: u64 = 1 << 18;
/// Most ways from an op that a check computes to a committed tensor that it reads, of all checks together.
pub(crate) const MAX_WAYS: u64 = 1 << 26;
/// Reads that trying other routes may take in all.
pub(crate) const MAX_ROUTE_READS: u64 = 1 << 30;
/// Most tensors that are walked, in cones, to choose what is committed.
pub(crate) const MAX_WALKED: u64 = 1 << 25;

/// Steps that searching for a better plan may take, each about what weighing a tensor of a check takes.
pub(crate) const MAX_SEARCHED: u64 = 1 << 24;

const _: () = assert!(MAX_CHECK_READS <= MAX_READS as u64 && MAX_CHAIN < MAX_DEPTH);
