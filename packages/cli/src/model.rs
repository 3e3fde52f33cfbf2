//! A program as users name it: a `.tosa` file, its plan, and inputs for it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, bail, ensure};
use tequio_attestation::{Manifest, Operand, Source, TensorId};
use tequio_backend::{Backend, Executable, Unsupported, cpu::Cpu};
use tequio_program::{Compiled, Graph, MAX_TRACES, Plan, compile, load};
use tequio_tensor::{DType, Op, Type};

use crate::{
    failure::Usage,
    npy::{self, Array},
};

/// A program with its plan, compiled.
pub struct Model {
    pub program: Vec<u8>,
    pub plan: Plan,
    pub graph: Graph,
    pub compiled: Compiled,
}

impl Model {
    /// Compiles a program with its plan, or with one that the compiler proposes.
    pub fn new(program: Vec<u8>, plan: Option<Plan>) -> Result<Self> {
        let graph = load(&program)?;
        let plan = plan.map_or_else(|| Plan::propose(&graph), Ok)?;
        let compiled = compile(&graph, &plan)?;
        Ok(Self { program, plan, graph, compiled })
    }

    /// Reads a program, and its plan from `plan`, or from the file beside it that ends in `.plan.json`, if there is one.
    pub fn read(path: &Path, plan: Option<&Path>) -> Result<Self> {
        let program = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let plan = plan_of(path, plan).map(|path| read_plan(&path)).transpose()?;
        Self::new(program, plan).with_context(|| format!("{} is not a program that can be run", path.display()))
    }

    /// The same program with the plan's rates measured on `inputs`.
    pub fn measured(self, inputs: &Inputs) -> Result<Self> {
        let executable = self.prepare()?;
        let shards = 0..inputs.whole.shards().min(MAX_TRACES as u64);
        let traces = shards.map(|shard| executable.trace(&inputs.whole, shard));
        let plan = self.plan.measured(&self.graph, &traces.collect::<Result<Vec<_>, _>>()?);
        let compiled = compile(&self.graph, &plan)?;
        Ok(Self { plan, compiled, ..self })
    }

    /// Prepares the program for this machine.
    pub fn prepare(&self) -> Result<Arc<dyn Executable>, Unsupported> {
        Cpu::default().prepare(self.compiled.manifest.clone())
    }

    pub fn manifest(&self) -> &Manifest {
        &self.compiled.manifest
    }

    /// Types of the inputs, in graph order.
    pub fn input_types(&self) -> Vec<Type> {
        let inputs = self.manifest().header.inputs as usize;
        self.manifest().tensors[..inputs].iter().map(|tensor| tensor.ty).collect()
    }

    /// Items in a shard: the leading axis of the first input.
    pub fn batch(&self) -> u64 {
        self.input_types().first().and_then(|ty| ty.shape.dims().first().copied()).unwrap_or(1) as u64
    }

    /// Reads `--inputs`: one file for a program with one input, or `name=file` for each.
    pub fn read_inputs(&self, named: &[String]) -> Result<Inputs> {
        let names = self.graph.input_names();
        let usage = |what: String| Usage::new(what, format!("give each as NAME=FILE: {}", names.join("=…, ") + "=…"));
        let mut files: Vec<Option<PathBuf>> = vec![None; names.len()];
        for argument in named {
            let (slot, file) = match argument.split_once('=') {
                Some((name, file)) => {
                    let slot = names.iter().position(|known| *known == name);
                    (
                        slot.ok_or_else(|| usage(format!("the program has inputs {}, not {name}", names.join(", "))))?,
                        file,
                    )
                }
                None if names.len() == 1 => (0, argument.as_str()),
                None => bail!(usage(format!("the program has {} inputs: {}", names.len(), names.join(", ")))),
            };
            if files[slot].replace(file.into()).is_some() {
                bail!(usage(format!("input {} is given twice", names[slot])));
            }
        }
        let arrays = files.iter().zip(self.input_types()).zip(&names).map(|((file, ty), name)| {
            let file = file.as_ref().ok_or_else(|| usage(format!("input {name} is missing")))?;
            npy::read(file, ty.dtype)
        });
        self.shards(arrays.collect::<Result<_>>()?)
    }

    /// Cuts items into whole shards. A last one that isn't full is filled up with the input's zero point.
    pub fn shards(&self, arrays: Vec<Array>) -> Result<Inputs> {
        let mut items = None;
        let mut bytes = vec![];
        for (port, (array, ty)) in arrays.into_iter().zip(self.input_types()).enumerate() {
            let name = self.graph.input_names()[port];
            let (batch, rest) =
                ty.shape.dims().split_first().with_context(|| format!("input {name} has no batch axis"))?;
            let fits = array.dims.len() == rest.len() + 1
                && array.dims[1..].iter().eq(rest.iter().map(|dim| *dim as u64).collect::<Vec<_>>().iter());
            ensure!(fits, "input {name} has shape {:?} where the program takes any number of {rest:?}", array.dims);
            let count = array.dims[0];
            ensure!(count > 0, "input {name} has no items");
            let before = *items.get_or_insert(count);
            ensure!(before == count, "input {name} has {count} items, another has {before}");
            bytes.push(self.pad(port, array.bytes, &ty, *batch));
        }
        let items = items.context("the program has no inputs")?;
        Ok(Inputs { items, whole: tequio_attestation::Inputs::new(self.manifest(), bytes)? })
    }

    fn pad(&self, port: usize, mut bytes: Vec<u8>, ty: &Type, batch: u32) -> Vec<u8> {
        let shard = ty.shape.elements() as usize * ty.dtype.bytes();
        let item = shard / batch as usize;
        let padding = (bytes.len().div_ceil(shard) * shard - bytes.len()) / item * item / ty.dtype.bytes();
        let zero = self.zero_point(TensorId(port as u32)).to_le_bytes();
        (0..padding).for_each(|_| bytes.extend(&zero[..ty.dtype.bytes()]));
        bytes
    }

    /// The zero point that the first op to read an input takes off it; 0 if it takes none.
    fn zero_point(&self, input: TensorId) -> i64 {
        let reads = |operand: &Operand| *operand == Operand::Tensor(input);
        let node = self.manifest().tensors.iter().find_map(|tensor| match &tensor.source {
            Source::Committed { node, .. } | Source::Virtual { node } => {
                node.operands.first().is_some_and(reads).then_some(node)
            }
            _ => None,
        });
        let position = node.and_then(|node| match node.op {
            Op::Conv2d(_) | Op::DepthwiseConv2d(_) | Op::Rescale(_) => Some(3),
            Op::MatMul => Some(2),
            Op::AvgPool2d(_) | Op::Negate => Some(1),
            _ => None,
        });
        match position.and_then(|at| node?.operands.get(at)) {
            Some(Operand::Scalar { value, .. }) => *value,
            _ => 0,
        }
    }
}

/// Inputs cut into shards.
pub struct Inputs {
    /// Items before padding.
    pub items: u64,
    pub whole: tequio_attestation::Inputs,
}

/// The file that a program's plan is in: the one named, or the one beside the program, if there is one.
pub fn plan_of(program: &Path, plan: Option<&Path>) -> Option<PathBuf> {
    let beside = program.with_extension("plan.json");
    plan.map(Path::to_path_buf).or_else(|| beside.exists().then_some(beside))
}

pub fn read_plan(path: &Path) -> Result<Plan> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Plan::from_json(&text).with_context(|| format!("{} is not a plan", path.display()))
}

/// `4x32x32x3 int8`, as users write shapes.
pub fn type_name(ty: &Type) -> String {
    let dims: Vec<String> = ty.shape.dims().iter().map(u32::to_string).collect();
    let dtype = match ty.dtype {
        DType::Bool => "bool",
        DType::I4 => "int4",
        DType::I8 => "int8",
        DType::I16 => "int16",
        DType::I32 => "int32",
        DType::I48 => "int48",
    };
    format!("{} {dtype}", dims.join("×"))
}
