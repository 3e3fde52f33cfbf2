//! Huge descriptors, huge openings, unbounded lists, deep virtual chains.

use tequio_attestation::{
    Descriptor, Digest, Header, Interval, Layout, MAX_DEPTH, MAX_OPERANDS, Malformed, Manifest, Node, Operand, Scope,
    Source, TensorId, codec::Writer,
};
use tequio_contract::bounds::OutOfBounds;
use tequio_embedded::Setup;
use tequio_escrow::{
    ContractError,
    core::{error::CoreError, offer::opening_bytes},
};
use tequio_protocol::{
    AssignmentId, JobId, MAX_LIMIT,
    escrow::{self, JobResponse, Kind, QueryMsg},
    registry,
    verifier::{ExecuteMsg, Subject},
};
use tequio_tensor::{DType, Op, Type};
use tequio_tests::{Job, Provider, World, job, model::layers, shards};

/// Why a job after a change is not taken.
fn refusal(change: impl FnOnce(&mut escrow::JobSpec)) -> ContractError {
    let mut world = World::new();
    let client = world.client.clone();
    let mut spec = world.offer(&job());
    change(&mut spec);
    world.refused(&client, escrow::ExecuteMsg::Post { spec }, 8_000)
}

fn header(change: impl FnOnce(&mut Header)) -> cosmwasm_std::Binary {
    let mut header = layers().manifest().header.clone();
    change(&mut header);
    header.encode().into()
}

#[test]
fn what_could_not_be_opened_is_not_posted() {
    let escrow::Config { max_opening_bytes: most, max_draw_bytes, max_reads, .. } = Setup::default().escrow;
    let most = most.u64();
    let out = |name, value, min: u64, max: u64| {
        ContractError::Core(CoreError::Bounds(OutOfBounds::Number { name, value, min, max }))
    };
    // One draw of 8 MB, few enough for the whole; one byte more than a draw may take; and as many as can be named.
    for each in [8_000_000, max_draw_bytes - 64 * 3 + 1, u32::MAX] {
        let refused = refusal(|spec| {
            (spec.draws, spec.header) = (1, header(|header| header.opening_bytes = each));
        });
        assert_eq!(refused, out("draw_bytes", u64::from(each) + 64 * 3, 0, max_draw_bytes.into()));
    }
    // The header says what one draw takes; many draws are too much too.
    let honest = &layers().manifest().header.clone();
    let each = most / 512;
    let refused = refusal(|spec| {
        (spec.draws, spec.header) = (512, header(|header| header.opening_bytes = each as u32));
    });
    let bytes = opening_bytes(&Header { opening_bytes: each as u32, ..honest.clone() }, 512, 8);
    assert_eq!(refused, out("opening_bytes", bytes, 0, most));

    let refused = refusal(|spec| spec.header = header(|header| header.reads = max_reads + 1));
    assert_eq!(refused, out("reads", u64::from(max_reads) + 1, 0, max_reads.into()));
    let refused = refusal(|spec| spec.draws = 513);
    assert_eq!(refused, out("draws", 513, 1, 512));
    let refused = refusal(|spec| spec.data = "x".repeat(513));
    assert_eq!(refused, out("data", 513, 0, 512));
    let refused = refusal(|spec| spec.shards = u64::MAX);
    assert_eq!(refused, out("shards", u64::MAX, 1, 1 << 32));
    let refused = refusal(|spec| spec.header = header(|header| header.delta = 0));
    assert_eq!(refused, ContractError::Core(CoreError::Bounds(OutOfBounds::Zero { name: "delta" })));
    let refused = refusal(|spec| spec.header = [spec.header.as_slice(), &[0; 10_000]].concat().into());
    assert_eq!(refused, Malformed::Trailing { bytes: 10_000 }.into());
}

#[test]
fn no_subject_that_no_opening_could_be_for_is_attested_to() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    let honest = world.assignment(assignment).subject;
    let attest = |subject| ExecuteMsg::Attest { subject, root: [0; 32].into() };
    use tequio_verifier::ContractError;
    let out = |value| ContractError::Bounds(OutOfBounds::Number { name: "draws", value, min: 1, max: 512 });
    for (subject, refusal) in [
        (Subject { draws: 513, ..honest.clone() }, out(513)),
        (Subject { draws: 0, ..honest.clone() }, out(0)),
        (Subject { count: 0, ..honest.clone() }, OutOfBounds::Zero { name: "count" }.into()),
        (
            Subject { first_shard: u64::MAX, ..honest.clone() },
            ContractError::ShardsOverflow { first: u64::MAX, count: 8 },
        ),
    ] {
        world.refuses(&alice.operator, attest(subject), 0, refusal);
    }
    world.send(&alice.operator, attest(honest), 0);
}

#[test]
fn lists_in_messages_are_bounded() {
    let mut world = World::new();
    let (alice, stranger) = (world.provider("alice"), world.stranger.clone());
    world.post(job());
    let assignment = world.assign(&alice, 8);
    let many = vec![assignment; MAX_LIMIT as usize + 1];
    for (name, message) in [
        ("assignments", escrow::ExecuteMsg::Settle { assignments: many.clone() }),
        ("assignments", escrow::ExecuteMsg::Expire { assignments: many.clone() }),
        ("assignments", escrow::ExecuteMsg::Reward { assignments: many }),
        ("jobs", escrow::ExecuteMsg::Release { jobs: vec![world.job; MAX_LIMIT as usize + 1] }),
    ] {
        let refused: ContractError = world.refused(&stranger, message, 0);
        assert_eq!(refused, OutOfBounds::Number { name, value: 101, min: 1, max: 100 }.into());
    }
    // The same one twice in a list is not paid twice.
    world.attest(&alice);
    world.beacon();
    world.open(&alice);
    world.pass(605);
    let twice = escrow::ExecuteMsg::Settle { assignments: vec![assignment; 2] };
    world.send(&stranger, twice.clone(), 0);
    assert_eq!(world.balance(&alice.owner), 8_000);
    world.refuses(&stranger, twice, 0, ContractError::Over { assignment, ending: escrow::Ending::Settled });
}

#[test]
fn pages_are_bounded() {
    let mut world = World::new();
    let alice = world.provider("alice");
    let job = world.post(shards(102));
    for _ in 0..102 {
        world.assign(&alice, 1);
    }
    let page = |world: &World, start_after, limit| {
        let page: Vec<escrow::AssignmentResponse> =
            world.ask(QueryMsg::Assignments { job: Some(job), start_after, limit });
        page.iter().map(|assignment| assignment.id.0).collect::<Vec<_>>()
    };
    assert_eq!(page(&world, None, None), (1..=30).collect::<Vec<_>>());
    assert_eq!(page(&world, None, Some(u32::MAX)), (1..=100).collect::<Vec<_>>());
    assert_eq!(page(&world, Some(AssignmentId(100)), Some(u32::MAX)), [101, 102]);
    let jobs: Vec<JobResponse> = world.ask(QueryMsg::Jobs { start_after: Some(JobId(0)), limit: Some(u32::MAX) });
    assert_eq!(jobs.len(), 1);
}

#[test]
fn thaws_are_bounded() {
    let mut world = World::new();
    let alice = world.provider("alice");
    let unbond = registry::ExecuteMsg::Unbond { amount: 1u128.into() };
    for _ in 0..32 {
        world.send(&alice.owner, unbond.clone(), 0);
    }
    world.refuses(&alice.owner, unbond, 0, tequio_registry::ContractError::TooManyThaws { open: 32, max: 32 });
}

/// Mallory posts a program of her own making, takes a shard of it, attests to anything and opens it with `opening`.
fn opened(manifest: &Manifest, opening: &[u8]) -> Malformed {
    let mut world = World::new();
    let mallory: Provider = world.provider("mallory");
    let (header, descriptors) = (manifest.header.encode(), manifest.tree.root());
    world.post_with(Job { draws: 1, ..job() }, |spec| {
        (spec.header, spec.descriptors) = (header.into(), descriptors);
    });
    // Nobody honest takes it.
    assert!(world.fetch(world.job).is_err());
    let assignment = world.assign(&mallory, 1);
    let subject = world.assignment(assignment).subject;
    world.send(&mallory.operator, ExecuteMsg::Attest { subject, root: [0; 32].into() }, 0);
    world.beacon();
    let message = world.opening(assignment, opening.to_vec());
    match world.refused(&mallory.operator, message, 0) {
        tequio_verifier::ContractError::Malformed(malformed) => malformed,
        other => panic!("{other}"),
    }
}

/// A program of one committed tensor at the end of `virtuals` virtual ones.
fn chain(virtuals: u32) -> Manifest {
    let ty = Type::new(DType::I8, &[64]).unwrap();
    let layout = Layout::new(6, 64, &ty).unwrap();
    let node = |reads: u32| Node { op: Op::Identity, operands: vec![Operand::Tensor(TensorId(reads))] };
    let mut tensors = vec![Descriptor { ty, source: Source::Input { layout, scope: Scope::Shard } }];
    tensors.extend((0..virtuals).map(|reads| Descriptor { ty, source: Source::Virtual { node: node(reads) } }));
    let interval = Interval { first: 0, last: u32::MAX };
    tensors.push(Descriptor { ty, source: Source::Committed { node: node(virtuals), layout, slot: 0, interval } });
    let header = Header {
        tensors: virtuals + 2,
        committed: 1,
        inputs: 1,
        job: 0,
        outputs: vec![TensorId(virtuals + 1)],
        cost: 64,
        delta: u32::MAX,
        gamma: 0,
        opening_bytes: 4_096,
        reads: 256,
        depth: 1,
        plan: Digest::default(),
    };
    let constants = vec![vec![]; tensors.len()];
    Manifest::new(header, tensors, constants)
}

/// Header, one draw of the last tensor, its descriptor and its leaf, then descriptors down to the input.
fn walk(manifest: &Manifest) -> Writer {
    let mut w = Writer::default();
    w.bytes(&manifest.header.encode());
    w.varint(1);
    w.varint(manifest.tensors.len() as u64 - 1);
    let mut descriptors = manifest.tensors.iter().rev();
    w.bytes(&descriptors.next().unwrap().encode());
    w.leaf(&[0; 64]);
    descriptors.for_each(|descriptor| w.bytes(&descriptor.encode()));
    w
}

#[test]
fn a_chain_of_virtual_tensors_ends_before_the_machine_does() {
    let deep = chain(u32::from(MAX_DEPTH) + 1);
    assert_eq!(opened(&deep, &walk(&deep).0), Malformed::Limit);
    let deeper = chain(20_000);
    assert_eq!(opened(&deeper, &walk(&deeper).0), Malformed::Limit);
    // One that is short enough fails for what was attested to: nothing.
    let short = chain(u32::from(MAX_DEPTH) - 1);
    let mut walk = walk(&short);
    walk.leaf(&[0; 64]);
    assert!(matches!(opened(&short, &walk.0), Malformed::Truncated | Malformed::Root { .. }));
}

#[test]
fn descriptors_are_bounded() {
    let program = chain(0);
    let descriptor = |source: Source| Descriptor { ty: program.tensors[1].ty, source }.encode();
    let Source::Committed { node, layout, slot, interval } = program.tensors[1].source.clone() else { panic!() };
    let with = |descriptor: &[u8]| {
        let mut w = Writer::default();
        w.bytes(&program.header.encode());
        w.varint(1);
        w.varint(1);
        w.bytes(descriptor);
        w.0
    };
    let operands = vec![node.operands[0]; MAX_OPERANDS + 1];
    let many = Node { op: Op::Concat { axis: 0 }, operands };
    let many = descriptor(Source::Committed { node: many, layout, slot, interval });
    assert_eq!(opened(&program, &with(&many)), Malformed::Operands { count: MAX_OPERANDS + 1 });

    let good = descriptor(Source::Committed { node, layout, slot, interval });
    let mut ranks = good.clone();
    ranks[2] = 7;
    assert_eq!(opened(&program, &with(&ranks)), Malformed::Shape);
    // 64 elements, in five bytes 2³⁵ − 1 of them, or 0.
    let mut elements = good.clone();
    elements.splice(3..4, [0xff, 0xff, 0xff, 0xff, 0x7f]);
    assert_eq!(opened(&program, &with(&elements)), Malformed::Varint);
    elements.splice(3..8, [0xff, 0xff, 0xff, 0xff, 0x0f]);
    assert_eq!(opened(&program, &with(&elements)), Malformed::Shape);
    elements.splice(3..8, [0]);
    assert_eq!(opened(&program, &with(&elements)), Malformed::Shape);
}

#[test]
fn an_opening_holds_nothing_that_is_not_needed() {
    let mut world = World::new();
    let alice = world.provider("alice");
    world.post(job());
    let assignment = world.assign(&alice, 8);
    world.attest(&alice);
    world.beacon();
    for garbage in [vec![0; 1 << 20], vec![1; 1 << 20], [&header(|_| ())[..], &vec![0xff; 1 << 20]].concat()] {
        let message = world.opening(assignment, garbage);
        let refused: tequio_verifier::ContractError = world.refused(&alice.operator, message, 0);
        assert!(matches!(refused, tequio_verifier::ContractError::Malformed(_)), "{refused}");
    }
    world.open(&alice);
    let bytes = world.openings(assignment, 64);
    assert!(bytes.is_empty());
}

#[test]
fn an_opening_is_no_longer_than_was_said_when_posting() {
    for kind in [Kind::Client, Kind::Commons] {
        let mut world = World::new();
        let alice = world.provider("alice");
        let job = Job { kind, price: if kind == Kind::Client { 1_000 } else { 0 }, ..shards(9) };
        let spec = world.offer(&job);
        let said = world.quote(&spec).opening_bytes.u64();
        world.post(job);
        let assignment = world.assign(&alice, 9);
        world.attest(&alice);
        world.beacon();
        for part in [1, 64] {
            let bytes = world.openings(assignment, part).into_iter().map(|message| match message {
                ExecuteMsg::Open { opening, .. } => opening.len() as u64,
                other => panic!("{other:?}"),
            });
            let bytes: Vec<u64> = bytes.collect();
            assert!(
                bytes.iter().all(|bytes| *bytes <= said / 64 * u64::from(part)) && bytes.iter().sum::<u64>() <= said
            );
        }
    }
}
