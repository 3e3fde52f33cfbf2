//! How a contract knows that the work was done: manifest, commitments, draws, openings and their checking.
//!
//! `docs/attestation.md` is the byte-level specification.

mod audit;
mod check;
pub mod codec;
mod commit;
mod decimal;
mod descriptor;
mod digest;
mod error;
mod evaluate;
mod evidence;
pub mod hash;
mod header;
mod inputs;
mod layout;
mod manifest;
mod memo;
mod opcode;
mod open;
mod pack;
mod reveal;
mod roots;
mod siblings;
mod subject;
mod table;
mod terms;
pub mod tree;
mod wanted;

pub use audit::audited;
pub use check::{Mismatch, Outcome, check, refute, shard_path_bytes};
pub use commit::{ShardTrace, shard_tree, tensor_tree};
pub use descriptor::{Descriptor, Interval, MAX_OPERANDS, Node, Operand, Scope, Source, TensorId};
pub use digest::{AttestationId, Digest, ProgramId, SubjectId};
pub use error::Malformed;
pub use evaluate::{MAX_DEPTH, MAX_KEPT, MAX_READS};
pub use evidence::{Evidence, drawn_shards, drawn_traces};
pub use header::{Header, MAX_PORTS, VERSION, input_root};
pub use inputs::{BadInputs, Inputs};
pub use layout::{Layout, Place, depth};
pub use manifest::{Manifest, Output};
pub use open::{Parts, open, open_in_parts, show};
pub use reveal::{OUTPUT_LEAVES, Revealed, RevealedLeaf, reveal, revealed, touched_shards};
pub use subject::{Draw, Position, Statement, Subject, attestation_id, seed};
pub use terms::{Arbitration, Terms};
pub use wanted::{LEAVES, LEVELS, Located, NotWanted, Wanted, locate, located};
