//! The client posts inputs that don't exist or don't match.

use tequio_attestation::{BadInputs, shard_tree, tensor_tree, tree::Tree};
use tequio_client::data::{Bundle, StoreError};
use tequio_protocol::escrow::{self, Ending};
use tequio_runner::FetchError;
use tequio_tests::{Job, Model, STAKE, World, job, wait};
use tequio_tosa::{Attribute, DType, Op, Program};

fn bundle(world: &World, key: &str) -> Bundle {
    serde_json::from_slice(&wait(world.store.get(key, 1 << 20)).unwrap()).unwrap()
}

#[test]
fn a_provider_who_looks_first_takes_nothing() {
    let mut world = World::new();
    // Posted is the root of inputs that nobody has.
    world.post_with(job(), |spec| spec.inputs = [7; 32].into());
    assert!(matches!(world.fetch(world.job), Err(FetchError::InputRoot { .. })));
    world.post_with(job(), |spec| spec.data = "0".repeat(64));
    assert!(matches!(world.fetch(world.job), Err(FetchError::Store(_))));
    // More shards than there are inputs.
    world.post_with(job(), |spec| spec.shards = 9);
    assert!(matches!(world.fetch(world.job), Err(FetchError::Shards { found: 8, posted: 9 })));
}

#[test]
fn a_provider_who_took_it_gives_it_back_for_a_small_fee_once() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post_with(job(), |spec| spec.inputs = [7; 32].into());
    let assignment = world.assign(&alice, 8);
    assert!(world.fetch(world.job).is_err());
    let before = world.wealth(&alice.owner) + world.wealth(&alice.operator);
    assert_eq!(world.give_back(assignment).ending, Ending::GivenBack);
    // 1 % of the payment, and no more.
    assert_eq!(before - world.wealth(&alice.owner) - world.wealth(&alice.operator), 80);
    assert_eq!(world.stake(&alice).free.u128(), STAKE);
    // Who does not learn from that pays for it.
    let again = world.assign(&alice, 8);
    let give_back = escrow::ExecuteMsg::GiveBack { assignment: again };
    let refused: tequio_escrow::ContractError = world.refused(&alice.operator, give_back, 80);
    assert!(matches!(refused, tequio_escrow::ContractError::GaveBack { .. }), "{refused}");
}

#[test]
fn inputs_that_no_run_can_have_are_refused() {
    let mut p = Program::default();
    p.input("x", DType::BOOL, &[1, 16]);
    p.op(Op::LOGICAL_NOT, Attribute::None, &["x"], ("y", DType::BOOL, &[1, 16]));
    p.output("y");
    let model = Model::new(p.bytes(), None);
    let mut world = World::new();
    let job = Job::of(model.clone(), vec![vec![1; 32]]);
    world.post(job.clone());
    assert!(world.fetch(world.job).is_ok());

    // Data and root that belong together, as no honest client would make them.
    let mut inputs = vec![1; 32];
    inputs[20] = 2;
    let x = &model.manifest().tensors[0];
    let shard = |bytes| shard_tree(&[tensor_tree(&x.ty, x.layout().unwrap(), bytes)]).root();
    let root = Tree::new(inputs.chunks(16).map(shard).collect()).root();
    let bundle = bundle(&world, &world.publish(&job).data);
    let bundle = Bundle { inputs: vec![wait(world.store.put(inputs)).unwrap()], ..bundle };
    let data = wait(world.store.put(serde_json::to_vec(&bundle).unwrap())).unwrap();
    world.post_with(job, |spec| (spec.inputs, spec.data) = (root, data));
    assert!(matches!(world.fetch(world.job), Err(FetchError::Inputs(BadInputs::Element { input: 0, value: 2 }))));
}

#[test]
fn a_bundle_that_leads_elsewhere_is_refused() {
    let mut world = World::new();
    let bundle = bundle(&world, &world.publish(&job()).data);
    let other = Bundle { inputs: vec![bundle.plan.clone()], ..bundle };
    let data = wait(world.store.put(serde_json::to_vec(&other).unwrap())).unwrap();
    world.post_with(job(), |spec| spec.data = data);
    assert!(matches!(world.fetch(world.job), Err(FetchError::Store(StoreError::Size { .. }))));
}
