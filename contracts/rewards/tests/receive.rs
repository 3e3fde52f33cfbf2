use cosmwasm_std::{Binary, to_json_binary};
use cw20::Cw20ReceiveMsg;
use tequio_contract::bounds::OutOfBounds;
use tequio_protocol::rewards::{Approval, Approved, CreditsBought, ExecuteMsg, Hook};
use tequio_rewards::ContractError;

use crate::world::{RICHES, World, addr, event, u};

#[test]
fn tokens_burn_and_credits_come_one_for_one() {
    let mut world = World::new();
    let client = addr("client");
    let response = world.buy(&client, 400).unwrap();
    assert_eq!(event::<CreditsBought>(&response), CreditsBought { client: client.to_string(), amount: u(400) });
    assert_eq!(world.credits(&client), 400);
    assert_eq!(world.purse(&client), RICHES - 400);
    assert_eq!(world.purse(&world.rewards), 0);
    assert_eq!(world.supply(), 2 * RICHES - 400);
    world.buy(&client, 5).unwrap();
    assert_eq!(world.credits(&client), 405);
}

#[test]
fn credits_can_be_a_present() {
    let mut world = World::new();
    world.buy_for(&addr("client"), 400, Some(&addr("dave"))).unwrap();
    assert_eq!((world.credits(&addr("client")), world.credits(&addr("dave"))), (0, 400));
}

fn approving(client: Option<&str>, source: &str, amount: u128) -> Binary {
    let approve = Some(Approval { source: source.into(), amount: u(amount) });
    to_json_binary(&Hook::Buy { client: client.map(|name| addr(name).to_string()), approve }).unwrap()
}

#[test]
fn who_buys_may_approve_a_source_at_once() {
    let (mut world, client, escrow) = (World::new(), addr("client"), addr("escrow"));
    world.grant(&escrow).unwrap();
    let response = world.send_tokens(&client, 400, approving(None, escrow.as_str(), 300)).unwrap();
    assert_eq!(event::<CreditsBought>(&response), CreditsBought { client: client.to_string(), amount: u(400) });
    let approved = Approved { client: client.to_string(), source: escrow.to_string(), amount: u(300) };
    assert_eq!(event::<Approved>(&response), approved);
    assert_eq!((world.credits(&client), world.allowance(&client, &escrow)), (400, 300));
    world.reserve(&escrow, 1, &client, 30).unwrap();
    // As `approve` does, it sets, and does not add.
    world.send_tokens(&client, 5, approving(Some("client"), escrow.as_str(), 7)).unwrap();
    assert_eq!((world.credits(&client), world.allowance(&client, &escrow)), (105, 7));
}

/// A present of one credit must not open, or close, what a source may reserve of another's.
#[test]
fn nobody_approves_of_the_credits_of_another() {
    let (mut world, escrow, client) = World::settled();
    let other = addr("other");
    for source in [escrow.as_str(), other.as_str()] {
        let error = ContractError::NotYourCredits { sender: other.clone(), client: client.clone() };
        assert_eq!(world.send_tokens(&other, 1, approving(Some("client"), source, 9)).unwrap_err(), error);
    }
    assert!(matches!(world.send_tokens(&other, 1, approving(None, "x", 9)), Err(ContractError::Std(_))));
    assert_eq!((world.allowance(&client, &escrow), world.allowance(&client, &other)), (1_000, 0));
    assert_eq!((world.credits(&client), world.credits(&other), world.purse(&other)), (1_000, 0, RICHES));
}

#[test]
fn only_the_token_is_believed() {
    let mut world = World::new();
    let msg = to_json_binary(&Hook::Buy { client: None, approve: None }).unwrap();
    let forged = Cw20ReceiveMsg { sender: addr("client").to_string(), amount: u(400), msg };
    for sender in [addr("client"), world.owner.clone(), world.rewards.clone()] {
        assert_eq!(
            world.send(&sender, &ExecuteMsg::Receive(forged.clone())).unwrap_err(),
            ContractError::NotToken { sender, token: world.token.clone() }
        );
    }
    assert_eq!(world.credits(&addr("client")), 0);
}

#[test]
fn nothing_buys_nothing() {
    let mut world = World::new();
    assert_eq!(world.buy(&addr("client"), 0).unwrap_err(), ContractError::Bounds(OutOfBounds::Zero { name: "amount" }));
}

#[test]
fn tokens_with_a_message_that_means_nothing_come_back() {
    let mut world = World::new();
    let client = addr("client");
    for msg in [Binary::default(), Binary::from(b"{}"), Binary::from(b"{\"sell\":{}}")] {
        assert!(matches!(world.send_tokens(&client, 400, msg), Err(ContractError::Std(_))));
    }
    assert!(matches!(
        world.buy_for(&client, 400, Some(&cosmwasm_std::Addr::unchecked("x"))),
        Err(ContractError::Std(_))
    ));
    assert_eq!((world.purse(&client), world.credits(&client)), (RICHES, 0));
}
