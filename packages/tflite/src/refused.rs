//! Why a model is not imported.

/// The first thing found that keeps a file from being a model of integers with a batch.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refused {
    #[error("file of {bytes} bytes, more than {limit}")]
    Size { bytes: usize, limit: usize },
    #[error("not a .tflite: no file identifier `TFL3`")]
    Identifier,
    #[error("not a valid flatbuffer: {reason}")]
    Flatbuffer { reason: String },
    #[error("no graph")]
    NoGraph,
    #[error("the graph names {what} {at}, which the file does not have")]
    Missing { what: &'static str, at: i64 },
    #[error("{role} `{tensor}` is {ty}: the model is not quantised to integers from end to end")]
    NotInteger { role: &'static str, tensor: String, ty: String },
    #[error("`{tensor}` has {scales} scales: an input or output has one")]
    Scales { tensor: String, scales: usize },
    #[error("`{tensor}` has scale {scale} and zero point {zero_point}, which make no sense")]
    Scale { tensor: String, scale: f32, zero_point: i64 },
    #[error("`{tensor}` is {shape:?}: only its first length may be open")]
    Open { tensor: String, shape: Vec<i32> },
    #[error("`{tensor}` takes any number of items, and a shard has a fixed one")]
    NoBatch { tensor: String },
    #[error("`{tensor}` has a batch of {found} in the file, which cannot become {wanted}")]
    Fixed { tensor: String, found: i32, wanted: u32 },
    #[error("`{tensor}` is reshaped to {shape:?}, which fixes the batch to 1: it cannot become {wanted}")]
    Reshape { tensor: String, shape: Vec<i32>, wanted: u32 },
}
