//! Golden vectors of `docs/attestation.md` in `tests/vectors/*.json` at the root of the repository, for other
//! implementations. They pin the bytes: drift fails.
//!
//! `TEQUIO_BLESS=1 cargo test -p tequio-attestation --test vectors` writes them anew.

mod addresses;
mod answers;
mod attestation;
mod choice;
mod codec;
mod describe;
mod descriptors;
mod golden;
mod hashes;
mod inputs;
mod job;
mod layers;
mod layouts;
mod leaves;
mod openings;
mod program;
mod reveals;
mod small;
mod tall;
mod trees;

use tequio_fuzz as allocated;
