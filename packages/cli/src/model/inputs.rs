//! What `--inputs` names: elements of every input, cut into whole shards.

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use tequio_attestation::{Descriptor, Inputs, Manifest, Node, Operand, TensorId};
use tequio_program::{Graph, Tensor};
use tequio_runner::memory;
use tequio_tensor::{ZeroPointOf, zero_points};

use super::scales::Scales;
use crate::{
    failure::{Advised, Usage},
    npy::{self, Form},
};

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

/// Cuts the items of a program's only input, of shape `dims`, into whole shards.
pub fn of_one(graph: &Graph, manifest: &Manifest, dims: &[u64], bytes: Vec<u8>) -> Result<Inputs> {
    items(graph, manifest, &[dims])?;
    Ok(Inputs::new(manifest, vec![padded(bytes, graph, 0)])?)
}

/// The files of a program's inputs, read a number of shards at a time.
pub struct Files<'a> {
    graph: &'a Graph,
    manifest: &'a Manifest,
    files: Vec<npy::File>,
    /// What was read of the inputs of job scope; nothing yet of the others.
    job: Vec<Option<Vec<u8>>>,
    /// Items of all shards before padding. Without a batch there is one, the shard.
    pub items: u64,
    /// Shards that are not read yet.
    left: u64,
}

impl<'a> Files<'a> {
    /// Opens what `--inputs` names: one file for a program with one input, or `name=file` for each; of floats too, where
    /// `scales` say which elements stand for them. `manifest` is one of the graph's. Shapes that don't fit are an error.
    pub fn open(graph: &'a Graph, manifest: &'a Manifest, scales: Option<&Scales>, named: &[String]) -> Result<Self> {
        let form = |(port, input): (usize, &Tensor)| Form {
            dtype: input.ty.dtype,
            scale: scales.and_then(|scales| scales.inputs[port].scale),
            floats: false,
        };
        let forms = ports(graph).iter().enumerate().map(form);
        let opened = files(graph, named)?.into_iter().zip(forms).map(|(file, form)| npy::File::open(&file, form));
        let files: Vec<_> = opened.collect::<Result<_>>()?;
        let items = items(graph, manifest, &files.iter().map(npy::File::dims).collect::<Vec<_>>())?;
        let left = items.div_ceil(batch(graph, Some(manifest)).unwrap_or(1));
        Ok(Self { graph, manifest, job: vec![None; files.len()], files, items, left })
    }

    /// Shards that are not read yet.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// The inputs of the next `shards` shards, or of those that are left if there are fewer. A last one that isn't full is
    /// filled up with the inputs' zero points. Without a batch what is given is one shard.
    pub fn next(&mut self, shards: u64) -> Result<Inputs> {
        let shards = shards.min(self.left);
        if self.files.is_empty() {
            self.left -= shards;
            return Ok(Inputs::none(shards));
        }
        self.fits(shards)?;
        let mut buffers = vec![];
        for (port, input) in ports(self.graph).iter().enumerate() {
            let elements = u64::from(input.ty.shape.elements());
            if !self.manifest.tensors[port].is_of_job() {
                let bytes = self.files[port].read(elements.saturating_mul(shards))?;
                buffers.push(padded(bytes, self.graph, port));
                continue;
            }
            if self.job[port].is_none() {
                self.job[port] = Some(self.files[port].read(elements)?);
            }
            buffers.extend(self.job[port].clone());
        }
        self.left -= shards;
        Ok(Inputs::new(self.manifest, buffers)?)
    }

    /// Refuses to read more than there is memory for.
    fn fits(&self, shards: u64) -> Result<()> {
        let bytes =
            |input: &Descriptor| (input.ty.bytes() as u64).saturating_mul(if input.is_of_job() { 1 } else { shards });
        let bytes = self.manifest.inputs().iter().map(bytes).fold(0, u64::saturating_add);
        let help = "give fewer items at a time: this command holds all of them at once";
        memory::fits(bytes).context(Advised::new(format!("the inputs of {shards} shards cannot be read"), help))
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

/// Items in inputs whose shapes are these: any number where they begin with the batch; else there is one, the shard. An
/// input of job scope, or without the batch, must have its type's own shape.
fn items(graph: &Graph, manifest: &Manifest, dims: &[&[u64]]) -> Result<u64> {
    let batched = batch(graph, Some(manifest)).is_some();
    let mut items = None;
    for (port, (found, Tensor { name, ty, .. })) in dims.iter().zip(ports(graph)).enumerate() {
        let wanted: Vec<u64> = ty.shape.dims().iter().map(|&dim| dim.into()).collect();
        if !batched || manifest.tensors[port].is_of_job() {
            ensure!(*found == wanted, "input {name} has shape {found:?} where the program takes {wanted:?}");
            continue;
        }
        let rest = &wanted[1..];
        let Some((&count, _)) = found.split_first().filter(|(_, found)| *found == rest) else {
            bail!("input {name} has shape {found:?} where the program takes any number of {rest:?}")
        };
        ensure!(count > 0, "input {name} has no items");
        let before = *items.get_or_insert(count);
        ensure!(before == count, "input {name} has {count} items, another has {before}");
    }
    Ok(items.unwrap_or(1))
}

/// Items filled up to whole shards.
fn padded(mut bytes: Vec<u8>, graph: &Graph, port: usize) -> Vec<u8> {
    let ty = &ports(graph)[port].ty;
    let lacking = bytes.len().next_multiple_of(ty.bytes()) - bytes.len();
    let zero = zero_point(graph, TensorId(port as u32));
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
