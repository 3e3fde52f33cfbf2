use cosmwasm_std::{Addr, Uint128};
use tequio_client::{
    Contract,
    embedded::{self, Chain, Setup},
};
use tequio_protocol::{
    Digest, registry, rewards,
    verifier::{self, Attested, Subject, Verdict},
};

fn chain() -> Chain {
    Chain::new(&Setup::default().fund("alice", 1_000_000).genesis_tokens("client", 500)).unwrap()
}

fn attest(chain: &mut Chain, attester: &Addr, count: u64) -> tequio_protocol::AttestationId {
    let subject = Subject {
        program_id: [1; 32].into(),
        input_root: [2; 32].into(),
        first_shard: 0,
        count,
        draws: 16,
        context: [3; 32].into(),
    };
    let outcome = chain.execute(attester, verifier::ExecuteMsg::Attest { subject, root: Digest([4; 32]) }, 0).unwrap();
    outcome.all::<Attested>()[0].attestation
}

#[test]
fn everything_is_deployed_and_escrow_has_its_two_rights_at_once() {
    let chain = chain();
    let escrow = chain.contracts.escrow.to_string();
    let holders: Vec<registry::HolderResponse> =
        chain.query(registry::QueryMsg::Holders { start_after: None, limit: None }).unwrap();
    assert_eq!(holders, [registry::HolderResponse { holder: escrow.clone(), effective: Some(chain.now()) }]);
    let sources: Vec<rewards::SourceResponse> =
        chain.query(rewards::QueryMsg::Sources { start_after: None, limit: None }).unwrap();
    assert_eq!(sources, [rewards::SourceResponse { source: escrow, effective: Some(chain.now()) }]);
    assert_eq!(chain.tokens(&chain.actor("client")).unwrap(), Uint128::new(500));
    assert_eq!(chain.token_supply().unwrap(), Uint128::new(500));
    assert_eq!(chain.balance(&chain.actor("alice")).unwrap(), Uint128::new(1_000_000));
    assert!(chain.conservation().unwrap().iter().all(|(_, conservation)| conservation.holds()));
    assert_eq!(chain.traffic().total().messages, 0);
}

#[test]
fn the_token_is_minted_by_rewards_alone() {
    let mut chain = chain();
    let minter: Option<cw20::MinterResponse> = chain.query(cw20::Cw20QueryMsg::Minter {}).unwrap();
    assert_eq!(minter.unwrap().minter, chain.contracts.rewards.as_str());
    let alice = chain.actor("alice");
    let mint = cw20::Cw20ExecuteMsg::Mint { recipient: alice.to_string(), amount: Uint128::new(1) };
    let error = chain.execute(&alice, mint, 0).unwrap_err();
    assert_eq!(error.downcast_ref(), Some(&cw20_base::ContractError::Unauthorized {}));
}

#[test]
fn funds_go_with_a_message_and_events_come_back_typed() {
    let mut chain = chain();
    let alice = chain.actor("alice");
    let register =
        registry::ExecuteMsg::Register { operator: alice.to_string(), metadata: registry::Metadata::default() };
    let outcome = chain.execute(&alice, register, 400_000).unwrap();
    let contracts = chain.contracts.clone();
    let [registered] = &outcome.emitted_by::<registry::Registered>(&contracts.registry)[..] else {
        panic!("registered once");
    };
    assert_eq!((&registered.provider, &registered.operator), (&alice.to_string(), &alice.to_string()));
    assert_eq!(outcome.emitted_by::<registry::Registered>(&contracts.escrow), []);
    assert_eq!(chain.balance(&alice).unwrap(), Uint128::new(600_000));
    assert_eq!(chain.balance(&contracts.registry).unwrap(), Uint128::new(400_000));
    assert_eq!(chain.supply().unwrap(), Uint128::new(1_000_000));
}

#[test]
fn a_refusal_is_the_contracts_own_error_and_not_counted() {
    let mut chain = chain();
    let alice = chain.actor("alice");
    let error = chain.execute(&alice, verifier::ExecuteMsg::Tick {}, 7).unwrap_err();
    let Some(tequio_verifier::ContractError::Funds(funds)) = error.downcast_ref() else { panic!("{error:#}") };
    assert_eq!(funds.to_string(), "7utequio sent to a message that takes no funds");
    assert_eq!(chain.traffic().total().messages, 0);
}

#[test]
fn messages_are_counted_by_kind_with_their_bytes() {
    let mut chain = chain();
    let alice = chain.actor("alice");
    for _ in 0..3 {
        chain.execute(&alice, verifier::ExecuteMsg::Tick {}, 0).unwrap();
    }
    chain.execute(&alice, registry::ExecuteMsg::Bond { provider: None }, 5).unwrap_err();
    let counted: Vec<_> =
        chain.traffic().iter().map(|(kind, count)| (kind.to_string(), count.messages, count.bytes)).collect();
    let tick = r#"{"tick":{}}"#.len() as u64;
    assert_eq!(counted, [("verifier tick".to_string(), 3, 3 * tick)]);
}

#[test]
fn blocks_are_made_on_demand() {
    let mut chain = chain();
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
fn drawing_brings_every_attestation_its_round() {
    let mut chain = chain();
    let (alice, relayer) = (chain.actor("alice"), chain.actor("relayer"));
    let first = attest(&mut chain, &alice, 1);
    chain.advance(5);
    let second = attest(&mut chain, &alice, 2);
    assert_eq!(chain.post_due_rounds(&relayer).unwrap(), 0);
    chain.draw(&relayer).unwrap();
    for id in [first, second] {
        let attestation = chain.attestation(id).unwrap();
        assert!(attestation.round.unwrap().seed.is_some());
        assert_eq!(attestation.verdict, Verdict::Pending {});
    }
    let now = chain.now();
    chain.draw(&relayer).unwrap();
    assert_eq!(chain.now(), now);
}

#[test]
fn attestations_of_one_round_need_it_once() {
    let mut chain = chain();
    let (alice, relayer) = (chain.actor("alice"), chain.actor("relayer"));
    attest(&mut chain, &alice, 1);
    attest(&mut chain, &alice, 2);
    chain.draw(&relayer).unwrap();
    let rounds: u64 = chain
        .traffic()
        .iter()
        .filter(|(kind, _)| kind.contract == Contract::Verifier && kind.message == "beacon")
        .map(|(_, count)| count.messages)
        .sum();
    assert_eq!(rounds, 1);
}

#[test]
fn what_became_void_is_waited_for_no_longer() {
    let mut chain = chain();
    let (alice, relayer) = (chain.actor("alice"), chain.actor("relayer"));
    let id = attest(&mut chain, &alice, 1);
    chain.advance(10);
    chain.post_due_rounds(&relayer).unwrap();
    chain.advance(Setup::default().verifier.void_after + 100);
    assert_eq!(chain.post_due_rounds(&relayer).unwrap(), 0);
    chain.draw(&relayer).unwrap();
    assert_eq!(chain.attestation(id).unwrap().verdict, Verdict::Void {});
}

#[test]
fn governance_migrates_and_what_is_pending_stays() {
    use cw_multi_test::Executor;
    let mut chain = chain();
    let (alice, governance, verifier) =
        (chain.actor("alice"), chain.governance.clone(), chain.contracts.verifier.clone());
    let id = attest(&mut chain, &alice, 1);
    let code = chain.app.store_code(embedded::code::verifier());
    let msg = verifier::MigrateMsg {};
    assert!(chain.app.migrate_contract(alice, verifier.clone(), &msg, code).is_err());
    chain.app.migrate_contract(governance, verifier, &msg, code).unwrap();
    assert_eq!(chain.attestation(id).unwrap().verdict, Verdict::Pending {});
}
