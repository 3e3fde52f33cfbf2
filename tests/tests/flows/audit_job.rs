//! An audit job: somebody else runs a few shards of an assignment again, and where the two differ, whoever is wrong is refuted.

use tequio_attestation::{Digest, ShardTrace, audited};
use tequio_client::flow::{self, Audit, AuditError, shards};
use tequio_embedded::Setup;
use tequio_protocol::{
    AssignmentId, JobId, TypedEvent,
    escrow::{Arbiter, Ended, Ending, JobSpec},
    verifier::{ExecuteMsg, Verdict},
};
use tequio_runner::{
    auditor::{Dispute, DisputeError, Party, RefuteError, dispute},
    traces,
};
use tequio_tests::{Job, Provider, STAKE, Scene, World, job, wait};

use super::job_inputs::product;

/// A provider that changes one value, `byte` of the output, in every shard.
fn saboteur(world: &mut World, name: &str, byte: usize) -> Provider {
    world.cheat(name, move |scene: &Scene| {
        let mut shown = scene.honest.clone();
        shown.slots[3][byte] ^= 1;
        shown
    })
}

/// A provider takes all of a job that is watched for a day, attests to it and opens it. No draw shows anything.
fn worked(world: &mut World, provider: &Provider, job: Job) -> AssignmentId {
    world.post(Job { audit_window: Some(86_400), ..job });
    let assignment = world.assign(provider, 8);
    attests(world, provider);
    assert!(world.verdict(assignment).agreed(), "a draw fell on it: {:?}", world.verdict(assignment));
    assignment
}

fn attests(world: &mut World, provider: &Provider) {
    world.attest(provider);
    world.beacon();
    world.open(provider);
}

fn request(assignment: AssignmentId, takers: &[&Provider]) -> Audit {
    let takers = takers.iter().map(|taker| taker.owner.to_string()).collect();
    Audit { assignment, shards: 3, takers, price: 2_000u128.into() }
}

/// `auditor` takes an audit of three shards of an assignment, and attests to it.
fn audits(world: &mut World, assignment: AssignmentId, auditor: &Provider) -> AssignmentId {
    world.audit(request(assignment, &[auditor])).unwrap();
    let audit = world.assign(auditor, 3);
    attests(world, auditor);
    assert!(world.verdict(audit).agreed(), "a draw fell on it: {:?}", world.verdict(audit));
    audit
}

fn trace(world: &World, assignment: AssignmentId, shard: u64) -> ShardTrace {
    let held = world.held(assignment);
    held.executable.trace(&held.data.inputs, shard).unwrap()
}

/// The client compares both and has everybody serve what it is asked for.
fn disputes(world: &World, pair: [AssignmentId; 2]) -> anyhow::Result<Vec<Dispute>> {
    let serve = async |assignment, shard| Ok(traces::store(&world.store, &trace(world, assignment, shard)).await?);
    disputes_with(world, pair, serve)
}

fn disputes_with(
    world: &World,
    pair: [AssignmentId; 2],
    serve: impl AsyncFn(AssignmentId, u64) -> anyhow::Result<String>,
) -> anyhow::Result<Vec<Dispute>> {
    let parties = pair.map(|assignment| Party { assignment, delivery: &world.held(assignment).delivered });
    wait(dispute(&world.chain, &world.store, &world.client, parties, serve))
}

/// The three shards that are audited, as the first job numbers them.
fn drawn(world: &World, assignment: AssignmentId) -> Vec<u64> {
    shards(&world.assignment(assignment), &world.attestation(assignment), 3).unwrap()
}

fn ending(ended: &[Ended], assignment: AssignmentId) -> Ending {
    ended.iter().find(|ended| ended.assignment == assignment).expect("ended").ending
}

fn is_refuted(world: &World, assignment: AssignmentId) -> bool {
    matches!(world.verdict(assignment), Verdict::Refuted { .. })
}

#[test]
fn a_saboteur_is_found_and_he_alone_is_refuted() {
    let mut world = World::new();
    let (mallory, bob) = (saboteur(&mut world, "mallory", 7), world.provider("bob"));
    let assignment = worked(&mut world, &mallory, job());
    let audit = audits(&mut world, assignment, &bob);
    let found = disputes(&world, [assignment, audit]).unwrap();
    let all = drawn(&world, assignment).into_iter().map(|shard| Dispute { shard, wrong: vec![assignment] });
    assert_eq!(found, all.collect::<Vec<_>>());
    let Verdict::Refuted { by, .. } = world.verdict(assignment) else { panic!("not refuted") };
    assert_eq!(by, world.client.to_string());
    assert!(world.verdict(audit).agreed());

    let lien = world.assignment(assignment).lien.u128();
    let ended = world.settle();
    assert_eq!((ending(&ended, assignment), ending(&ended, audit)), (Ending::Refuted, Ending::Settled));
    assert_eq!((world.balance(&mallory.owner), world.balance(&bob.owner)), (0, 3 * 2_000));
    assert_eq!((world.stake(&mallory).stake.u128(), world.stake(&bob).stake.u128()), (STAKE - lien, STAKE));
}

#[test]
fn a_lying_auditor_is_refuted_and_the_honest_provider_is_paid() {
    let mut world = World::new();
    let (alice, liar) = (world.provider("alice"), saboteur(&mut world, "liar", 7));
    let assignment = worked(&mut world, &alice, job());
    let audit = audits(&mut world, assignment, &liar);
    let found = disputes(&world, [assignment, audit]).unwrap();
    assert!(found.len() == 3 && found.iter().all(|dispute| dispute.wrong == [audit]), "{found:?}");
    let ended = world.settle();
    assert_eq!((ending(&ended, assignment), ending(&ended, audit)), (Ending::Settled, Ending::Refuted));
    assert_eq!((world.balance(&alice.owner), world.balance(&liar.owner)), (8 * 1_000, 0));
    assert_eq!(world.stake(&alice).stake.u128(), STAKE);
}

#[test]
fn who_agrees_is_paid_and_nothing_is_sent() {
    let inputs_of_the_job = Job::of(product(), product().noise(8));
    for job in [job(), inputs_of_the_job] {
        let mut world = World::new();
        let (alice, bob) = (world.provider("alice"), world.provider("bob"));
        let assignment = worked(&mut world, &alice, job);
        let audit = audits(&mut world, assignment, &bob);
        let nobody = async |_, _| panic!("nobody is asked for what does not differ");
        assert_eq!(disputes_with(&world, [assignment, audit], nobody).unwrap(), []);
        let ended = world.settle();
        assert_eq!((ending(&ended, assignment), ending(&ended, audit)), (Ending::Settled, Ending::Settled));
        assert_eq!((world.balance(&alice.owner), world.balance(&bob.owner)), (8 * 1_000, 3 * 2_000));
    }
}

/// In the same element with other values, or one before the other: the first that differs shows each of them what it shows.
#[test]
fn two_liars_are_both_refuted() {
    let mut world = World::new();
    let mallory = saboteur(&mut world, "mallory", 7);
    let assignment = worked(&mut world, &mallory, job());
    let drawn = drawn(&world, assignment);
    let other = world.cheat("the other", |scene| {
        let mut shown = scene.honest.clone();
        shown.slots[3][7] ^= 2;
        shown
    });
    let audit = audits(&mut world, assignment, &other);
    let found = disputes(&world, [assignment, audit]).unwrap();
    assert_eq!(found[0], Dispute { shard: drawn[0], wrong: vec![assignment, audit] });
    assert!(is_refuted(&world, assignment) && is_refuted(&world, audit));
    let ended = world.settle();
    assert_eq!((ending(&ended, assignment), ending(&ended, audit)), (Ending::Refuted, Ending::Refuted));

    // In other elements, each is wrong in the first that differs of some shard.
    let mut world = World::new();
    let mallory = saboteur(&mut world, "mallory", 7);
    let assignment = worked(&mut world, &mallory, job());
    let early = world.cheat("early", |scene| {
        let mut shown = scene.honest.clone();
        if scene.shard == 1 {
            shown.slots[3][3] ^= 1;
        }
        shown
    });
    let audit = audits(&mut world, assignment, &early);
    let found = disputes(&world, [assignment, audit]).unwrap();
    let wrong: Vec<_> = found.into_iter().map(|dispute| dispute.wrong).collect();
    assert_eq!(wrong, [vec![assignment], vec![audit], vec![assignment]]);
    assert!(is_refuted(&world, assignment) && is_refuted(&world, audit));
}

/// A copy of what is wrong differs nowhere: whom the poster trusts not to copy is the poster's choice.
#[test]
fn a_stranger_cannot_take_an_audit_job() {
    let mut world = World::new();
    let (alice, bob, carol) = (world.provider("alice"), world.provider("bob"), world.provider("carol"));
    let assignment = worked(&mut world, &alice, job());
    let audit = world.audit(request(assignment, &[&bob])).unwrap();
    for stranger in [&carol, &alice] {
        let refused: tequio_escrow::ContractError =
            world.refused(&stranger.operator.clone(), stranger.taking(audit, 1), 0);
        let provider = stranger.owner.clone();
        assert_eq!(refused, tequio_escrow::ContractError::NotTaker { job: audit, provider, takers: 1 });
    }
    world.assign(&bob, 3);
}

#[test]
fn several_takers_share_an_audit() {
    let mut world = World::new();
    let (mallory, bob, liar) =
        (saboteur(&mut world, "mallory", 7), world.provider("bob"), saboteur(&mut world, "liar", 7));
    let assignment = worked(&mut world, &mallory, job());
    let drawn = drawn(&world, assignment);
    world.audit(request(assignment, &[&bob, &liar])).unwrap();
    let (copied, found) = (world.assign(&liar, 1), world.assign(&bob, 2));
    attests(&mut world, &liar);
    attests(&mut world, &bob);
    // Who makes the same mistake agrees.
    assert_eq!(disputes(&world, [assignment, copied]).unwrap(), []);
    let rest = drawn[1..].iter().map(|&shard| Dispute { shard, wrong: vec![assignment] });
    assert_eq!(disputes(&world, [assignment, found]).unwrap(), rest.collect::<Vec<_>>());
}

/// What is audited follows from the round of the attestation's draws: before it, nobody can name the shards.
#[test]
fn the_shards_are_not_known_before_the_attestation() {
    let mut world = World::new();
    let (alice, bob) = (world.provider("alice"), world.provider("bob"));
    world.post(Job { audit_window: Some(86_400), ..job() });
    let assignment = world.assign(&alice, 8);
    let refused =
        |world: &mut World| world.audit(request(assignment, &[&bob])).unwrap_err().downcast::<AuditError>().unwrap();
    assert_eq!(refused(&mut world), AuditError::Unattested(assignment));
    world.attest(&alice);
    assert_eq!(refused(&mut world), AuditError::Early(assignment));
    let early = shards(&world.assignment(assignment), &world.attestation(assignment), 3);
    assert_eq!(early, Err(AuditError::Early(assignment)));
    world.beacon();
    let seed = world.attestation(assignment).round.unwrap().seed.unwrap();
    assert_eq!(drawn(&world, assignment), audited(&seed, 8, 3));
    // Another root or another round, and others are drawn.
    let others = (0..32u8).filter(|n| audited(&Digest([*n; 32]), 8, 3) != drawn(&world, assignment)).count();
    assert!(others > 28, "{others} of 32");
    world.audit(request(assignment, &[&bob])).unwrap();
}

/// The audit is attested to while one full walk of demands fits into what is left of the first window.
#[test]
fn there_is_time_for_it_and_for_what_follows() {
    let arbiter = Arbiter {
        address: World::new().stranger.into_string(),
        answer_gas: 1_000u128.into(),
        answer_window: 600,
        spacing: 60,
        longest_hold: 7_560,
        rate: 1_000_000,
    };
    for (arbitration, kept) in [(None, 300), (Some(arbiter), 7_560)] {
        let mut setup = Setup::default();
        setup.escrow.arbitration = arbitration;
        let mut world = World::with(setup);
        let (alice, bob) = (world.provider("alice"), world.provider("bob"));
        // The window has not begun, and may begin any moment.
        for (window, fits) in [(kept + 119, false), (kept + 120, true)] {
            world.post(Job { audit_window: Some(window), ..job() });
            let assignment = world.assign(&alice, 8);
            world.attest(&alice);
            world.beacon();
            let posted = world.audit(request(assignment, &[&bob]));
            let (left, kept) = (u64::from(window), u64::from(kept));
            match posted {
                Ok(job) => assert!(fits && world.job(job).attest_window == 60),
                Err(error) => {
                    let error: AuditError = error.downcast().unwrap();
                    assert!(!fits && error == AuditError::NoTime { assignment, left, kept }, "{error}");
                }
            }
        }
        // It has: from now to its end half is to take it, half to attest to it, less the walk.
        world.post(Job { audit_window: Some(86_400), ..job() });
        let assignment = world.assign(&alice, 8);
        attests(&mut world, &alice);
        world.pass(40_000);
        let Verdict::GenuineSoFar { until } = world.verdict(assignment) else { panic!("no window") };
        let now = world.now();
        let job = world.audit(request(assignment, &[&bob])).unwrap();
        let (end, attest_window, audit_window) = {
            let job = world.job(job);
            (job.end, u64::from(job.attest_window), job.terms.audit_window)
        };
        assert!(end + attest_window + u64::from(kept) <= until.time());
        assert!(end + attest_window + u64::from(kept) + 2 > until.time(), "no second is given away");
        assert!((end - now).abs_diff(attest_window) <= 1);
        assert_eq!(audit_window, 86_400);
        world.pass(46_400 - u64::from(kept) - 100);
        let error = world.audit(request(assignment, &[&bob])).unwrap_err().downcast().unwrap();
        assert!(matches!(error, AuditError::NoTime { .. }), "{error}");
    }
}

#[test]
fn nobody_audits_itself_or_what_is_over() {
    let mut world = World::new();
    let (alice, bob) = (world.provider("alice"), world.provider("bob"));
    let assignment = worked(&mut world, &alice, job());
    let provider = alice.owner.to_string();
    for (takers, refused) in
        [(vec![], AuditError::Nobody(assignment)), (vec![&bob, &alice], AuditError::Itself { provider })]
    {
        let error = world.audit(request(assignment, &takers)).unwrap_err();
        assert_eq!(error.downcast::<AuditError>().unwrap(), refused);
    }
    world.settle();
    let error = world.audit(request(assignment, &[&bob])).unwrap_err();
    let over = AuditError::Over { assignment, verdict: "genuine" };
    assert_eq!(error.downcast::<AuditError>().unwrap(), over);
    let jobs = world.job(JobId(1));
    assert_eq!((jobs.settled, jobs.takers), (8, vec![]), "nothing was posted");
}

/// Nobody pays for an audit of what the chain does not name.
#[test]
fn program_and_inputs_are_those_that_were_posted() {
    let mut world = World::new();
    let (alice, bob) = (world.provider("alice"), world.provider("bob"));
    let job = world.post_with(job(), |spec| spec.inputs = Digest([7; 32]));
    let assignment = world.assign(&alice, 8);
    let subject = world.assignment(assignment).subject;
    world.send(&alice.operator, ExecuteMsg::Attest { subject, root: Digest([1; 32]) }, 0);
    world.beacon();
    let posted = world.job(job);
    let error = world.audit(request(assignment, &[&bob])).unwrap_err().downcast::<AuditError>().unwrap();
    assert!(
        matches!(error, AuditError::Inputs { found, posted: Digest(seven), .. } if found.0 != seven && seven == [7; 32])
    );

    let other = product();
    let audit = flow::audit(&world.chain, &world.store, &world.client, other.manifest(), request(assignment, &[&bob]));
    let (found, posted) = (other.manifest().program_id(), posted.program_id);
    assert_eq!(wait(audit).unwrap_err().downcast::<AuditError>().unwrap(), AuditError::Program { job, found, posted });
}

/// At least one shard, and at most all.
#[test]
fn an_audit_is_of_as_many_shards_as_there_are() {
    let mut world = World::new();
    let (alice, bob) = (world.provider("alice"), world.provider("bob"));
    let assignment = worked(&mut world, &alice, job());
    for (asked, posted) in [(0, 1), (8, 8), (u64::MAX, 8)] {
        let job = world.audit(Audit { shards: asked, ..request(assignment, &[&bob]) }).unwrap();
        assert_eq!(world.job(job).shards, posted);
    }
    let audit = world.assign(&bob, 8);
    attests(&mut world, &bob);
    assert_eq!(disputes(&world, [assignment, audit]).unwrap(), []);
}

/// Two assignments that have nothing to do with each other refute nobody, nor does a trace that is not the attested one.
#[test]
fn what_is_no_audit_and_what_is_not_attested_shows_nothing() {
    let mut world = World::new();
    let (mallory, bob) = (saboteur(&mut world, "mallory", 7), world.provider("bob"));
    let assignment = worked(&mut world, &mallory, job());
    world.post_with(job(), |spec| *spec = JobSpec { takers: vec![bob.owner.to_string()], ..spec.clone() });
    let unrelated = world.assign(&bob, 8);
    attests(&mut world, &bob);
    let error = disputes(&world, [assignment, unrelated]).unwrap_err().downcast::<DisputeError>().unwrap();
    assert_eq!(error, DisputeError::NoAudit { audited: assignment, audit: unrelated });

    let audit = audits(&mut world, assignment, &bob);
    // Mallory shows what she should have run.
    let honest = async |shown, shard| {
        let mut trace = trace(&world, shown, shard);
        if shown == assignment {
            trace.slots[3][7] ^= 1;
        }
        Ok(traces::store(&world.store, &trace).await?)
    };
    let error = disputes_with(&world, [assignment, audit], honest).unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(RefuteError::OtherTrace { .. })), "{error:#}");
    assert!(format!("{error:#}").starts_with(&format!("what the provider of assignment {assignment} shows")));
    assert!(world.verdict(assignment).agreed() && world.verdict(audit).agreed());
}

/// Whoever is quicker ends the same cheat; what is final stays.
#[test]
fn what_is_final_stays() {
    let mut world = World::new();
    let (mallory, bob) = (saboteur(&mut world, "mallory", 7), world.provider("bob"));
    let assignment = worked(&mut world, &mallory, job());
    let audit = audits(&mut world, assignment, &bob);
    let first = disputes(&world, [assignment, audit]).unwrap();
    let refuted = world.verdict(assignment);
    assert_eq!(disputes(&world, [assignment, audit]).unwrap(), first);
    assert_eq!(world.verdict(assignment), refuted);
    assert_eq!(tequio_protocol::verifier::Refuted::all(&events(&world)).len(), 1);
}

fn events(world: &World) -> Vec<cosmwasm_std::Event> {
    let all = wait(tequio_client::Chain::events(&world.chain, 0)).unwrap();
    all.into_iter().map(|(_, event)| event).collect()
}
