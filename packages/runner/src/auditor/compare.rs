//! Compare: run a shard again, and see whether it has the root that was attested.

use std::ops::ControlFlow;

use tequio_attestation::{Digest, Inputs};
use tequio_backend::{Executable, RunError};

/// A shard that was not run as its program says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The job's shard.
    pub shard: u64,
    pub attested: Digest,
    /// The root that follows from the inputs.
    pub computed: Digest,
}

/// Runs shard `shard` of `inputs`; `None` if its root is the attested one.
pub fn compare(
    executable: &dyn Executable,
    inputs: &Inputs,
    shard: u64,
    attested: Digest,
) -> Result<Option<Difference>, RunError> {
    let mut computed = Digest::default();
    executable.commit(inputs, shard..shard + 1, &mut |_, result| {
        computed = result.root;
        ControlFlow::Continue(())
    })?;
    Ok((computed != attested).then_some(Difference { shard, attested, computed }))
}
