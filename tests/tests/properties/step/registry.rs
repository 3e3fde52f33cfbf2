use cosmwasm_std::Uint128;
use tequio_protocol::registry::{ExecuteMsg, Metadata, Part};

use crate::act::Act;
use crate::stage::Stage;

impl Stage {
    pub(super) fn in_registry(&mut self, act: &Act) {
        match *act {
            Act::Register { provider, operator, stake } => {
                let (owner, rig) = self.provider(provider);
                let operator = operator.map_or(rig, |index| self.provider(index).1).into();
                let (metadata, funds) = (Metadata::default(), self.native(stake));
                self.send(&owner, ExecuteMsg::Register { operator, metadata }, funds);
            }
            Act::Update { by, provider, operator } => {
                let sender = self.whoever(by, self.provider(provider).0);
                let operator = Some(self.provider(operator).1.into());
                self.send(&sender, ExecuteMsg::Update { operator, metadata: None }, vec![]);
            }
            Act::Cap { by, provider, amount } => {
                let sender = self.whoever(by, self.provider(provider).0);
                let holder = self.chain.deployment().escrow.to_string();
                self.send(&sender, ExecuteMsg::Cap { holder, amount: amount.into() }, vec![]);
            }
            Act::Bond { by, provider, amount, sent } => {
                let (sender, funds) = (self.person(by), self.funds(amount, sent));
                let provider = Some(self.provider(provider).0.into());
                self.send(&sender, ExecuteMsg::Bond { provider }, funds);
            }
            Act::Unbond { by, provider, amount } => {
                let sender = self.whoever(by, self.provider(provider).0);
                self.send(&sender, ExecuteMsg::Unbond { amount: amount.into() }, vec![]);
            }
            Act::Collect { by } => {
                self.send(&self.person(by), ExecuteMsg::Withdraw {}, vec![]);
            }
            Act::BurnSlashed { by } => {
                self.send(&self.person(by), ExecuteMsg::Burn {}, vec![]);
            }
            Act::Seize { by, provider, amount, what } => {
                let (sender, amount) = (self.person(by), amount.into());
                let provider = self.provider(provider).0.into();
                let part = Some(Part { to: sender.to_string(), amount: Uint128::one() });
                let message = match what % 3 {
                    0 => ExecuteMsg::Lien { provider, amount },
                    1 => ExecuteMsg::Release { provider, amount },
                    _ => ExecuteMsg::Slash { provider, amount, client: part, reporter: None },
                };
                self.never(&sender, message);
            }
            _ => unreachable!("not registry's: {act:?}"),
        }
    }
}
