//! Rounds are posted once, in time, and for everyone.

use std::cell::Cell;

use cosmwasm_std::Addr;
use tequio_client::{Contract, Verifier, deploy::BEACON};
use tequio_embedded::{Embedded, Setup};
use tequio_protocol::{
    AttestationId, Digest,
    verifier::{Attested, ExecuteMsg, Subject, Terms, Verdict},
};
use tequio_runner::Relayer;

fn chain() -> Embedded {
    Embedded::new(&Setup::default()).unwrap()
}

fn relayer(chain: &Embedded) -> Relayer<'_, Embedded, impl Fn(u64) -> Vec<u8>> {
    Relayer::new(chain, chain.actor("relayer"), |round| chain.beacon().sign(round))
}

fn attest(chain: &Embedded, attester: &Addr, count: u64) -> AttestationId {
    let subject = Subject {
        program_id: [1; 32].into(),
        input_root: [2; 32].into(),
        first_shard: 0,
        count,
        draws: 16,
        context: [3; 32].into(),
        terms: Terms::default(),
        arbitration: None,
    };
    let executed = chain.send(attester, ExecuteMsg::Attest { subject, root: Digest([4; 32]) }, 0).unwrap();
    executed.one::<Attested>().unwrap().attestation
}

#[tokio::test]
async fn drawing_brings_every_attestation_its_round() {
    let chain = chain();
    let (alice, mut relayer) = (chain.actor("alice"), relayer(&chain));
    let first = attest(&chain, &alice, 1);
    chain.advance(5);
    let second = attest(&chain, &alice, 2);
    assert_eq!(relayer.post_rounds().await.unwrap(), 0);
    relayer.draw().await.unwrap();
    for id in [first, second] {
        let attestation = Verifier(&chain).attestation(id).await.unwrap();
        assert!(attestation.round.unwrap().seed.is_some());
        assert_eq!(attestation.verdict, Verdict::Pending {});
    }
    let now = chain.now();
    relayer.draw().await.unwrap();
    assert_eq!(chain.now(), now);
}

#[tokio::test]
async fn attestations_of_one_round_need_it_once() {
    let chain = chain();
    let (alice, mut relayer) = (chain.actor("alice"), relayer(&chain));
    attest(&chain, &alice, 1);
    attest(&chain, &alice, 2);
    relayer.draw().await.unwrap();
    let rounds: u64 = chain
        .traffic()
        .iter()
        .filter(|(kind, _)| kind.contract == Contract::Verifier && kind.message == "beacon")
        .map(|(_, count)| count.messages)
        .sum();
    assert_eq!(rounds, 1);
}

#[tokio::test]
async fn what_became_void_is_waited_for_no_longer() {
    let chain = chain();
    let (alice, mut relayer) = (chain.actor("alice"), relayer(&chain));
    let id = attest(&chain, &alice, 1);
    chain.advance(10);
    relayer.post_rounds().await.unwrap();
    chain.advance(u64::from(Terms::default().void_after) + 1_000);
    assert_eq!(relayer.post_rounds().await.unwrap(), 0);
    relayer.draw().await.unwrap();
    assert_eq!(Verifier(&chain).attestation(id).await.unwrap().verdict, Verdict::Void {});
}

/// Somebody else posts the first round just before the relayer does: that one is there, and the others are still posted.
#[tokio::test]
async fn who_was_second_goes_on() {
    let chain = chain();
    let (alice, stranger) = (chain.actor("alice"), chain.actor("stranger"));
    let raced = Cell::new(0);
    let mut relayer = Relayer::new(&chain, chain.actor("relayer"), |round| {
        let signature = chain.beacon().sign(round);
        if raced.replace(raced.get() + 1) == 0 {
            let message = ExecuteMsg::Beacon { beacon: BEACON, round, signature: signature.clone().into() };
            chain.send(&stranger, message, 0).unwrap();
        }
        signature
    });
    let first = attest(&chain, &alice, 1);
    chain.advance(30);
    let second = attest(&chain, &alice, 2);
    relayer.draw().await.unwrap();
    assert!(raced.get() > 1);
    for id in [first, second] {
        assert!(Verifier(&chain).attestation(id).await.unwrap().round.unwrap().seed.is_some());
    }
}

/// A relayer that cannot sign now can later: nothing is forgotten.
#[tokio::test]
async fn what_failed_is_tried_again() {
    let chain = chain();
    let alice = chain.actor("alice");
    let broken = Cell::new(true);
    let mut relayer = Relayer::new(&chain, chain.actor("relayer"), |round| {
        if broken.get() { vec![0; 48] } else { chain.beacon().sign(round) }
    });
    let ids = [1, 2].map(|count| attest(&chain, &alice, count));
    assert!(relayer.draw().await.is_err());
    broken.set(false);
    relayer.draw().await.unwrap();
    for id in ids {
        assert!(Verifier(&chain).attestation(id).await.unwrap().round.unwrap().seed.is_some());
    }
}
