//! What every backend checks before it reads inputs: they may be another program's.

use tequio_attestation::Inputs;
use tequio_tensor::{DType, Type};

use crate::RunError;

/// The inputs of one shard in graph order, canonical bytes, of a program whose inputs have these types.
pub fn of_shard<'a>(inputs: &'a Inputs, shard: u64, types: &[Type]) -> Result<Vec<&'a [u8]>, RunError> {
    let shards = inputs.shards();
    if shard >= shards {
        return Err(RunError::Shard { shard, shards });
    }
    let inputs = inputs.shard(shard);
    let (found, wanted) = (inputs.len(), types.len());
    if found != wanted {
        return Err(RunError::Inputs { found, wanted });
    }
    for (port, (input, ty)) in inputs.iter().zip(types).enumerate() {
        let (found, wanted) = (input.len(), ty.bytes());
        if found != wanted {
            return Err(RunError::Input { port, found, wanted });
        }
        let outside = |byte: u8| ty.dtype.wrap((byte as i8).into()) != i64::from(byte as i8);
        if matches!(ty.dtype, DType::Bool | DType::I4)
            && let Some(index) = input.iter().position(|&byte| outside(byte))
        {
            return Err(RunError::Value { port, index, found: input[index] as i8 });
        }
    }
    Ok(inputs)
}
