//! What a walk by demands takes, at its longest: a tensor of 2²⁰ leaves, one of 4,096 shards.

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use cosmwasm_std::to_json_vec;
use tequio_attestation::{
    Descriptor, Digest, Evidence, Header, Inputs, Interval, Layout, Manifest, Node, Operand, Outcome, Position, Scope,
    ShardTrace, Source, Statement, Subject, TensorId, Terms, Wanted, hash::tagged, locate, refute, reveal, shard_tree,
    tensor_tree, tree::Tree,
};
use tequio_backend::{Executable, Flow, RunError, ShardResult};
use tequio_program::Compiled;
use tequio_protocol::{
    DemandId, Moment, arbiter,
    verifier::{AttestationResponse, ExecuteMsg, Verdict},
};
use tequio_runner::{
    JobData,
    auditor::{Step, Walk},
};
use tequio_tensor::{DType, Op, Type};

const SHARDS: u64 = 4_096;
const SHARD: u64 = 1_234;

/// One input of each scope; the job's, of 2²⁰ leaves, is copied into a committed tensor, and the shard's into two more.
fn program() -> Manifest {
    let (small, wide) = (Type::new(DType::I8, &[1]).unwrap(), Type::new(DType::I8, &[16_384, 4_096]).unwrap());
    let layout = |ty: &Type, leaf_log2| Layout::new(leaf_log2, *ty.shape.dims().last().unwrap(), ty).unwrap();
    let input = |ty: Type, scope| Descriptor { ty, source: Source::Input { layout: layout(&ty, 6), scope } };
    let copy = |ty: Type, from, slot: u32, leaf_log2| {
        let node = Node { op: Op::Clamp { min: -128, max: 127 }, operands: vec![Operand::Tensor(TensorId(from))] };
        let interval = Interval { first: slot << 30, last: (slot << 30) | 0x3fff_ffff };
        Descriptor { ty, source: Source::Committed { node, layout: layout(&ty, leaf_log2), slot, interval } }
    };
    let tensors = vec![
        input(small, Scope::Shard),
        input(wide, Scope::Job),
        copy(small, 0, 0, 6),
        copy(wide, 1, 1, 6),
        copy(wide, 1, 2, 10),
    ];
    let header = Header {
        tensors: 5,
        committed: 3,
        inputs: 2,
        job: 1,
        outputs: vec![TensorId(2)],
        cost: 1 << 26,
        delta: 1 << 30,
        gamma: 0,
        opening_bytes: 4_096,
        reads: 1,
        depth: 0,
        plan: Digest::default(),
    };
    Manifest::new(header, tensors, vec![vec![]; 5])
}

/// Has one trace of every shard.
struct Copies(ShardTrace);

impl Executable for Copies {
    fn commit(&self, _: &Inputs, _: Range<u64>, _: &mut dyn FnMut(u64, ShardResult) -> Flow) -> Result<(), RunError> {
        unreachable!("a walk runs traces")
    }

    fn trace(&self, _: &Inputs, _: u64) -> Result<ShardTrace, RunError> {
        Ok(self.0.clone())
    }
}

#[test]
fn four_demands_lead_to_one_of_sixty_four_million_elements() {
    let manifest = Arc::new(program());
    let pixels: Vec<u8> = (0..1usize << 26).map(|at| (at * 31 + at / 4_099) as u8).collect();
    let inputs = Inputs::new(&manifest, vec![vec![7; SHARDS as usize], pixels.clone()]).unwrap();
    let input_tree = inputs.tree(&manifest);
    let honest = ShardTrace { slots: vec![vec![7], pixels.clone(), pixels] };
    let (mut shown, element) = (honest.clone(), 54_321_987);
    shown.slots[1][element] ^= 0x40;

    let committed = manifest.committed();
    let trees = committed.iter().zip(&shown.slots);
    let trees: Vec<Tree> =
        trees.map(|((id, layout), bytes)| tensor_tree(&manifest.descriptor(*id).ty, *layout, bytes)).collect();
    let other = |shard: u64| tagged("another shard", &[&shard.to_be_bytes()]);
    let mut roots: Vec<Digest> = (0..SHARDS).map(other).collect();
    roots[SHARD as usize] = shard_tree(&trees).root();
    let tree = Tree::new(roots);

    let input_root = tequio_attestation::input_root(SHARDS, &inputs.root(&manifest, &input_tree));
    let subject = Subject {
        program_id: manifest.program_id(),
        input_root,
        first_shard: 0,
        count: SHARDS,
        draws: 64,
        context: Digest::default(),
        terms: Terms::default(),
        arbitration: None,
    };
    let statement = Statement { subject: subject.clone(), root: tree.root(), seed: Digest::default() };
    let attestation = AttestationResponse {
        id: [1; 32].into(),
        attester: "attester".into(),
        subject,
        root: tree.root(),
        attested: Moment { time: 0, block: 0 },
        round: None,
        opened: 64,
        verdict: Verdict::Pending {},
    };
    let compiled = Compiled { manifest: manifest.clone(), weights: vec![], costs: vec![] };
    let data = Arc::new(JobData { compiled, inputs, input_tree });
    let evidence = Evidence {
        manifest: &manifest,
        inputs: &data.inputs,
        input_tree: &data.input_tree,
        tree: &tree,
        traces: BTreeMap::from([(SHARD, shown)]),
    };

    let walk = Walk::new(data.clone(), &Copies(honest), &attestation, SHARD).unwrap();
    let (mut answers, mut asked, mut sizes) = (BTreeMap::new(), vec![], vec![]);
    let message = loop {
        match walk.step(&answers).unwrap() {
            Step::Same => panic!("one element is wrong"),
            Step::Refute(message) => break message,
            Step::Ask(wanted) => {
                let (attestation, shown) = (attestation.id, locate(&manifest, &wanted).into());
                let demand = arbiter::ExecuteMsg::Demand { attestation, wanted, shown };
                let answer = reveal(&statement, &evidence, &wanted, 0, usize::MAX).unwrap();
                let revealed = arbiter::ExecuteMsg::Reveal { demand: DemandId(1), answer: answer.clone().into() };
                sizes.push([to_json_vec(&demand), to_json_vec(&revealed)].map(|json| json.unwrap().len()));
                asked.push(wanted);
                answers.insert(wanted, answer);
            }
        }
    };
    let leaf = element as u32 / 64;
    let (shard, tensor) = (SHARD, 3);
    assert_eq!(
        asked,
        [
            Wanted::Tensors { shard, depth: 0, index: 0 },
            Wanted::Nodes { shard, tensor, depth: 0, index: 0 },
            Wanted::Nodes { shard, tensor, depth: 8, index: leaf >> 12 },
            Wanted::Leaves { shard, tensor, first: leaf / 16 * 16 },
        ]
    );
    let json = to_json_vec(&message).unwrap().len();
    let ExecuteMsg::Refute { element: found, opening, .. } = message else { panic!("{message:?}") };
    assert_eq!(found as usize, element);
    let position = Position { shard: SHARD, element: found };
    assert!(matches!(refute(&statement, position, &opening), Ok(Outcome::Disagreed(_))));

    // The longest answer there is: sixteen leaves of a kilobyte.
    let longest = Wanted::Leaves { shard, tensor: 4, first: 32 };
    let longest = reveal(&statement, &evidence, &longest, 0, usize::MAX).unwrap().len();
    println!("demand and reveal, JSON bytes: {sizes:?}; refutation: {json}; longest answer: {longest}");
    let all: usize = sizes.iter().flatten().sum::<usize>() + json;
    assert!(all < 32 << 10, "{all} bytes from nothing to the refutation");
    assert!(longest < 18 << 10, "{longest}");
}
