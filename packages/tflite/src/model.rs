//! A verified file.

use flatbuffers::VerifierOptions;

use crate::{
    Refused,
    schema::{self, Operator, SubGraph, Tensor, TensorType, model_buffer_has_identifier, root_as_model_with_opts},
};

/// Largest file, bytes: of constants a program takes 256 MiB.
pub const MAX_FILE: usize = 320 << 20;
/// Most tables: a tensor takes up to three, an operator one or two.
const MAX_TABLES: usize = 1 << 20;
/// Bytes before which there is no file identifier to look for.
const HEADER: usize = 8;

/// A model whose first graph is all there.
#[derive(Clone, Copy)]
pub struct Model<'a> {
    model: schema::Model<'a>,
    graph: SubGraph<'a>,
}

/// An input or output.
#[derive(Clone, Debug, PartialEq)]
pub struct Port {
    /// As the model's maker called it.
    pub name: String,
    pub ty: TensorType,
    /// -1 where a length is open.
    pub shape: Vec<i32>,
    /// None of plain integers, such as the number of a class.
    pub scale: Option<Scale>,
}

/// An element q stands for scale · (q − zero point).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Finite, above 0.
    pub scale: f32,
    /// In the range of the element type.
    pub zero_point: i64,
}

impl<'a> Model<'a> {
    /// Verifies a file.
    ///
    /// # Errors
    /// If it isn't a `.tflite`, names what it doesn't have, or computes with what isn't integers. No bytes make it panic.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Refused> {
        let model = Self::verified(bytes)?;
        model.integers()?;
        Ok(model)
    }

    fn verified(bytes: &'a [u8]) -> Result<Self, Refused> {
        if bytes.len() > MAX_FILE {
            return Err(Refused::Size { bytes: bytes.len(), limit: MAX_FILE });
        }
        if bytes.len() < HEADER || !model_buffer_has_identifier(bytes) {
            return Err(Refused::Identifier);
        }
        let limits = VerifierOptions { max_tables: MAX_TABLES, ..VerifierOptions::default() };
        let model = root_as_model_with_opts(&limits, bytes)
            .map_err(|reason| Refused::Flatbuffer { reason: reason.to_string().trim().to_owned() })?;
        let graph = model.subgraphs().into_iter().flatten().next().ok_or(Refused::NoGraph)?;
        let model = Self { model, graph };
        let named = model.operators().flat_map(|operator| [operator.inputs(), operator.outputs()]);
        for at in [graph.inputs(), graph.outputs()].into_iter().chain(named).flatten().flatten() {
            // An operand that is left out.
            if at != -1 {
                model.tensor(at)?;
            }
        }
        for operator in model.operators() {
            model.code(operator)?;
        }
        Ok(model)
    }

    /// Whether everything that goes in, is computed or comes out is integers.
    fn integers(&self) -> Result<(), Refused> {
        let computed = self.operators().filter_map(|operator| operator.outputs()).flatten();
        let roles = [
            ("input", self.graph.inputs().into_iter().flatten().collect::<Vec<_>>()),
            ("tensor", computed.collect()),
            ("output", self.graph.outputs().into_iter().flatten().collect()),
        ];
        for (role, tensors) in roles {
            for at in tensors.into_iter().filter(|at| *at != -1) {
                let tensor = self.tensor(at)?;
                if !is_integer(tensor.type_()) {
                    let ty = format!("{:?}", tensor.type_());
                    return Err(Refused::NotInteger { role, tensor: name(&tensor), ty });
                }
            }
        }
        Ok(())
    }

    /// In the order of the graph.
    ///
    /// # Errors
    /// If one has several scales, or one that makes no sense.
    pub fn inputs(&self) -> Result<Vec<Port>, Refused> {
        self.input_tensors().iter().map(port).collect()
    }

    /// In the order of the graph.
    ///
    /// # Errors
    /// As [`Self::inputs`].
    pub fn outputs(&self) -> Result<Vec<Port>, Refused> {
        self.output_tensors().iter().map(port).collect()
    }

    pub(crate) fn input_tensors(&self) -> Vec<Tensor<'a>> {
        self.named(self.graph.inputs())
    }

    pub(crate) fn output_tensors(&self) -> Vec<Tensor<'a>> {
        self.named(self.graph.outputs())
    }

    pub(crate) fn tensors(&self) -> impl Iterator<Item = Tensor<'a>> + use<'a> {
        self.graph.tensors().into_iter().flatten()
    }

    pub(crate) fn operators(&self) -> impl Iterator<Item = Operator<'a>> + use<'a> {
        self.graph.operators().into_iter().flatten()
    }

    /// The tensor at a place.
    pub(crate) fn tensor(&self, at: i32) -> Result<Tensor<'a>, Refused> {
        let place = usize::try_from(at).ok();
        let tensor = self.graph.tensors().zip(place).filter(|(tensors, at)| *at < tensors.len());
        let (tensors, at) = tensor.ok_or(Refused::Missing { what: "tensor", at: at.into() })?;
        Ok(tensors.get(at))
    }

    /// The bytes of a constant; empty of what is computed.
    pub(crate) fn constant(&self, tensor: &Tensor<'a>) -> &'a [u8] {
        let at = tensor.buffer() as usize;
        let buffers = self.model.buffers().filter(|buffers| at < buffers.len());
        buffers.and_then(|buffers| buffers.get(at).data()).map_or(&[], |data| data.bytes())
    }

    /// The number of what an operator does.
    pub(crate) fn code(&self, operator: Operator<'a>) -> Result<i32, Refused> {
        let at = operator.opcode_index();
        let codes = self.model.operator_codes().filter(|codes| (at as usize) < codes.len());
        let codes = codes.ok_or(Refused::Missing { what: "operator code", at: at.into() })?;
        let code = codes.get(at as usize);
        Ok(code.builtin_code().max(code.deprecated_builtin_code().into()))
    }

    fn named(&self, places: Option<flatbuffers::Vector<'a, i32>>) -> Vec<Tensor<'a>> {
        places.into_iter().flatten().filter_map(|at| self.tensor(at).ok()).collect()
    }
}

/// The lengths, -1 where one is open.
pub(crate) fn shape(tensor: &Tensor) -> Vec<i32> {
    let open = tensor.shape_signature().filter(|signature| !signature.is_empty());
    open.or(tensor.shape()).into_iter().flatten().collect()
}

pub(crate) fn name(tensor: &Tensor) -> String {
    tensor.name().unwrap_or_default().to_owned()
}

fn is_integer(ty: TensorType) -> bool {
    range(ty).is_some() || [TensorType::BOOL, TensorType::INT64, TensorType::UINT32, TensorType::UINT64].contains(&ty)
}

/// The least and the greatest element that a scale may be for.
fn range(ty: TensorType) -> Option<(i64, i64)> {
    Some(match ty {
        TensorType::INT4 => (-8, 7),
        TensorType::INT8 => (i8::MIN.into(), i8::MAX.into()),
        TensorType::UINT8 => (0, u8::MAX.into()),
        TensorType::INT16 => (i16::MIN.into(), i16::MAX.into()),
        TensorType::UINT16 => (0, u16::MAX.into()),
        TensorType::INT32 => (i32::MIN.into(), i32::MAX.into()),
        _ => return None,
    })
}

fn port(tensor: &Tensor) -> Result<Port, Refused> {
    let (name, ty) = (name(tensor), tensor.type_());
    let quantization = tensor.quantization();
    let scales: Vec<f32> = quantization.and_then(|of| of.scale()).into_iter().flatten().collect();
    let scale = match scales[..] {
        [] => None,
        [scale] => {
            let zero_points = quantization.and_then(|of| of.zero_point()).into_iter().flatten();
            let zero_point = zero_points.take(1).sum();
            let fits = range(ty).is_some_and(|(least, most)| (least..=most).contains(&zero_point));
            if !fits || !scale.is_finite() || scale <= 0.0 {
                return Err(Refused::Scale { tensor: name, scale, zero_point });
            }
            Some(Scale { scale, zero_point })
        }
        _ => return Err(Refused::Scales { tensor: name, scales: scales.len() }),
    };
    Ok(Port { name, ty, shape: shape(tensor), scale })
}
