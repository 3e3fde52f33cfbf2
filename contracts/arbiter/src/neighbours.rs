//! What this contract asks and tells the one other that it knows.

pub mod verifier;
