//! Checks that `scripts/memory` runs again, as Wasm.

use std::{env, fs, path::Path};

use tequio_attestation::{Statement, codec::Writer};

/// Writes the check of an attestation's first draw into the folder that TEQUIO_OPENINGS names, if it is set, as
/// `packages/attestation/examples/check.rs` reads it.
pub fn keep(name: &str, statement: &Statement, opening: &[u8]) {
    let Ok(folder) = env::var("TEQUIO_OPENINGS") else { return };
    let (mut w, subject) = (Writer::default(), &statement.subject);
    w.bytes(subject.program_id.as_ref());
    w.bytes(subject.input_root.as_ref());
    w.u64(subject.first_shard);
    w.u64(subject.count);
    w.u32(subject.draws);
    w.bytes(statement.root.as_ref());
    w.bytes(statement.seed.as_ref());
    w.bytes(opening);
    fs::write(Path::new(&folder).join(name), w.0).unwrap();
}
