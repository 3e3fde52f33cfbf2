//! The chain behind RPC.
