//! Where programs run.

pub mod cpu;
