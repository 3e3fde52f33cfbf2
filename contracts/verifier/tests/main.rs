//! One file per message, then what runs across them.

mod attest;
mod beacon;
mod configure;
mod conservation;
mod export;
mod finality;
mod hold;
mod instantiate;
mod migrate;
mod open;
mod ownership;
mod program;
mod propose;
mod refute;
mod tick;
mod verdict;
mod world;
