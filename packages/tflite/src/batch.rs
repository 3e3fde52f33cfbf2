//! How many items go in at once.

use crate::{
    Model, Refused,
    model::{name, shape},
    schema::Tensor,
};

/// TensorFlow Lite's number of the operator.
const RESHAPE: i32 = 22;

/// Sets the first length of inputs and outputs in place: where it is open, to `batch`. Where no input's is open and all
/// are 1, it and that of everything computed of one item becomes `batch`; what then doesn't fit together, the converter
/// or the program's loader finds. What is `batch` already stays, as all does where `batch` is none.
///
/// # Errors
/// Those of [`Model::read`], and if the batch is open and none is given, or is another that something depends on.
pub fn set_batch(file: &mut [u8], batch: Option<u32>) -> Result<(), Refused> {
    let places = places(file, batch)?;
    for (at, batch) in places {
        file[at..at + 4].copy_from_slice(&batch.to_le_bytes());
    }
    Ok(())
}

/// Where in the file the batch is to be written.
fn places(file: &[u8], batch: Option<u32>) -> Result<Vec<(usize, u32)>, Refused> {
    let model = Model::read(file)?;
    let inputs = model.input_tensors();
    for input in &inputs {
        let shape = shape(input);
        if shape.iter().skip(1).any(|&length| length < 0) {
            return Err(Refused::Open { tensor: name(input), shape });
        }
    }
    let leading = |tensor: &Tensor| shape(tensor).first().copied();
    let open = |tensor: &&Tensor| leading(tensor) == Some(-1);
    let Some(wanted) = batch else {
        return match inputs.iter().find(open) {
            Some(input) => Err(Refused::NoBatch { tensor: name(input) }),
            None => Ok(vec![]),
        };
    };
    let set: Vec<Tensor> = if inputs.iter().any(|input| open(&input)) {
        let outputs = model.output_tensors();
        inputs.iter().chain(&outputs).filter(open).copied().collect()
    } else {
        let other = |input: &&Tensor| leading(input).is_some_and(|length| i64::from(length) != i64::from(wanted));
        match inputs.iter().find(other) {
            None => vec![],
            Some(_) => widened(&model, &inputs, wanted)?,
        }
    };
    // Both say the length where both are there.
    let vectors = set.iter().flat_map(|tensor| [tensor.shape(), tensor.shape_signature()]).flatten();
    let begin = file.as_ptr().addr();
    Ok(vectors
        .filter(|vector| !vector.is_empty())
        .map(|vector| (vector.bytes().as_ptr().addr() - begin, wanted))
        .collect())
}

/// All tensors of a model of one item that begin with it.
fn widened<'a>(model: &Model<'a>, inputs: &[Tensor<'a>], wanted: u32) -> Result<Vec<Tensor<'a>>, Refused> {
    let leading = |tensor: &Tensor| shape(tensor).first().copied();
    if let Some(input) = inputs.iter().find(|input| leading(input) != Some(1)) {
        return Err(Refused::Fixed { tensor: name(input), found: leading(input).unwrap_or(0), wanted });
    }
    for operator in model.operators() {
        let operand = |at: usize| operator.inputs().filter(|inputs| at < inputs.len()).map(|inputs| inputs.get(at));
        let (Some(target), Some(output)) = (operand(1), operator.outputs().and_then(|outputs| outputs.iter().next()))
        else {
            continue;
        };
        if model.code(operator)? != RESHAPE || target == -1 {
            continue;
        }
        let (target, output) = (model.tensor(target)?, model.tensor(output)?);
        if leading(&output) == Some(1) && model.constant(&target).starts_with(&1i32.to_le_bytes()) {
            return Err(Refused::Reshape { tensor: name(&output), shape: shape(&output), wanted });
        }
    }
    let computed = model.tensors().filter(|tensor| model.constant(tensor).is_empty());
    Ok(computed.filter(|tensor| leading(tensor) == Some(1)).collect())
}
