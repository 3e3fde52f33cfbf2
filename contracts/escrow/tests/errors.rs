//! What every error says, and that messages which take no funds take none.

use cosmwasm_std::{Coin, Decimal, Uint128};
use cw_multi_test::Executor;
use cw_ownable::Action;
use tequio_escrow::ContractError;
use tequio_escrow::core::bounds::BadConfig;
use tequio_escrow::core::funds::BadFunds;
use tequio_escrow::core::offer::Refusal;
use tequio_protocol::escrow::{Config, Ending, ExecuteMsg, Kept, NotYet};
use tequio_protocol::{AssignmentId, JobId, Permission};

use crate::world::{DENOM, World, config};

/// Every message that takes no funds.
fn free_of_charge() -> Vec<ExecuteMsg> {
    let (job, assignments) = (JobId(1), vec![AssignmentId(1)]);
    vec![
        ExecuteMsg::Assign { job, count: 1 },
        ExecuteMsg::Settle { assignments: assignments.clone() },
        ExecuteMsg::Expire { assignments: assignments.clone() },
        ExecuteMsg::Refund { job, shards: None },
        ExecuteMsg::Withdraw {},
        ExecuteMsg::Reward { assignments },
        ExecuteMsg::Release { jobs: vec![job] },
        ExecuteMsg::Pause { posting: true, assigning: true },
        ExecuteMsg::Configure { config: Config { token_value: Decimal::zero(), ..config() } },
        ExecuteMsg::UpdateOwnership(Action::AcceptOwnership),
    ]
}

#[test]
fn messages_that_take_no_funds_refuse_them() {
    let mut world = World::new();
    for message in free_of_charge() {
        for denom in [DENOM, "ufoo"] {
            let (sender, escrow) = (world.governance.clone(), world.escrow.clone());
            let sent = Coin::new(1u128, denom);
            let error = world.app.execute_contract(sender, escrow, &message, std::slice::from_ref(&sent)).unwrap_err();
            assert_eq!(error.downcast::<ContractError>().unwrap(), ContractError::Funds(BadFunds::NotTaken { sent }));
        }
    }
}

#[test]
fn messages_that_take_funds_take_no_other_denom() {
    let mut world = World::new();
    let assignment = world.assigned(1);
    for message in [
        ExecuteMsg::Post { spec: world.spec() },
        ExecuteMsg::GiveBack { assignment },
        ExecuteMsg::TopUp { job: JobId(1), first: 1, price: 1_001u128.into() },
    ] {
        let (sender, escrow) = (world.client.clone(), world.escrow.clone());
        let sent = Coin::new(10u128, "ufoo");
        let error = world.app.execute_contract(sender, escrow, &message, std::slice::from_ref(&sent)).unwrap_err();
        let wrong = BadFunds::WrongDenom { sent, denom: DENOM.into() };
        assert_eq!(error.downcast::<ContractError>().unwrap(), ContractError::Funds(wrong));
    }
}

#[test]
fn every_error_carries_its_numbers() {
    use ContractError as E;
    let (job, assignment) = (JobId(3), AssignmentId(7));
    let text = || String::from("x");
    let not_yet = |reason| E::NotYet { assignment, reason };
    let (ending, sender, provider) = (Ending::Slashed, text(), text());
    let amount = |amount: u128| Uint128::new(amount);
    for (error, says) in [
        (E::Denoms { registry: "a".into(), escrow: "b".into() }, "stake is in a, but payment would be in b"),
        (E::NotEnforced { permission: Permission::Token }, "a message for Token only"),
        (E::PostingPaused, "posting is paused"),
        (E::AssigningPaused, "assigning is paused"),
        (E::NotGovernance { sender: text() }, "commons jobs are governance's, not x's"),
        (E::UnknownJob { job }, "no job 3"),
        (E::NotClient { job, client: "y".into(), sender: text() }, "job 3 belongs to y, not to x"),
        (E::JobEnded { job, end: 5, now: 6 }, "job 3 ended at 5, now is 6"),
        (E::FreeShards { job, free: 1, asked: 2 }, "job 3 has 1 free shards, 2 asked"),
        (E::ZeroShards { job }, "0 shards asked of job 3"),
        (E::UnknownRange { job, first: 9 }, "no free range of job 3 begins at 9"),
        (E::NotRaised { price: amount(1), current: amount(2) }, "price 1 does not raise 2"),
        (
            E::NotRefundable { job, end: 5, now: 4 },
            "only the client may refund before job 3 ends at 5, or a part of it; now is 4",
        ),
        (E::NotOperator { sender: text() }, "x operates no provider"),
        (
            E::Diversity { job, provider: text(), held: 4, cap: 4 },
            "x has 4 shards of job 3, all of the 4 one provider may take",
        ),
        (E::UnknownAssignment { assignment }, "no assignment 7"),
        (
            E::NotYours { assignment, provider: "y".into(), sender },
            "assignment 7 belongs to y, for whom x does not work",
        ),
        (E::Over { assignment, ending }, "assignment 7 is over: slashed"),
        (
            not_yet(NotYet::Unattested { attest_by: 5, now: 4 }),
            "assignment 7: no attestation yet; there is time until 5, now is 4",
        ),
        (not_yet(NotYet::Pending { deadline: None }), "assignment 7: the verdict is pending"),
        (
            not_yet(NotYet::Audit { until: 5, now: 4 }),
            "assignment 7: genuine, but in its audit window until 5, now is 4",
        ),
        (E::Expires { assignment, ending: Ending::Void }, "assignment 7 is to be expired, not settled: void"),
        (E::Settles { assignment, ending }, "assignment 7 is to be settled, not expired: slashed"),
        (
            E::Kept { assignment, reason: Kept::Closed { until: 5, now: 6 } },
            "assignment 7 could be given back until 5, now is 6",
        ),
        (E::Kept { assignment, reason: Kept::Attested { attested: 5 } }, "assignment 7 was attested at 5"),
        (E::GaveBack { job, provider }, "x has given back of job 3 before"),
        (E::EmptyList, "nothing listed"),
        (E::LongList { count: 101, max: 100 }, "101 items listed, at most 100 in a message"),
        (E::ZeroBalance { address: text() }, "nothing to withdraw for x"),
        (E::NoReward { assignment }, "no reward of assignment 7 is pending"),
        (E::NoRelease { job }, "no release of job 3 is pending"),
        (E::OtherContract { found: "a".into(), expected: "b".into() }, "state is a's, not b's"),
        (E::Config(BadConfig::Margin { margin_bps: 1 }), "config refused: margin of 1 basis points below 20000"),
        (E::Refused(Refusal::Draws { draws: 9, max: 8 }), "job refused: 9 draws, not 1 to 8"),
        (
            E::Refused(Refusal::OpeningBytes { draws: 9, bytes: 8, max: 7 }),
            "job refused: opening 9 draws may take 8 bytes, more than 7",
        ),
        (
            E::Funds(BadFunds::Underfunded { sent: amount(1), due: amount(2), denom: DENOM.into() }),
            "1utoken sent, short of 2utoken",
        ),
    ] {
        assert_eq!(error.to_string(), says);
    }
}
