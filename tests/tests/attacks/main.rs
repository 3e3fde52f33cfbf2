//! The attacks of docs/attestation.md's threat table, each mounted through the public messages and seen to fail.

mod bind;
mod draw;
mod encode;
mod limit;
mod profit;
mod stake;
mod time;
