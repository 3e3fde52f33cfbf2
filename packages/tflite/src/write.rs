//! Small models, for tests.

use flatbuffers::FlatBufferBuilder;

use crate::schema::{
    Buffer, BufferArgs, Model, ModelArgs, Operator, OperatorArgs, OperatorCode, OperatorCodeArgs, Quantization,
    QuantizationArgs, SubGraph, SubGraphArgs, Tensor, TensorArgs, TensorType, finish_model_buffer,
};

/// A model to write; tensors are named by their places.
#[derive(Clone, Debug, Default)]
pub struct Written {
    pub tensors: Vec<Declared>,
    /// Number of what an operator does, operands, results.
    pub operators: Vec<(i32, Vec<i32>, Vec<i32>)>,
    pub inputs: Vec<i32>,
    pub outputs: Vec<i32>,
}

/// A tensor to write.
#[derive(Clone, Debug)]
pub struct Declared {
    pub name: &'static str,
    pub ty: TensorType,
    /// -1 where a length is open.
    pub shape: Vec<i32>,
    pub scales: Vec<f32>,
    pub zero_point: i64,
    /// Of a constant.
    pub data: Vec<u8>,
}

impl Written {
    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut file = FlatBufferBuilder::new();
        let nothing = Buffer::create(&mut file, &BufferArgs::default());
        let (mut buffers, mut tensors) = (vec![nothing], vec![]);
        for Declared { name, ty, shape, scales, zero_point, data } in &self.tensors {
            let buffer = if data.is_empty() { 0 } else { buffers.len() as u32 };
            if buffer > 0 {
                let data = Some(file.create_vector(data));
                buffers.push(Buffer::create(&mut file, &BufferArgs { data }));
            }
            // An open length counts as 1.
            let closed: Vec<i32> = shape.iter().map(|length| length.abs()).collect();
            let signature = shape.contains(&-1).then(|| file.create_vector(shape));
            let zero_points = vec![*zero_point; scales.len()];
            let (scale, zero_point) = (Some(file.create_vector(scales)), Some(file.create_vector(&zero_points)));
            let quantization = Some(Quantization::create(&mut file, &QuantizationArgs { scale, zero_point }));
            let (name, shape) = (Some(file.create_string(name)), Some(file.create_vector(&closed)));
            let tensor = TensorArgs { shape, type_: *ty, buffer, name, quantization, shape_signature: signature };
            tensors.push(Tensor::create(&mut file, &tensor));
        }
        let (mut codes, mut operators) = (vec![], vec![]);
        for (at, (code, inputs, outputs)) in self.operators.iter().enumerate() {
            let code = OperatorCodeArgs { builtin_code: *code, ..OperatorCodeArgs::default() };
            codes.push(OperatorCode::create(&mut file, &code));
            let (inputs, outputs) = (Some(file.create_vector(inputs)), Some(file.create_vector(outputs)));
            operators.push(Operator::create(&mut file, &OperatorArgs { opcode_index: at as u32, inputs, outputs }));
        }
        let (inputs, outputs) = (Some(file.create_vector(&self.inputs)), Some(file.create_vector(&self.outputs)));
        let (tensors, operators) = (Some(file.create_vector(&tensors)), Some(file.create_vector(&operators)));
        let graph = SubGraph::create(&mut file, &SubGraphArgs { tensors, inputs, outputs, operators });
        let (subgraphs, buffers) = (Some(file.create_vector(&[graph])), Some(file.create_vector(&buffers)));
        let operator_codes = Some(file.create_vector(&codes));
        let model = Model::create(&mut file, &ModelArgs { version: 3, operator_codes, subgraphs, buffers });
        finish_model_buffer(&mut file, model);
        file.finished_data().to_vec()
    }
}

impl Declared {
    /// A tensor that is computed or goes in.
    pub fn new(name: &'static str, ty: TensorType, shape: &[i32]) -> Self {
        Self { name, ty, shape: shape.to_vec(), scales: vec![0.5], zero_point: 3, data: vec![] }
    }
}
