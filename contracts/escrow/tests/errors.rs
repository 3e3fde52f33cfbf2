//! What every error says, and that messages which take no funds take none.

use cosmwasm_std::{Addr, Coin, Decimal, Uint128};
use cw_multi_test::Executor;
use cw_ownable::Action;
use tequio_contract::{bounds::OutOfBounds, funds::BadFunds};
use tequio_escrow::{ContractError, core::error::CoreError};
use tequio_protocol::{
    AssignmentId, Deadline, JobId, Moment,
    escrow::{Config, Ending, ExecuteMsg, Kept, NotYet},
};

use crate::world::{DENOM, World, config};

/// Every message that takes no funds, from one who may send it.
fn free_of_charge(world: &World) -> Vec<(Addr, ExecuteMsg)> {
    let (job, assignments) = (JobId(1), vec![AssignmentId(1)]);
    let (governance, stranger) = (&world.governance, &world.stranger);
    let config = Config { token_value: Decimal::zero(), ..config() };
    let all = [
        (&world.alice.operator, world.taking(&world.alice.operator, job, 1)),
        (stranger, ExecuteMsg::Settle { assignments: assignments.clone() }),
        (stranger, ExecuteMsg::Expire { assignments: assignments.clone() }),
        (stranger, ExecuteMsg::Refund { job, shards: None }),
        (&world.client, ExecuteMsg::Refund { job, shards: Some(1) }),
        (stranger, ExecuteMsg::Withdraw {}),
        (stranger, ExecuteMsg::Burn {}),
        (stranger, ExecuteMsg::Reward { assignments }),
        (stranger, ExecuteMsg::Release { jobs: vec![job] }),
        (governance, ExecuteMsg::Pause { posting: true, assigning: true }),
        (governance, ExecuteMsg::Configure { config }),
        (governance, ExecuteMsg::UpdateOwnership(Action::RenounceOwnership)),
    ];
    all.map(|(sender, message)| (sender.clone(), message)).to_vec()
}

const MOMENT: Moment = Moment { time: 5, block: 3 };

#[test]
fn messages_that_take_no_funds_refuse_them() {
    let mut world = World::new();
    world.assigned(1);
    for (sender, message) in free_of_charge(&world) {
        for denom in [DENOM, "ufoo"] {
            let (sender, escrow) = (sender.clone(), world.escrow.clone());
            let sent = Coin::new(1u128, denom);
            let error = world.app.execute_contract(sender, escrow, &message, std::slice::from_ref(&sent)).unwrap_err();
            let found = sent.to_string();
            assert_eq!(error.downcast::<ContractError>().unwrap(), ContractError::Funds(BadFunds::NotTaken { found }));
        }
    }
}

#[test]
fn messages_that_take_funds_take_no_other_denom() {
    let mut world = World::new();
    let assignment = world.assigned(1);
    for (sender, message) in [
        (world.client.clone(), ExecuteMsg::Post { spec: world.spec() }),
        (world.alice.operator.clone(), ExecuteMsg::GiveBack { assignment }),
        (world.client.clone(), ExecuteMsg::TopUp { job: JobId(1), first: 1, price: 1_001u128.into() }),
    ] {
        let escrow = world.escrow.clone();
        let sent = Coin::new(10u128, "ufoo");
        let error = world.app.execute_contract(sender, escrow, &message, std::slice::from_ref(&sent)).unwrap_err();
        let wrong = BadFunds::WrongDenom { expected: DENOM.into(), found: sent.to_string() };
        assert_eq!(error.downcast::<ContractError>().unwrap(), ContractError::Funds(wrong));
    }
}

#[test]
fn every_error_carries_its_numbers() {
    use ContractError as E;
    let (job, assignment) = (JobId(3), AssignmentId(7));
    let x = || Addr::unchecked("x");
    let y = || Addr::unchecked("y");
    let until = Deadline { since: MOMENT, seconds: 60, blocks: 100 };
    let not_yet = |reason| E::NotYet { assignment, reason };
    let (ending, sender, provider) = (Ending::Slashed, x(), x());
    let amount = |amount: u128| Uint128::new(amount);
    for (error, says) in [
        (E::Denoms { registry: "a".into(), escrow: "b".into() }, "stake is in a, but payment would be in b"),
        (E::PostingPaused, "posting is paused"),
        (E::AssigningPaused, "assigning is paused"),
        (E::UnknownJob { job }, "no job 3"),
        (E::NotClient { job, client: y(), sender: x() }, "job 3 belongs to y, not to x"),
        (E::JobEnded { job, end: 5, now: 6 }, "job 3 ended at 5, now is 6"),
        (E::FreeShards { job, free: 1, asked: 2 }, "job 3 has 1 free shards, 2 asked"),
        (E::ZeroShards { job }, "0 shards asked of job 3"),
        (E::UnknownRange { job, first: 9 }, "no free range of job 3 begins at 9"),
        (E::NotRaised { price: amount(1), current: amount(2) }, "price 1 does not raise 2"),
        (E::NotRefundable { job, end: 5, now: 4 }, "only the client may refund before job 3 ends at 5; now is 4"),
        (E::NotOperator { sender, provider: y() }, "x does not work for y"),
        (
            E::Diversity { job, provider: x(), held: 4, cap: 4 },
            "x has 4 shards of job 3, all of the 4 one provider may take",
        ),
        (E::Cheaper { job, first: 9, price: amount(1), asked: amount(2) }, "a shard of job 3 at 9 pays 1, short of 2"),
        (
            E::TooFew { job, first: 9, range: 8, most: 5, asked: 6, least: 3 },
            "of 8 free shards of job 3 at 9 it can take 5, short of 6; least are 3",
        ),
        (
            E::NoRange { job, ranges: 30, asked: 6, price: amount(2), most: 5, least: 3 },
            "none of the first 30 free ranges of job 3 gives 6 shards at 2 each, but at most 5; least are 3",
        ),
        (
            E::Absences { job, provider: x(), absences: 3 },
            "x left 3 assignments of job 3 unattested and takes no more of it",
        ),
        (E::UnknownAssignment { assignment }, "no assignment 7"),
        (E::Over { assignment, ending }, "assignment 7 is over: slashed"),
        (
            not_yet(NotYet::Unattested { attest_by: until, now: MOMENT }),
            "assignment 7: no attestation yet; there is time until 65 and block 103, now is 5 in block 3",
        ),
        (not_yet(NotYet::Pending { deadline: None }), "assignment 7: the verdict is pending"),
        (
            not_yet(NotYet::Audit { until, now: MOMENT }),
            "assignment 7: genuine, but it can be audited until 65 and block 103, now is 5 in block 3",
        ),
        (E::Expires { assignment, ending: Ending::Void }, "assignment 7 is to be expired, not settled: void"),
        (E::Settles { assignment, ending }, "assignment 7 is to be settled, not expired: slashed"),
        (
            E::Kept { assignment, reason: Kept::Closed { until, now: MOMENT } },
            "assignment 7 could be given back until 65 and block 103, now is 5 in block 3",
        ),
        (
            E::Kept { assignment, reason: Kept::Attested { attested: MOMENT } },
            "assignment 7 was attested at 5 in block 3",
        ),
        (E::GaveBack { job, provider }, "x has given back of job 3 before"),
        (
            E::FreeRanges { job, asked: 50, shards: 49, most: 30 },
            "50 free shards of job 3 are in more than 30 ranges: 49 of them can be refunded at once",
        ),
        (
            E::NoLien { mint: amount(4) },
            "a shard mints up to 4 tokens and would stand under no lien: the token is held to be worth nothing",
        ),
        (E::NothingToWithdraw { address: x() }, "nothing to withdraw for x"),
        (E::NothingToBurn, "nothing to burn"),
        (
            E::Core(CoreError::TokenValue { value: Decimal::one(), max: Decimal::zero() }),
            "token_value is 1, more than 0",
        ),
        (E::NoReward { assignment }, "no reward of assignment 7 is pending"),
        (E::NoRelease { job }, "no release of job 3 is pending"),
        (
            E::Core(OutOfBounds::Number { name: "draws", value: 9, min: 1, max: 8 }.into()),
            "draws is 9, not between 1 and 8",
        ),
        (
            E::Funds(BadFunds::Underfunded { sent: amount(1), due: amount(2), denom: DENOM.into() }),
            "1utoken sent, short of 2utoken",
        ),
    ] {
        assert_eq!(error.to_string(), says);
    }
}
