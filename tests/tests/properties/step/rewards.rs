use cosmwasm_std::{Addr, Uint128, to_json_binary};
use cw20::{Cw20ExecuteMsg, Cw20ReceiveMsg};
use tequio_protocol::JobId;
use tequio_protocol::rewards::{Approval, ExecuteMsg, Hook, Kind};

use crate::act::Act;
use crate::stage::Stage;

impl Stage {
    pub(super) fn in_rewards(&mut self, act: &Act) {
        let contracts = self.chain.deployment().clone();
        let (source, contract) = (contracts.escrow.into_string(), contracts.rewards.into_string());
        match *act {
            Act::Buy { client, amount, approve } => {
                let approve = approve.map(|amount| Approval { source, amount: amount.into() });
                let msg = to_json_binary(&Hook::Buy { client: None, approve }).expect("a hook is JSON");
                let amount = amount.into();
                self.send(&self.client(client), Cw20ExecuteMsg::Send { contract, amount, msg }, vec![]);
            }
            Act::Approve { client, amount } => {
                let approve = ExecuteMsg::Approve { source, amount: amount.into() };
                self.send(&self.client(client), approve, vec![]);
            }
            Act::Claim { by, provider } => {
                let provider = provider.map(|index| self.person(index).into_string());
                self.send(&self.person(by), ExecuteMsg::Claim { provider }, vec![]);
            }
            Act::Count { by, what } => self.never(&self.person(by), counts(what, &self.person(by))),
            Act::Hand { by, to, amount } => {
                let recipient = self.person(to).into_string();
                let amount = Uint128::new(amount);
                self.send(&self.person(by), Cw20ExecuteMsg::Transfer { recipient, amount }, vec![]);
            }
            Act::Burn { by, amount } => {
                let burn = Cw20ExecuteMsg::Burn { amount: amount.into() };
                if self.send(&self.person(by), burn, vec![]).is_some() {
                    self.told.token_burned += amount;
                }
            }
            _ => unreachable!("not rewards's: {act:?}"),
        }
    }
}

/// What only sources and the token may send.
fn counts(what: u8, sender: &Addr) -> ExecuteMsg {
    let (job, me) = (JobId(1), sender.to_string());
    match what % 4 {
        0 => ExecuteMsg::Reserve { job, client: me, kind: Kind::Client, shards: 1, cost: 1u64.into() },
        1 => ExecuteMsg::Reward { number: 1_000u64.into(), job, provider: me, shards: 1 },
        2 => ExecuteMsg::Release { job, shards: 1 },
        _ => {
            let msg = to_json_binary(&Hook::Buy { client: None, approve: None }).expect("a hook is JSON");
            ExecuteMsg::Receive(Cw20ReceiveMsg { sender: me, amount: Uint128::one(), msg })
        }
    }
}
