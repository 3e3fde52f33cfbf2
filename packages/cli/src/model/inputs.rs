//! What `--inputs` names: elements of every input, cut into whole shards.

use std::path::PathBuf;

use anyhow::{Result, bail, ensure};
use tequio_attestation::{Manifest, Node, Operand, TensorId};
use tequio_program::{Graph, Tensor};
use tequio_tensor::{Type, ZeroPointOf, zero_points};

use super::scales::Scales;
use crate::{
    failure::Usage,
    npy::{self, Array, Form},
};

/// Inputs cut into shards.
pub struct Inputs {
    /// Items before padding. Without a batch there is one, the shard.
    pub items: u64,
    pub whole: tequio_attestation::Inputs,
}

/// Items in a shard: the length of the axis that all inputs begin with, if there is one; of those of shard scope, where
/// it is known which these are.
pub fn batch(graph: &Graph, manifest: Option<&Manifest>) -> Option<u64> {
    let is_of_job = |port: usize| manifest.is_some_and(|manifest| manifest.tensors[port].is_of_job());
    let of_shards = ports(graph).iter().enumerate().filter(|(port, _)| !is_of_job(*port));
    let mut leading = of_shards.map(|(_, input)| input.ty.shape.dims().first());
    let batch = leading.next()??;
    leading.all(|other| other == Some(batch)).then_some(u64::from(*batch))
}

/// Every input with its type.
pub fn list(graph: &Graph) -> String {
    let inputs = ports(graph).iter().map(|Tensor { name, ty, .. }| format!("{name} {ty}"));
    inputs.collect::<Vec<_>>().join(", ")
}

/// In graph order.
fn ports(graph: &Graph) -> &[Tensor] {
    &graph.tensors()[..graph.inputs()]
}

impl Inputs {
    /// Reads `--inputs`: one file for a program with one input, or `name=file` for each; of floats, where `scales` say
    /// what elements stand for them. `manifest` is one of the graph's.
    pub fn read(graph: &Graph, manifest: &Manifest, scales: Option<&Scales>, named: &[String]) -> Result<Self> {
        let form = |(port, input): (usize, &Tensor)| Form {
            dtype: input.ty.dtype,
            scale: scales.and_then(|scales| scales.inputs[port].scale),
            floats: false,
        };
        let arrays = files(graph, named)?.into_iter().zip(ports(graph).iter().enumerate().map(form));
        let arrays = arrays.map(|(file, form)| npy::read(&file, form)).collect::<Result<_>>()?;
        Self::new(graph, manifest, arrays)
    }

    /// Cuts items into whole shards. A last one that isn't full is filled up with the input's zero point. Without a
    /// batch what is given is one shard.
    pub fn new(graph: &Graph, manifest: &Manifest, arrays: Vec<Array>) -> Result<Self> {
        let (items, buffers) = match batch(graph, Some(manifest)) {
            Some(_) => batched(graph, manifest, arrays)?,
            None => (1, single(graph, arrays)?),
        };
        let whole = match &buffers[..] {
            [] => tequio_attestation::Inputs::none(1),
            _ => tequio_attestation::Inputs::new(manifest, buffers)?,
        };
        Ok(Self { items, whole })
    }
}

/// The file of each input.
fn files(graph: &Graph, named: &[String]) -> Result<Vec<PathBuf>> {
    let names = graph.input_names();
    let help = match &names[..] {
        [] => "leave --inputs out".into(),
        names => format!("give each as NAME=FILE: {}", names.join("=…, ") + "=…"),
    };
    let usage = |what: String| Usage::new(what, &*help);
    let mut files: Vec<Option<PathBuf>> = vec![None; names.len()];
    for argument in named {
        let (slot, file) = match argument.split_once('=') {
            _ if names.is_empty() => bail!(usage("the program has no inputs".into())),
            Some((name, file)) => match names.iter().position(|known| *known == name) {
                Some(slot) => (slot, file),
                None => bail!(usage(format!("the program has inputs {}, not {name}", names.join(", ")))),
            },
            None if names.len() == 1 => (0, argument.as_str()),
            None => bail!(usage(format!("the program has {} inputs: {}", names.len(), names.join(", ")))),
        };
        if file.is_empty() {
            bail!(usage(format!("no file is named for input {}", names[slot])));
        }
        if files[slot].replace(file.into()).is_some() {
            bail!(usage(format!("input {} is given twice", names[slot])));
        }
    }
    let given = files.into_iter().zip(&names);
    given.map(|(file, name)| Ok(file.ok_or_else(|| usage(format!("input {name} is missing")))?)).collect()
}

/// Each input's elements, any number of items of them; of one of job scope as many as there are in its type.
fn batched(graph: &Graph, manifest: &Manifest, arrays: Vec<Array>) -> Result<(u64, Vec<Vec<u8>>)> {
    let (mut items, mut buffers) = (None, vec![]);
    for (port, (array, Tensor { name, ty, .. })) in arrays.into_iter().zip(ports(graph)).enumerate() {
        if manifest.tensors[port].is_of_job() {
            buffers.push(whole(array, name, ty)?);
            continue;
        }
        let rest: Vec<u64> = ty.shape.dims()[1..].iter().map(|&dim| dim.into()).collect();
        let fits = array.dims.split_first().filter(|(_, given)| *given == rest);
        let Some((&count, _)) = fits else {
            bail!("input {name} has shape {:?} where the program takes any number of {rest:?}", array.dims)
        };
        ensure!(count > 0, "input {name} has no items");
        let before = *items.get_or_insert(count);
        ensure!(before == count, "input {name} has {count} items, another has {before}");
        buffers.push(padded(array.bytes, ty, zero_point(graph, TensorId(port as u32))));
    }
    Ok((items.unwrap_or(0), buffers))
}

/// Each input's elements, as many as there are in its type.
fn single(graph: &Graph, arrays: Vec<Array>) -> Result<Vec<Vec<u8>>> {
    let each = arrays.into_iter().zip(ports(graph));
    each.map(|(array, Tensor { name, ty, .. })| whole(array, name, ty)).collect()
}

fn whole(array: Array, name: &str, ty: &Type) -> Result<Vec<u8>> {
    let dims: Vec<u64> = ty.shape.dims().iter().map(|&dim| dim.into()).collect();
    ensure!(array.dims == dims, "input {name} has shape {:?} where the program takes {dims:?}", array.dims);
    Ok(array.bytes)
}

/// Items filled up to whole shards.
fn padded(mut bytes: Vec<u8>, ty: &Type, zero: i64) -> Vec<u8> {
    let lacking = bytes.len().next_multiple_of(ty.bytes()) - bytes.len();
    bytes.extend((0..lacking / ty.dtype.bytes()).flat_map(|_| ty.dtype.write(zero)));
    bytes
}

/// The zero point that the first op to read an input takes off it; 0 if it takes none.
fn zero_point(graph: &Graph, input: TensorId) -> i64 {
    let reads = |operand: &Operand| *operand == Operand::Tensor(input);
    let mut nodes = graph.tensors().iter().filter_map(Tensor::node);
    let node = nodes.find(|node| node.operands.first().is_some_and(reads));
    let own = |node: &Node| zero_points(&node.op).iter().find(|(_, of)| *of == ZeroPointOf::Operand(0));
    let position = node.and_then(own).map(|(position, _)| *position);
    match position.and_then(|at| node?.operands.get(at)) {
        Some(Operand::Scalar { value, .. }) => *value,
        _ => 0,
    }
}
