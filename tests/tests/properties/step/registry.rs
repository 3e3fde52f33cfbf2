use cosmwasm_std::Uint128;
use tequio_protocol::registry::{ExecuteMsg, Metadata, Part, QueryMsg};

use crate::act::Act;
use crate::stage::Stage;

impl Stage {
    pub(super) fn in_registry(&mut self, act: &Act) {
        match *act {
            Act::Register { provider, operator, stake } => {
                let (owner, rig) = self.provider(provider);
                let operators = vec![operator.map_or(rig, |index| self.provider(index).1).into()];
                let (metadata, funds) = (Metadata::default(), self.native(stake));
                self.send(&owner, ExecuteMsg::Register { operators, metadata }, funds);
            }
            Act::Update { by, provider, operator } => {
                let sender = self.whoever(by, self.provider(provider).0);
                let (provider, operator) =
                    (self.provider(provider).0.to_string(), self.provider(operator).1.to_string());
                let works: bool = self.ask(QueryMsg::Works { provider, operator: operator.clone() });
                let (add, remove) = if works { (vec![], vec![operator]) } else { (vec![operator], vec![]) };
                self.send(&sender, ExecuteMsg::Update { add, remove, metadata: None }, vec![]);
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
            Act::BurnSlashed { by, sent } => {
                self.send(&self.person(by), ExecuteMsg::Burn {}, self.native(sent));
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
