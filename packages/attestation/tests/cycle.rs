//! Attest, draw, open, check on a small hand-made program, and everything a dishonest opener might send instead.

use std::collections::BTreeMap;

use tequio_attestation::{
    Descriptor, Digest, Evidence, Header, Inputs, Interval, Layout, Malformed, Manifest, Node, Operand, Outcome, Scope,
    ShardTrace, Source, Statement, Subject, TensorId, Terms, check, input_root, open, shard_tree, tensor_tree,
    tree::Tree,
};
use tequio_tensor::{DType, Op, Type, eval};

const SHARDS: u64 = 5;

/// input [2,3] → add constant [2,3] → (virtual) square → committed maximum with a scalar; → committed sum over the row.
fn program() -> Manifest {
    let ty = |dims: &[u32]| Type::new(DType::I32, dims).unwrap();
    let (wide, narrow) = (ty(&[20, 3]), ty(&[20, 1]));
    let layout = |ty: &Type, row| Layout::new(6, row, ty).unwrap();
    let constant: Vec<u8> = (0..60i32).flat_map(|i| (i * 1000 - 7).to_le_bytes()).collect();
    let tensor = |id| Operand::Tensor(TensorId(id));
    let scalar = |dtype, value| Operand::Scalar { dtype, rank: 1, value };
    let node = |op, operands: &[Operand]| Node { op, operands: operands.to_vec() };
    let committed = |op, operands: &[Operand], ty: &Type, row, slot, first, last| Descriptor {
        ty: *ty,
        source: Source::Committed {
            node: node(op, operands),
            layout: layout(ty, row),
            slot,
            interval: Interval { first, last },
        },
    };
    let tensors = vec![
        Descriptor { ty: wide, source: Source::Input { layout: layout(&wide, 60), scope: Scope::Shard } },
        Descriptor {
            ty: wide,
            source: Source::Constant {
                layout: layout(&wide, 3),
                root: tensor_tree(&wide, layout(&wide, 3), &constant).root(),
            },
        },
        Descriptor { ty: wide, source: Source::Virtual { node: node(Op::Add, &[tensor(0), tensor(1)]) } },
        Descriptor {
            ty: wide,
            source: Source::Virtual { node: node(Op::Mul, &[tensor(2), tensor(2), scalar(DType::I8, 3)]) },
        },
        committed(Op::Identity, &[tensor(3)], &wide, 3, 0, 0, 0x7fff_ffff),
        committed(Op::ReduceSum { axis: 1 }, &[tensor(4)], &narrow, 20, 1, 0x8000_0000, u32::MAX),
    ];
    let header = Header {
        tensors: 6,
        committed: 2,
        inputs: 1,
        job: 0,
        outputs: vec![TensorId(5)],
        cost: 240,
        delta: 1 << 30,
        gamma: 0,
        opening_bytes: 2000,
        reads: 100,
        depth: 2,
        plan: Digest([9; 32]),
    };
    Manifest::new(header, tensors, vec![vec![], constant, vec![], vec![], vec![], vec![]])
}

struct Run {
    manifest: Manifest,
    inputs: Inputs,
    input_tree: Tree,
    trace: Tree,
    traces: BTreeMap<u64, ShardTrace>,
}

/// Runs shards 1..4 of the five of a job, honestly but for what `spoil` does to a shard's trace.
fn run(spoil: impl Fn(u64, &mut ShardTrace)) -> Run {
    let manifest = program();
    let input =
        |shard: u64| -> Vec<u8> { (0..60).flat_map(|i| (shard as i32 * 77 + i * i - 40).to_le_bytes()).collect() };
    let tree = |id: usize, bytes: &[u8]| {
        let descriptor = &manifest.tensors[id];
        tensor_tree(&descriptor.ty, descriptor.layout().unwrap(), bytes)
    };
    let input_tree = Tree::new((0..SHARDS).map(|shard| shard_tree(&[tree(0, &input(shard))]).root()).collect());
    let inputs = Inputs::new(&manifest, vec![(0..SHARDS).flat_map(input).collect()]).unwrap();
    let (mut traces, mut roots) = (BTreeMap::new(), vec![]);
    for shard in 0..3 {
        let bytes = input(shard + 1);
        let mut trace = ShardTrace { slots: evaluate(&manifest, &bytes) };
        spoil(shard, &mut trace);
        roots.push(shard_tree(&[tree(4, &trace.slots[0]), tree(5, &trace.slots[1])]).root());
        traces.insert(shard, trace);
    }
    Run { manifest, inputs, input_tree, trace: Tree::new(roots), traces }
}

fn evaluate(manifest: &Manifest, input: &[u8]) -> Vec<Vec<u8>> {
    let mut values: Vec<Vec<i64>> = vec![];
    for (id, tensor) in manifest.tensors.iter().enumerate() {
        let read = |bytes: &[u8]| bytes.chunks(4).map(|word| DType::I32.read(word)).collect::<Vec<_>>();
        let value = match tensor.node() {
            None if id == 0 => read(input),
            None => read(&manifest.constants[id]),
            Some(node) => {
                let of = |operand: &Operand| match *operand {
                    Operand::Tensor(id) => (manifest.descriptor(id).ty, values[id.0 as usize].clone()),
                    Operand::Scalar { dtype, rank, value } => (Operand::scalar_type(dtype, rank), vec![value]),
                };
                let (types, operands): (Vec<_>, Vec<_>) = node.operands.iter().map(of).unzip();
                let mut reader = Operands(operands);
                (0..tensor.ty.shape.elements())
                    .map(|index| eval(&node.op, &types, &tensor.ty, index, &mut reader).unwrap())
                    .collect()
            }
        };
        values.push(value);
    }
    [4, 5].map(|id| values[id].iter().flat_map(|value| (*value as i32).to_le_bytes()).collect()).to_vec()
}

struct Operands(Vec<Vec<i64>>);

impl tequio_tensor::Read for Operands {
    type Error = std::convert::Infallible;
    fn read(&mut self, operand: usize, index: u32) -> Result<i64, Self::Error> {
        Ok(self.0[operand][index as usize])
    }
}

impl Run {
    fn statement(&self, seed: u8, draws: u32) -> Statement {
        let subject = Subject {
            program_id: self.manifest.program_id(),
            input_root: input_root(SHARDS, &self.input_tree.root()),
            first_shard: 1,
            count: 3,
            draws,
            context: Digest::default(),
            terms: Terms::default(),
            arbitration: None,
        };
        Statement { subject, root: self.trace.root(), seed: Digest([seed; 32]) }
    }

    fn open(&self, statement: &Statement, from: u32, to: u32) -> Vec<u8> {
        let evidence = Evidence {
            manifest: &self.manifest,
            inputs: &self.inputs,
            input_tree: &self.input_tree,
            tree: &self.trace,
            traces: self.traces.clone(),
        };
        open(statement, &evidence, from..to).unwrap()
    }
}

#[test]
fn an_honest_trace_is_agreed_with_for_every_seed_whole_or_in_parts() {
    let run = run(|_, _| {});
    for seed in 0..40 {
        let statement = run.statement(seed, 7);
        assert_eq!(check(&statement, 0, &run.open(&statement, 0, 7)), Ok(Outcome::Agreed { draws: 7 }));
        assert_eq!(check(&statement, 0, &run.open(&statement, 0, 3)), Ok(Outcome::Agreed { draws: 3 }));
        assert_eq!(check(&statement, 3, &run.open(&statement, 3, 7)), Ok(Outcome::Agreed { draws: 4 }));
    }
}

#[test]
fn a_wrong_element_is_found_exactly_when_it_is_drawn() {
    // The high byte of every element of the wide tensor in one of three shards.
    let run = run(|shard, trace| {
        if shard == 1 {
            trace.slots[0].iter_mut().skip(3).step_by(4).for_each(|byte| *byte ^= 0x40);
        }
    });
    let (mut found, mut missed) = (0, 0);
    for seed in 0..100 {
        let statement = run.statement(seed, 4);
        // Its consumer disagrees too: it was computed from what should have been there.
        let drawn = (0..4).find(|number| statement.draw(*number).shard == 1);
        match check(&statement, 0, &run.open(&statement, 0, 4)).unwrap() {
            Outcome::Disagreed(mismatch) => {
                assert_eq!((Some(mismatch.draw), mismatch.shard), (drawn, 2));
                assert_ne!(mismatch.claimed, mismatch.computed);
                found += 1;
            }
            Outcome::Agreed { .. } => {
                assert_eq!(drawn, None);
                missed += 1;
            }
        }
    }
    assert!(found > 0 && missed > 0, "{found} found, {missed} missed");
}

#[test]
fn no_other_bytes_open_the_same_draws() {
    let run = run(|_, _| {});
    let statement = run.statement(3, 3);
    let opening = run.open(&statement, 0, 3);
    for len in 0..opening.len() {
        assert!(check(&statement, 0, &opening[..len]).is_err(), "truncated to {len}");
    }
    let trailing = [&opening[..], &[0]].concat();
    assert_eq!(check(&statement, 0, &trailing), Err(Malformed::Trailing { bytes: 1 }));
    for at in 0..opening.len() {
        for bit in 0..8 {
            let mut flipped = opening.clone();
            flipped[at] ^= 1 << bit;
            assert!(check(&statement, 0, &flipped).is_err(), "bit {bit} of byte {at}");
        }
    }
}

#[test]
fn an_opening_fits_no_other_statement() {
    let run = run(|_, _| {});
    let statement = run.statement(3, 3);
    let opening = run.open(&statement, 0, 3);
    let other = Digest([1; 32]);
    let about = |change: &dyn Fn(&mut Subject)| {
        let mut subject = statement.subject.clone();
        change(&mut subject);
        Statement { subject, ..statement.clone() }
    };
    let others = [
        about(&|subject| subject.program_id = other.into()),
        about(&|subject| subject.input_root = other),
        Statement { root: other, ..statement.clone() },
        Statement { seed: other, ..statement.clone() },
        about(&|subject| subject.first_shard = 0),
        about(&|subject| subject.first_shard = 2),
        about(&|subject| subject.first_shard = u64::MAX),
        about(&|subject| subject.count = 2),
        about(&|subject| subject.count = 4),
        about(&|subject| subject.count = u64::MAX),
        about(&|subject| subject.draws = 2),
    ];
    for other in others {
        assert!(check(&other, 0, &opening).is_err(), "{other:?}");
    }
    assert!(check(&statement, 1, &opening).is_err());
    assert_eq!(check(&statement, 3, &opening), Err(Malformed::Draws { draws: 3 }));
}

#[test]
fn descriptors_decode_strictly() {
    use tequio_attestation::codec::Reader;
    for tensor in program().tensors {
        let bytes = tensor.encode();
        let mut reader = Reader::new(&bytes);
        assert_eq!(Descriptor::decode(&mut reader), Ok(tensor));
        assert_eq!(reader.finish(), Ok(()));
    }
}

#[test]
fn no_header_commits_to_an_input() {
    let header = program().header;
    let most = header.tensors - u32::from(header.inputs);
    let with = |committed| Header::from_bytes(&Header { committed, ..header.clone() }.encode());
    assert!(with(most).is_ok());
    assert_eq!(with(most + 1), Err(Malformed::Counts));
}
