use cosmwasm_std::{Addr, Uint128};
use tequio_client::{Call, Chain, Contract, Cursor, Token, conservation};
use tequio_embedded::{Embedded, Setup, code};
use tequio_protocol::{
    AttestationId, Digest, TypedEvent, registry, rewards,
    verifier::{self, AttestationResponse, Attested, Subject, Terms, Verdict},
};

fn chain() -> Embedded {
    Embedded::new(&Setup::default().fund("alice", 1_000_000).genesis_tokens("client", 500)).unwrap()
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
    let outcome = chain.send(attester, verifier::ExecuteMsg::Attest { subject, root: Digest([4; 32]) }, 0).unwrap();
    outcome.all::<Attested>()[0].attestation
}

fn verdict(chain: &Embedded, attestation: AttestationId) -> Verdict {
    chain.ask::<AttestationResponse>(verifier::QueryMsg::Attestation { attestation }).unwrap().verdict
}

#[tokio::test]
async fn everything_is_deployed_and_escrow_has_its_two_rights_at_once() {
    let chain = chain();
    let escrow = chain.deployment().escrow.to_string();
    let holders: Vec<registry::HolderResponse> =
        chain.ask(registry::QueryMsg::Holders { start_after: None, limit: None }).unwrap();
    assert_eq!(holders, [registry::HolderResponse { holder: escrow.clone(), effective: Some(chain.now()) }]);
    let sources: Vec<rewards::SourceResponse> =
        chain.ask(rewards::QueryMsg::Sources { start_after: None, limit: None }).unwrap();
    assert_eq!(sources, [rewards::SourceResponse { source: escrow, effective: Some(chain.now()) }]);
    assert_eq!(Token(&chain).balance(&chain.actor("client")).await.unwrap(), Uint128::new(500));
    assert_eq!(Token(&chain).supply().await.unwrap(), Uint128::new(500));
    assert_eq!(chain.coins(&chain.actor("alice")).unwrap(), Uint128::new(1_000_000));
    assert!(conservation(&chain).await.unwrap().iter().all(|(_, conservation)| conservation.holds()));
    assert_eq!(chain.traffic().total().messages, 0);
}

#[test]
fn the_token_is_minted_by_rewards_alone() {
    let chain = chain();
    let minter: Option<cw20::MinterResponse> = chain.ask(cw20::Cw20QueryMsg::Minter {}).unwrap();
    assert_eq!(minter.unwrap().minter, chain.deployment().rewards.as_str());
    let alice = chain.actor("alice");
    let mint = cw20::Cw20ExecuteMsg::Mint { recipient: alice.to_string(), amount: Uint128::new(1) };
    let error = chain.send(&alice, mint, 0).unwrap_err();
    assert_eq!(error.downcast_ref(), Some(&cw20_base::ContractError::Unauthorized {}));
}

#[test]
fn funds_go_with_a_message_and_events_come_back_typed() {
    let chain = chain();
    let alice = chain.actor("alice");
    let register = registry::ExecuteMsg::Register { operators: vec![], metadata: registry::Metadata::default() };
    let outcome = chain.send(&alice, register, 400_000).unwrap();
    let contracts = chain.deployment().clone();
    let [registered] = &outcome.emitted_by::<registry::Registered>(&contracts.registry)[..] else {
        panic!("registered once");
    };
    assert_eq!((&registered.provider, &registered.operators), (&alice.to_string(), &vec![]));
    assert_eq!(outcome.emitted_by::<registry::Registered>(&contracts.escrow), []);
    assert_eq!(chain.coins(&alice).unwrap(), Uint128::new(600_000));
    assert_eq!(chain.coins(&contracts.registry).unwrap(), Uint128::new(400_000));
    assert_eq!(chain.supply().unwrap(), Uint128::new(1_000_000));
}

#[test]
fn a_refusal_is_the_contracts_own_error_and_not_counted() {
    let chain = chain();
    let alice = chain.actor("alice");
    let error = chain.send(&alice, verifier::ExecuteMsg::Tick {}, 7).unwrap_err();
    let Some(tequio_verifier::ContractError::Funds(funds)) = error.downcast_ref() else { panic!("{error:#}") };
    assert_eq!(funds.to_string(), "7utequio sent to a message that takes no funds");
    assert_eq!(chain.traffic().total().messages, 0);
}

#[test]
fn messages_are_counted_by_kind_with_their_bytes() {
    let chain = chain();
    let alice = chain.actor("alice");
    for _ in 0..3 {
        chain.send(&alice, verifier::ExecuteMsg::Tick {}, 0).unwrap();
    }
    chain.send(&alice, registry::ExecuteMsg::Bond { provider: None }, 5).unwrap_err();
    let counted: Vec<_> =
        chain.traffic().iter().map(|(kind, count)| (kind.to_string(), count.messages, count.bytes)).collect();
    let tick = r#"{"tick":{}}"#.len() as u64;
    assert_eq!(counted, [("verifier tick".to_string(), 3, 3 * tick)]);
}

#[test]
fn blocks_are_made_on_demand() {
    let chain = chain();
    let (time, height) = (chain.now(), chain.height());
    chain.advance(0);
    assert_eq!((chain.now(), chain.height()), (time + 5, height + 1));
    chain.advance(11);
    assert_eq!((chain.now(), chain.height()), (time + 20, height + 4));
    chain.advance_to(time);
    assert_eq!(chain.now(), time + 20);
    chain.advance_to(time + 21);
    assert_eq!(chain.now(), time + 25);
}

#[test]
fn governance_migrates_and_what_is_pending_stays() {
    use cw_multi_test::Executor;
    let chain = chain();
    let (alice, governance, verifier) =
        (chain.actor("alice"), chain.deployment().governance.clone(), chain.deployment().verifier.clone());
    let id = attest(&chain, &alice, 1);
    let code = chain.app().store_code(code::of(Contract::Verifier));
    let msg = verifier::MigrateMsg {};
    assert!(chain.app().migrate_contract(alice, verifier.clone(), &msg, code).is_err());
    chain.app().migrate_contract(governance, verifier, &msg, code).unwrap();
    assert_eq!(verdict(&chain, id), Verdict::Pending {});
}

#[tokio::test]
async fn messages_of_one_transaction_are_taken_all_or_none() {
    let chain = chain();
    let alice = chain.actor("alice");
    let register = |operator: &str| registry::ExecuteMsg::Register {
        operators: vec![chain.actor(operator).into()],
        metadata: registry::Metadata::default(),
    };
    let bond = || Call::paying(7u128, registry::ExecuteMsg::Bond { provider: None });
    assert!(chain.broadcast(&alice, vec![register("rig").into(), bond(), register("rig").into()]).await.is_err());
    assert_eq!((chain.coins(&alice).unwrap().u128(), chain.traffic().total().messages), (1_000_000, 0));

    let executed = chain.broadcast(&alice, vec![register("rig").into(), bond(), bond()]).await.unwrap();
    assert_eq!((executed.all::<registry::Registered>().len(), executed.all::<registry::Bonded>().len()), (1, 2));
    assert!(executed.one::<registry::Registered>().is_ok() && executed.one::<registry::Bonded>().is_err());
    assert_eq!((chain.coins(&alice).unwrap().u128(), chain.traffic().total().messages), (999_986, 3));
}

#[tokio::test]
async fn a_cursor_reads_every_event_once() {
    let chain = chain();
    let alice = chain.actor("alice");
    let mut cursor = Cursor::default();
    assert!(cursor.next(&chain).await.unwrap().is_empty());
    let mut told = vec![];
    for count in 1..=5 {
        let id = attest(&chain, &alice, count);
        if count % 2 == 0 {
            chain.advance(0);
        }
        if count != 3 {
            let events = cursor.next(&chain).await.unwrap();
            told.extend(Attested::all(&events).into_iter().map(|attested| attested.attestation));
            assert_eq!(told.last(), Some(&id));
        }
    }
    assert_eq!((told.len(), cursor.next(&chain).await.unwrap()), (5, vec![]));
}

#[tokio::test]
async fn waiting_makes_blocks() {
    let chain = chain();
    let begun = chain.block().await.unwrap();
    assert_eq!((begun.time, begun.height, begun.chain_id.as_str()), (chain.now(), chain.height(), "tequio-embedded"));
    let next = chain.wait(0).await.unwrap();
    assert_eq!((next.time, next.height), (begun.time + 5, begun.height + 1));
    let later = chain.wait(next.time + 11).await.unwrap();
    assert_eq!((later.time, later.height), (next.time + 15, next.height + 3));
}
