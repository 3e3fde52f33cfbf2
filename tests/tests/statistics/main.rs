//! How often cheats are caught: never less often than promised.
//!
//! `TEQUIO_MODELS` names a folder of `.tosa` files to try besides, `TEQUIO_PROGRAMS` says how many random
//! programs, `TEQUIO_SEED` which is the first.

mod audit;
mod draws;
mod measured;
mod programs;
mod random;
