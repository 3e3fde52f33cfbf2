//! Change shapes, scales, constants, op kinds.

use tequio_attestation::{
    Descriptor, Digest, Interval, Layout, Malformed, Manifest, Node, Operand, ShardTrace, Source, TensorId, tensor_tree,
};
use tequio_protocol::verifier::Verdict;
use tequio_tensor::{Op, Type};
use tequio_tests::{Provider, World, job, model::layers};
use tequio_verifier::ContractError;

/// The manifest of the small program after `change` to its parts.
fn changed(change: impl FnOnce(&mut Parts)) -> Manifest {
    let manifest = layers().manifest().clone();
    let mut parts = Parts { header: manifest.header, tensors: manifest.tensors, constants: manifest.constants };
    change(&mut parts);
    Manifest::new(parts.header, parts.tensors, parts.constants)
}

struct Parts {
    header: tequio_attestation::Header,
    tensors: Vec<Descriptor>,
    constants: Vec<Vec<u8>>,
}

impl Parts {
    fn find(&mut self, wanted: impl Fn(&Descriptor) -> bool) -> (usize, &mut Descriptor) {
        let at = self.tensors.iter().position(wanted).expect("the program has one");
        (at, &mut self.tensors[at])
    }

    fn node(&mut self, wanted: impl Fn(&Op) -> bool) -> &mut Node {
        let (_, tensor) = self.find(|tensor| tensor.node().is_some_and(|node| wanted(&node.op)));
        match &mut tensor.source {
            Source::Committed { node, .. } | Source::Virtual { node } => node,
            _ => unreachable!("it has a node"),
        }
    }

    /// Doubles the first weights, with their root or without.
    fn weights(&mut self, with_root: bool) {
        let (at, tensor) = self.find(|tensor| matches!(tensor.source, Source::Constant { .. }));
        let ty = tensor.ty;
        self.constants[at].iter_mut().for_each(|weight| *weight = weight.wrapping_mul(2));
        let bytes = self.constants[at].clone();
        if let (Source::Constant { layout, root }, true) = (&mut self.tensors[at].source, with_root) {
            *root = tensor_tree(&ty, *layout, &bytes).root();
        }
    }
}

fn is_clamp(op: &Op) -> bool {
    matches!(op, Op::Clamp { .. })
}

type Change = (&'static str, fn(&mut Parts));

/// Other programs that compute something else, cheaper or not, or are drawn otherwise.
const PROGRAMS: [Change; 12] = [
    ("op kind", |parts| parts.node(is_clamp).op = Op::Identity),
    ("op attribute", |parts| parts.node(is_clamp).op = Op::Clamp { min: 0, max: 0 }),
    ("scale", |parts| {
        let rescale = parts.node(|op| matches!(op, Op::Rescale(_)));
        let Operand::Scalar { value, .. } = &mut rescale.operands[1] else { panic!("{rescale:?}") };
        *value = 0;
    }),
    ("operand", |parts| {
        // The second layer reads the input instead of the first layer.
        let skipped = parts.tensors.iter().position(|tensor| tensor.layout().is_some() && tensor.node().is_some());
        let skipped = Operand::Tensor(TensorId(skipped.unwrap() as u32));
        let reads = |op: &Op| matches!(op, Op::Conv2d(_));
        let second = parts.tensors.iter_mut().filter_map(|tensor| match &mut tensor.source {
            Source::Virtual { node } if reads(&node.op) && node.operands[0] == skipped => Some(node),
            _ => None,
        });
        second.for_each(|node| node.operands[0] = Operand::Tensor(TensorId(0)));
    }),
    ("shape", |parts| {
        // One bias for all channels.
        let (at, bias) = parts.find(|tensor| tensor.ty.dtype == tequio_tensor::DType::I32);
        bias.ty = Type::new(bias.ty.dtype, &[1]).unwrap();
        parts.constants[at].truncate(4);
        let (ty, bytes) = (parts.tensors[at].ty, parts.constants[at].clone());
        let layout = Layout::new(6, 1, &ty).unwrap();
        parts.tensors[at].source = Source::Constant { layout, root: tensor_tree(&ty, layout, &bytes).root() };
    }),
    ("constants", |parts| parts.weights(true)),
    ("interval", |parts| {
        let whole = Interval { first: 0, last: u32::MAX };
        for tensor in &mut parts.tensors {
            if let Source::Committed { interval, slot, .. } = &mut tensor.source {
                *interval = if *slot == 0 { whole } else { Interval { first: 1, last: 0 } };
            }
        }
    }),
    ("cost", |parts| parts.header.cost *= 2),
    ("delta", |parts| parts.header.delta *= 2),
    ("bounds", |parts| parts.header.opening_bytes -= 1),
    ("outputs", |parts| parts.header.outputs = vec![TensorId(5)]),
    ("plan", |parts| parts.header.plan = Digest::default()),
];

/// A world in which alice's attestation to the small program is drawn.
fn drawn(trick: Option<fn(&tequio_tests::Scene) -> ShardTrace>) -> (World, Provider, tequio_protocol::AssignmentId) {
    let mut world = World::new();
    let alice = match trick {
        Some(trick) => world.cheat("alice", trick),
        None => world.provider("alice"),
    };
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.beacon();
    (world, alice, assignment)
}

#[test]
fn no_other_program_is_checked_against() {
    let (mut world, alice, assignment) = drawn(None);
    let statement = world.statement(assignment);
    for (what, change) in PROGRAMS {
        let manifest = changed(change);
        assert_ne!(manifest.program_id(), layers().manifest().program_id(), "{what}");
        let opening = world.forge(assignment, &statement, &manifest).unwrap_or_else(|error| panic!("{what}: {error}"));
        let message = world.opening(assignment, opening);
        let refused: ContractError = world.refused(&alice.operator, message, 0);
        assert_eq!(refused, Malformed::Root { tree: "program" }.into(), "{what}");
    }
    assert_eq!(world.verdict(assignment), Verdict::Pending {});
    world.open(&alice);
    assert!(world.verdict(assignment).agreed());
}

#[test]
fn no_other_constants_are_read() {
    let (mut world, alice, assignment) = drawn(None);
    let opening = world.forge(assignment, &world.statement(assignment), &changed(|parts| parts.weights(false)));
    let message = world.opening(assignment, opening.unwrap());
    let refused: ContractError = world.refused(&alice.operator, message, 0);
    // A constant's root is that of the leaves shown, and the descriptor with it is not the program's.
    assert_eq!(refused, Malformed::Root { tree: "program" }.into());
}

#[test]
fn who_ran_another_program_cannot_open_and_opens_himself_to_blame() {
    // Everything follows from everything else, under a clamp that leaves nothing to compute.
    let (mut world, mallory, assignment) = drawn(Some(|scene| {
        let cheap = changed(|parts| parts.node(is_clamp).op = Op::Clamp { min: 0, max: 0 });
        tequio_adversary::follow(&cheap, &scene.inputs, &Default::default()).trace
    }));
    let cheap = changed(|parts| parts.node(is_clamp).op = Op::Clamp { min: 0, max: 0 });
    let opening = world.forge(assignment, &world.statement(assignment), &cheap).unwrap();
    let message = world.opening(assignment, opening);
    let refused: ContractError = world.refused(&mallory.operator, message, 0);
    assert_eq!(refused, Malformed::Root { tree: "program" }.into());
    world.open(&mallory);
    assert!(matches!(world.verdict(assignment), Verdict::False { .. }));
}
