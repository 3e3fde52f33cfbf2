//! Writes files, odd ones too: what is written is up to the caller, and [`crate::read`] may refuse it.

mod attribute;

pub use attribute::Attribute;
use flatbuffers::{FlatBufferBuilder, WIPOffset};

use crate::schema::{
    DType, Op, SerializationCompatibility, SerializationCompatibilityArgs, TosaBasicBlock, TosaBasicBlockArgs,
    TosaGraph, TosaGraphArgs, TosaOperator, TosaOperatorArgs, TosaRegion, TosaRegionArgs, TosaShape, TosaShapeArgs,
    TosaTensor, TosaTensorArgs, Version, VersionArgs, finish_tosa_graph_buffer,
};

/// A program to be written, with one block's tensors, shapes and operators in the order in which they were added.
/// Everything is public and nothing is checked, so that a test can spoil what it likes.
#[derive(Clone, Debug)]
pub struct Program {
    /// Major, minor, patch, draft.
    pub version: (i32, i32, i32, bool),
    /// Bits of the serialisation's compatibility.
    pub features: u64,
    /// How many regions hold the block; more than one is no program.
    pub regions: usize,
    /// How often each region holds it.
    pub blocks: usize,
    pub tensors: Vec<Tensor>,
    /// Name, data and rank.
    pub shapes: Vec<(String, Vec<u8>, u32)>,
    pub operators: Vec<Operator>,
    /// Names, like the outputs.
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
}

/// A declaration.
#[derive(Clone, Debug)]
pub struct Tensor {
    pub name: Option<String>,
    pub dtype: DType,
    pub shape: Vec<i32>,
    /// As the file packs it.
    pub data: Option<Vec<u8>>,
    pub variable: bool,
    pub is_unranked: bool,
}

/// An operator, its operands and outputs by name.
#[derive(Clone, Debug)]
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
    /// A declaration.
    pub fn tensor(&mut self, name: &str, dtype: DType, shape: &[i32], data: Option<Vec<u8>>) {
        let (shape, name) = (shape.to_vec(), Some(name.into()));
        self.tensors.push(Tensor { name, dtype, shape, data, variable: false, is_unranked: false });
    }

    /// A declaration that is an input.
    pub fn input(&mut self, name: &str, dtype: DType, shape: &[i32]) {
        self.tensor(name, dtype, shape, None);
        self.inputs.push(name.into());
    }

    /// Lists a tensor as an output.
    pub fn output(&mut self, name: &str) {
        self.outputs.push(name.into());
    }

    /// A declaration with data as the file packs it, and the CONST that defines it.
    pub fn constant(&mut self, name: &str, dtype: DType, shape: &[i32], data: Vec<u8>) {
        self.tensor(name, dtype, shape, Some(data));
        self.operator(Op::CONST, Attribute::None, &[], name);
    }

    /// A shape and the CONST_SHAPE that defines it.
    pub fn shape(&mut self, name: &str, values: &[i64]) {
        let data = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.shapes.push((name.into(), data, values.len() as u32));
        self.operator(Op::CONST_SHAPE, Attribute::None, &[], name);
    }

    /// An operator without its output's declaration.
    pub fn operator(&mut self, op: Op, attribute: Attribute, inputs: &[&str], output: &str) {
        let (inputs, outputs) = (strings(inputs), strings(&[output]));
        self.operators.push(Operator { op, attribute, inputs, outputs });
    }

    /// An op and its output's declaration.
    pub fn op(&mut self, op: Op, attribute: Attribute, inputs: &[&str], output: (&str, DType, &[i32])) {
        self.tensor(output.0, output.1, output.2, None);
        self.operator(op, attribute, inputs, output.0);
    }

    /// The tensor of a name.
    ///
    /// # Panics
    /// If there is none.
    pub fn find(&mut self, name: &str) -> &mut Tensor {
        let found = self.tensors.iter_mut().find(|tensor| tensor.name.as_deref() == Some(name));
        found.unwrap_or_else(|| panic!("no tensor `{name}`"))
    }

    /// The operator whose first output has the name.
    ///
    /// # Panics
    /// If there is none.
    pub fn operator_of(&mut self, name: &str) -> &mut Operator {
        let is = |operator: &&mut Operator| operator.outputs.first().is_some_and(|output| output == name);
        self.operators.iter_mut().find(is).unwrap_or_else(|| panic!("no operator of `{name}`"))
    }

    /// The file.
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
