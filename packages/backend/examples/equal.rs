//! Whether the definition and every instruction set of this machine give expected outputs, bit for bit:
//! `cargo run --release -p tequio-backend --example equal -- program.tosa folder`. The folder holds whole shards as
//! canonical bytes, `in0`, `in1`, … and `out0`, `out1`, …; `scripts/models/equal` makes it.

use std::{error::Error, fs, path::Path, process::ExitCode, time::Instant};

use rayon::prelude::*;
use tequio_attestation::{Inputs, Manifest, Operand, Source, TensorId};
use tequio_backend::{Backend, Flow, Outputs, cpu::Cpu};
use tequio_program::{load, unplanned};
use tequio_tensor::{DType, Elements, Type, evaluate};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [program, folder] = &arguments[..] else { return Err("give a program and a folder".into()) };
    let manifest = unplanned(&load(&fs::read(program)?)?);
    let file = |name: String| fs::read(Path::new(folder).join(name));
    let inputs = (0..manifest.inputs().len()).map(|port| file(format!("in{port}"))).collect::<Result<_, _>>()?;
    let inputs = Inputs::new(&manifest, inputs)?;
    let outputs = 0..manifest.outputs().len();
    let expected: Vec<Vec<u8>> = outputs.map(|port| file(format!("out{port}"))).collect::<Result<_, _>>()?;
    let mut same = true;
    for cpu in Cpu::all() {
        let (begun, mut found) = (Instant::now(), vec![]);
        cpu.prepare(manifest.clone())?.run(&inputs, 0..inputs.shards(), &mut |_, outputs| {
            found.push(outputs);
            Flow::Continue(())
        })?;
        same &= tell(&format!("{cpu:?}"), &found, &expected, begun);
    }
    let begun = Instant::now();
    let found: Vec<Outputs> =
        (0..inputs.shards()).into_par_iter().map(|shard| defined(&manifest, &inputs, shard)).collect();
    same &= tell("definition", &found, &expected, begun);
    Ok(if same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Says how many shards have other outputs than expected; whether none has.
fn tell(way: &str, found: &[Outputs], expected: &[Vec<u8>], begun: Instant) -> bool {
    let took = begun.elapsed();
    let is_as_expected = |(shard, outputs): (usize, &Outputs)| {
        outputs.iter().zip(expected).all(|(found, expected)| expected.chunks(found.len()).nth(shard) == Some(found))
    };
    let differ = found.iter().enumerate().filter(|shard| !is_as_expected(*shard)).count();
    println!("    {way:28} {} shards, {differ} differ; {took:.1?}", found.len());
    differ == 0
}

/// A shard's outputs, element by element.
fn defined(manifest: &Manifest, inputs: &Inputs, shard: u64) -> Outputs {
    let mut inputs = inputs.shard(shard).into_iter();
    let mut tensors: Vec<Vec<i64>> = vec![];
    for (id, tensor) in manifest.tensors.iter().enumerate() {
        tensors.push(match (&tensor.source, tensor.node()) {
            (Source::Input { .. }, _) => decode(inputs.next().unwrap_or_default(), tensor.ty.dtype),
            (_, None) => decode(&manifest.constants[id], tensor.ty.dtype),
            (_, Some(node)) => {
                let operand = |operand: &Operand| match *operand {
                    Operand::Tensor(id) => Elements::All(&tensors[id.0 as usize]),
                    Operand::Scalar { value, .. } => Elements::Scalar(value),
                };
                let operands: Vec<Elements<'_>> = node.operands.iter().map(operand).collect();
                let types: Vec<Type> = node.operands.iter().map(|operand| manifest.operand_type(operand)).collect();
                evaluate(&node.op, &types, &tensor.ty, &operands).collect()
            }
        });
    }
    let bytes = |id: &TensorId| {
        let dtype = manifest.descriptor(*id).ty.dtype;
        tensors[id.0 as usize].iter().flat_map(|value| dtype.write(*value)).collect()
    };
    manifest.header.outputs.iter().map(bytes).collect()
}

fn decode(bytes: &[u8], dtype: DType) -> Vec<i64> {
    bytes.chunks(dtype.bytes()).map(|word| dtype.read(word)).collect()
}
