//! Before it takes a shard, a provider compiles the program again and refuses what is not what the chain says.

use std::sync::Arc;

use tequio_attestation::BadInputs;
use tequio_client::data::{Bundle, StoreError};
use tequio_program::Plan;
use tequio_runner::FetchError;
use tequio_tests::{
    Job, Model, World, job,
    model::{digits, layers},
    wait,
};

/// A world with a job whose data is found, by whoever looks there, to be `bundle`.
fn found(bundle: impl FnOnce(&mut World, Bundle) -> Bundle) -> Result<(), FetchError> {
    let mut world = World::new();
    let published = world.publish(&job());
    let honest = serde_json::from_slice(&wait(world.store.get(&published.data, Bundle::MOST)).unwrap()).unwrap();
    let bundle = bundle(&mut world, honest);
    let data = wait(world.store.put(serde_json::to_vec(&bundle).unwrap())).unwrap();
    world.post_with(job(), |spec| spec.data = data);
    world.fetch(world.job).map(|_| ())
}

#[test]
fn what_the_chain_says_is_taken() {
    assert!(found(|_, honest| honest).is_ok());
}

#[test]
fn another_program_is_not() {
    let other = found(|world, honest| {
        let (program, plan) = (digits().program.clone(), digits().plan.to_json().into_bytes());
        Bundle {
            program: wait(world.store.put(program)).unwrap(),
            plan: wait(world.store.put(plan)).unwrap(),
            ..honest
        }
    });
    assert!(matches!(other, Err(FetchError::ProgramId { .. })), "{other:?}");
}

#[test]
fn another_plan_is_not() {
    let other = found(|world, honest| {
        let mut plan: Plan = layers().plan.clone();
        plan.scenarios[0].rates[0] += 1;
        Bundle { plan: wait(world.store.put(plan.to_json().into_bytes())).unwrap(), ..honest }
    });
    assert!(matches!(other, Err(FetchError::ProgramId { .. })), "{other:?}");
}

#[test]
fn what_does_not_compile_is_not() {
    let misfit = found(|world, honest| Bundle {
        plan: wait(world.store.put(digits().plan.to_json().into_bytes())).unwrap(),
        ..honest
    });
    assert!(matches!(misfit, Err(FetchError::Program(_))), "{misfit:?}");
    let noise = found(|world, honest| Bundle { program: wait(world.store.put(vec![7; 1_000])).unwrap(), ..honest });
    assert!(matches!(noise, Err(FetchError::Program(_))), "{noise:?}");
    let noise = found(|world, honest| Bundle { plan: wait(world.store.put(b"{}".to_vec())).unwrap(), ..honest });
    assert!(matches!(noise, Err(FetchError::Json(_))), "{noise:?}");
}

#[test]
fn other_inputs_are_not() {
    let mut inputs = job().inputs;
    inputs[0][100] ^= 1;
    let other =
        found(|world, honest| Bundle { inputs: vec![wait(world.store.put(inputs[0].clone())).unwrap()], ..honest });
    assert!(matches!(other, Err(FetchError::InputRoot { .. })), "{other:?}");
    let other = |wrong: Vec<u8>| {
        found(|world, honest| Bundle { inputs: vec![wait(world.store.put(wrong)).unwrap()], ..honest })
    };
    let fewer = other(inputs[0][128..].to_vec());
    assert!(matches!(fewer, Err(FetchError::Shards { found: 7, posted: 8 })), "{fewer:?}");
    // Nobody reads on to see how many there are.
    let more = other([&inputs[0][..], &[0; 128]].concat());
    assert!(matches!(more, Err(FetchError::Store(StoreError::Size { bytes: 1152, most: 1024, .. }))), "{more:?}");
    let other = found(|world, honest| Bundle {
        inputs: vec![wait(world.store.put(inputs[0][1..].to_vec())).unwrap()],
        ..honest
    });
    let partial = BadInputs::Partial { input: 0, bytes: 8 * 128 - 1, shard: 128 };
    assert!(matches!(&other, Err(FetchError::Inputs(found)) if *found == partial), "{other:?}");
    let other = found(|_, honest| Bundle { inputs: [honest.inputs.clone(), honest.inputs].concat(), ..honest });
    assert!(matches!(other, Err(FetchError::Inputs(BadInputs::Count { found: 2, wanted: 1 }))), "{other:?}");
}

#[test]
fn what_is_not_there_is_not() {
    for missing in ["0".repeat(64), String::new(), "../../etc/passwd".into(), "http://elsewhere".into()] {
        let found = found(|_, honest| Bundle { program: missing.clone(), ..honest });
        assert!(matches!(found, Err(FetchError::Store(_))), "{missing}: {found:?}");
    }
    let mut world = World::new();
    world.post_with(job(), |spec| spec.data = "nowhere".into());
    assert!(matches!(world.fetch(world.job), Err(FetchError::Store(_))));
}

#[test]
fn a_program_that_the_chain_was_lied_to_about_is_not() {
    let model: Arc<Model> = layers();
    let lies: [fn(&mut tequio_attestation::Header); 4] = [
        |header| header.cost *= 1_000,
        |header| header.delta = u32::MAX,
        |header| header.opening_bytes = 1,
        |header| header.reads = 1,
    ];
    for lie in lies {
        let mut world = World::new();
        let mut header = model.manifest().header.clone();
        lie(&mut header);
        world.post_with(Job { draws: 8, ..job() }, |spec| spec.header = header.encode().into());
        assert!(matches!(world.fetch(world.job), Err(FetchError::ProgramId { .. })));
    }
}
