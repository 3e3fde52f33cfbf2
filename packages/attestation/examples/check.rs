//! [`check`] as a Wasm module: what `scripts/memory` runs under the cap that a chain gives a contract.

// A Wasm module's functions go by their names.
#![allow(unsafe_code)]

use std::sync::Mutex;

use tequio_attestation::{
    Digest, Malformed, Outcome, ProgramId, Statement, Subject, Terms, check as check_opening, codec::Reader,
};

/// A statement and the opening of its first draw.
static CALL: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Makes room for `len` bytes of a call and says where to write them.
#[unsafe(no_mangle)]
pub extern "C" fn room(len: usize) -> *const u8 {
    let mut call = CALL.lock().expect("no other thread");
    *call = vec![0; len];
    call.as_ptr()
}

/// 1 if the draw agrees, 0 if not, -1 if the call is malformed.
#[unsafe(no_mangle)]
pub extern "C" fn check() -> i32 {
    match decoded(&CALL.lock().expect("no other thread")) {
        Ok(Outcome::Agreed { .. }) => 1,
        Ok(Outcome::Disagreed(_)) => 0,
        Err(_) => -1,
    }
}

/// Program id, input root, first shard, count, draws, root, seed, and the opening.
fn decoded(call: &[u8]) -> Result<Outcome, Malformed> {
    let mut r = Reader::new(call);
    let subject = Subject {
        program_id: ProgramId(r.digest()?),
        input_root: r.digest()?,
        first_shard: r.u64()?,
        count: r.u64()?,
        draws: r.u32()?,
        context: Digest::default(),
        terms: Terms::default(),
        arbitration: None,
    };
    let statement = Statement { subject, root: r.digest()?, seed: r.digest()? };
    check_opening(&statement, 0, &call[r.position()..])
}
