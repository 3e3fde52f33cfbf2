//! Writes TOSA flatbuffers, odd ones too.
#![allow(dead_code, unused_imports, reason = "each test file uses a part")]

mod attribute;
mod layers;

pub use attribute::Attribute;
use flatbuffers::{FlatBufferBuilder, WIPOffset};
pub use layers::{Conv, conv, noise};
pub use tequio_program::generated::tosa::{DType, Op};
use tequio_program::generated::tosa::{
    SerializationCompatibility, SerializationCompatibilityArgs, TosaBasicBlock, TosaBasicBlockArgs, TosaGraph,
    TosaGraphArgs, TosaOperator, TosaOperatorArgs, TosaRegion, TosaRegionArgs, TosaShape, TosaShapeArgs, TosaTensor,
    TosaTensorArgs, Version, VersionArgs, finish_tosa_graph_buffer,
};

/// A program to be written. Everything is public: tests spoil what they like.
#[derive(Clone)]
pub struct Program {
    /// Major, minor, patch, draft.
    pub version: (i32, i32, i32, bool),
    pub features: u64,
    pub regions: usize,
    pub blocks: usize,
    pub tensors: Vec<Tensor>,
    pub shapes: Vec<(String, Vec<u8>, u32)>,
    pub operators: Vec<Operator>,
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
}

#[derive(Clone)]
pub struct Tensor {
    pub name: Option<String>,
    pub dtype: DType,
    pub shape: Vec<i32>,
    pub data: Option<Vec<u8>>,
    pub variable: bool,
    pub is_unranked: bool,
}

#[derive(Clone)]
pub struct Operator {
    pub op: Op,
    pub attribute: Attribute,
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
}

impl Default for Program {
    fn default() -> Self {
        Self {
            version: (1, 1, 0, true),
            features: 0,
            regions: 1,
            blocks: 1,
            tensors: vec![],
            shapes: vec![],
            operators: vec![],
            inputs: vec![],
            outputs: vec![],
        }
    }
}

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| name.to_string()).collect()
}

impl Program {
    pub fn tensor(&mut self, name: &str, dtype: DType, shape: &[i32], data: Option<Vec<u8>>) {
        let (shape, name) = (shape.to_vec(), Some(name.into()));
        self.tensors.push(Tensor { name, dtype, shape, data, variable: false, is_unranked: false });
    }

    pub fn input(&mut self, name: &str, dtype: DType, shape: &[i32]) {
        self.tensor(name, dtype, shape, None);
        self.inputs.push(name.into());
    }

    pub fn output(&mut self, name: &str) {
        self.outputs.push(name.into());
    }

    pub fn constant(&mut self, name: &str, dtype: DType, shape: &[i32], data: Vec<u8>) {
        self.tensor(name, dtype, shape, Some(data));
        self.operator(Op::CONST, Attribute::None, &[], name);
    }

    pub fn shape(&mut self, name: &str, values: &[i64]) {
        let data = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.shapes.push((name.into(), data, values.len() as u32));
        self.operator(Op::CONST_SHAPE, Attribute::None, &[], name);
    }

    pub fn operator(&mut self, op: Op, attribute: Attribute, inputs: &[&str], output: &str) {
        let (inputs, outputs) = (strings(inputs), strings(&[output]));
        self.operators.push(Operator { op, attribute, inputs, outputs });
    }

    /// An op and its output's declaration.
    pub fn op(&mut self, op: Op, attribute: Attribute, inputs: &[&str], output: (&str, DType, &[i32])) {
        self.tensor(output.0, output.1, output.2, None);
        self.operator(op, attribute, inputs, output.0);
    }

    pub fn find(&mut self, name: &str) -> &mut Tensor {
        self.tensors.iter_mut().find(|tensor| tensor.name.as_deref() == Some(name)).unwrap()
    }

    pub fn operator_of(&mut self, name: &str) -> &mut Operator {
        self.operators.iter_mut().find(|operator| operator.outputs[0] == name).unwrap()
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut b = FlatBufferBuilder::new();
        let blocks: Vec<_> = (0..self.blocks).map(|_| self.block(&mut b)).collect();
        let regions: Vec<_> = (0..self.regions)
            .map(|_| {
                let blocks = Some(b.create_vector(&blocks));
                TosaRegion::create(&mut b, &TosaRegionArgs { name: None, blocks })
            })
            .collect();
        let (_major, _minor, _patch, _draft) = self.version;
        let version = Some(Version::create(&mut b, &VersionArgs { _major, _minor, _patch, _draft }));
        let regions = Some(b.create_vector(&regions));
        let args = SerializationCompatibilityArgs { min_reader_version: None, features: self.features };
        let compatibility = Some(SerializationCompatibility::create(&mut b, &args));
        let args = TosaGraphArgs { version, regions, software_version: None, compatibility };
        let graph = TosaGraph::create(&mut b, &args);
        finish_tosa_graph_buffer(&mut b, graph);
        b.finished_data().to_vec()
    }

    fn block<'a>(&self, b: &mut FlatBufferBuilder<'a>) -> WIPOffset<TosaBasicBlock<'a>> {
        let tensors: Vec<_> = self.tensors.iter().map(|tensor| tensor.write(b)).collect();
        let operators: Vec<_> = self.operators.iter().map(|operator| operator.write(b)).collect();
        let shapes: Vec<_> = self
            .shapes
            .iter()
            .map(|(name, data, rank)| {
                let (name, data) = (Some(b.create_string(name)), Some(b.create_vector(data)));
                TosaShape::create(b, &TosaShapeArgs { name, rank: *rank, data })
            })
            .collect();
        let args = TosaBasicBlockArgs {
            name: None,
            operators: Some(b.create_vector(&operators)),
            tensors: Some(b.create_vector(&tensors)),
            inputs: Some(names(b, &self.inputs)),
            outputs: Some(names(b, &self.outputs)),
            shapes: Some(b.create_vector(&shapes)),
        };
        TosaBasicBlock::create(b, &args)
    }
}

type Names<'a> = WIPOffset<flatbuffers::Vector<'a, flatbuffers::ForwardsUOffset<&'a str>>>;

fn names<'a>(b: &mut FlatBufferBuilder<'a>, names: &[String]) -> Names<'a> {
    let names: Vec<_> = names.iter().map(|name| b.create_string(name)).collect();
    b.create_vector(&names)
}

impl Tensor {
    fn write<'a>(&self, b: &mut FlatBufferBuilder<'a>) -> WIPOffset<TosaTensor<'a>> {
        let name = self.name.as_ref().map(|name| b.create_string(name));
        let data = self.data.as_ref().map(|data| b.create_vector(data));
        let shape = Some(b.create_vector(&self.shape));
        let (variable, is_unranked) = (self.variable, self.is_unranked);
        let args = TosaTensorArgs { name, shape, type_: self.dtype, data, variable, is_unranked, ..Default::default() };
        TosaTensor::create(b, &args)
    }
}

impl Operator {
    fn write<'a>(&self, b: &mut FlatBufferBuilder<'a>) -> WIPOffset<TosaOperator<'a>> {
        let (attribute_type, attribute) = self.attribute.write(b, self.op);
        let (inputs, outputs) = (Some(names(b, &self.inputs)), Some(names(b, &self.outputs)));
        let args = TosaOperatorArgs { op: self.op, attribute_type, attribute, inputs, outputs, location: None };
        TosaOperator::create(b, &args)
    }
}
