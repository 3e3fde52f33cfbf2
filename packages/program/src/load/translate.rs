//! Operators in the file's order: what each reads by index, its attributes, and that it may.

use tequio_attestation::{MAX_OPERANDS, MAX_PORTS};
use tequio_tensor::{Op, Type, check};
use tequio_tosa::schema::{Op as FileOp, TosaBasicBlock, TosaOperator};

use super::{
    attribute::{self, Site},
    constant,
    names::{Declared, Entry, Names, limited},
};
use crate::{limits::MAX_CONSTANTS, refused::Refused};

/// A translated block. Indices are those of [`Names::tensors`].
pub struct Program<'a, 'n> {
    pub names: &'n Names<'a>,
    pub inputs: Vec<usize>,
    pub outputs: Vec<usize>,
    /// In an order in which they can be computed.
    pub definitions: Vec<(usize, Definition)>,
}

/// How a tensor that isn't an input comes to be.
pub enum Definition {
    Constant(Vec<u8>),
    Op { op: Op, operands: Vec<usize> },
}

pub fn program<'a, 'n>(block: &TosaBasicBlock<'a>, names: &'n Names<'a>) -> Result<Program<'a, 'n>, Refused> {
    let operators = block.operators().ok_or(Refused::None { what: "operators" })?;
    limited("operators", operators.len())?;
    let inputs = ports(names, "inputs", block.inputs())?;
    let outputs = ports(names, "outputs", block.outputs())?;
    if outputs.is_empty() {
        return Err(Refused::None { what: "outputs" });
    }
    let mut scope = Scope::new(names);
    for &input in &inputs {
        scope.define(Declared::Tensor(input), names.tensors[input].name)?;
    }
    let mut definitions = Vec::new();
    for operator in operators {
        definitions.extend(scope.operator(&operator)?);
    }
    for &output in &outputs {
        let name = names.tensors[output].name;
        if !scope.tensors[output] {
            return Err(Refused::Undefined { name: name.into(), by: "the outputs".into() });
        }
    }
    Ok(Program { names, inputs, outputs, definitions })
}

type Strings<'a> = flatbuffers::Vector<'a, flatbuffers::ForwardsUOffset<&'a str>>;

fn ports(names: &Names<'_>, what: &'static str, list: Option<Strings<'_>>) -> Result<Vec<usize>, Refused> {
    let found = list.map_or(0, |list| list.len());
    if found > MAX_PORTS {
        return Err(Refused::TooMany { what, found, limit: MAX_PORTS });
    }
    let mut ports = Vec::new();
    for name in list.into_iter().flatten() {
        let Some(Declared::Tensor(port)) = names.find(name) else {
            return Err(Refused::Undefined { name: name.into(), by: format!("the {what}") });
        };
        if ports.contains(&port) {
            return Err(Refused::DuplicatePort { what, name: name.into() });
        }
        ports.push(port);
    }
    Ok(ports)
}

/// Which names have a value so far.
struct Scope<'a, 'n> {
    names: &'n Names<'a>,
    tensors: Vec<bool>,
    shapes: Vec<bool>,
    /// Bytes of constants so far.
    constants: usize,
}

impl<'a, 'n> Scope<'a, 'n> {
    fn new(names: &'n Names<'a>) -> Self {
        Self { names, tensors: vec![false; names.tensors.len()], shapes: vec![false; names.shapes.len()], constants: 0 }
    }

    fn define(&mut self, what: Declared, name: &str) -> Result<(), Refused> {
        let defined = match what {
            Declared::Tensor(at) => &mut self.tensors[at],
            Declared::Shape(at) => &mut self.shapes[at],
        };
        if core::mem::replace(defined, true) { Err(Refused::Redefined { name: name.into() }) } else { Ok(()) }
    }

    /// What a name that `by` reads stands for.
    fn resolve(&self, name: &str, by: &str) -> Result<Declared, Refused> {
        let defined = |what: &Declared| match *what {
            Declared::Tensor(at) => self.tensors[at],
            Declared::Shape(at) => self.shapes[at],
        };
        let found = self.names.find(name).filter(defined);
        found.ok_or_else(|| Refused::Undefined { name: name.into(), by: by.into() })
    }

    fn operator(&mut self, operator: &TosaOperator<'a>) -> Result<Option<(usize, Definition)>, Refused> {
        let name = output_name(operator)?;
        let undeclared = || Refused::Undefined { name: name.into(), by: "its operator".into() };
        let output = self.names.find(name).ok_or_else(undeclared)?;
        let definition = match (operator.op(), output) {
            (FileOp::CONST_SHAPE, Declared::Shape(_)) => None,
            (FileOp::CONST, Declared::Tensor(at)) => Some((at, self.constant(&self.names.tensors[at])?)),
            (_, Declared::Tensor(at)) => Some((at, self.translate(operator, at)?)),
            (op, Declared::Shape(_)) => return Err(unknown(op, name)),
        };
        self.define(output, name)?;
        Ok(definition)
    }

    /// Constants may share their bytes in the file, so their sum has a limit of its own.
    fn constant(&mut self, entry: &Entry<'_>) -> Result<Definition, Refused> {
        self.constants = self.constants.saturating_add(entry.ty.bytes());
        let limit = MAX_CONSTANTS as usize;
        if self.constants > limit {
            return Err(Refused::TooMany { what: "bytes of constants", found: self.constants, limit });
        }
        constant::decode(entry).map(Definition::Constant)
    }

    fn translate(&self, operator: &TosaOperator<'a>, at: usize) -> Result<Definition, Refused> {
        let entry = &self.names.tensors[at];
        let (mut operands, mut shapes) = (Vec::new(), Vec::new());
        for input in operator.inputs().into_iter().flatten() {
            match self.resolve(input, entry.name)? {
                Declared::Tensor(tensor) => operands.push(tensor),
                Declared::Shape(shape) => shapes.push(self.names.shapes[shape].as_slice()),
            }
            if operands.len() > MAX_OPERANDS || shapes.len() > MAX_OPERANDS {
                let found = operator.inputs().map_or(0, |inputs| inputs.len());
                return Err(Refused::TooMany { what: "operands", found, limit: MAX_OPERANDS });
            }
        }
        let types: Vec<Type> = operands.iter().map(|&operand| self.names.tensors[operand].ty).collect();
        let site = Site { operator, tensor: entry.name, operands: &types, out: &entry.ty, shapes: &shapes };
        let op = attribute::op(&site)?.ok_or_else(|| unknown(operator.op(), entry.name))?;
        check(&op, &types, &entry.ty).map_err(|reason| Refused::Op {
            op: op.name(),
            tensor: entry.name.into(),
            reason,
        })?;
        Ok(Definition::Op { op, operands })
    }
}

fn unknown(op: FileOp, tensor: &str) -> Refused {
    let name = op.variant_name().map_or_else(|| format!("op number {}", op.0), str::to_owned);
    Refused::UnknownOp { op: name, tensor: tensor.into() }
}

/// The name of an operator's only output.
fn output_name<'a>(operator: &TosaOperator<'a>) -> Result<&'a str, Refused> {
    let outputs = operator.outputs().filter(|outputs| !outputs.is_empty());
    let outputs = outputs.ok_or_else(|| unknown(operator.op(), ""))?;
    if outputs.len() > 1 {
        return Err(unknown(operator.op(), outputs.get(0)));
    }
    Ok(outputs.get(0))
}
