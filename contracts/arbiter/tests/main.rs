//! The arbiter against a stand-in for the verifier: one file per message, then what runs across them.

mod program;
mod stand_in;
mod world;

mod burn;
mod demand;
mod errors;
mod flood;
mod instantiate;
mod migrate;
mod properties;
mod query;
mod reveal;
mod settle;
mod withdraw;
mod writes;
