//! The door: nobody and nothing comes in that the message does not say.

use cosmwasm_std::{Addr, Deps, Env, MessageInfo, StdError, Storage, Uint128};
use cw_ownable::OwnershipError;
use tequio_protocol::{Funds, Permission, Permissioned, errors};
use thiserror::Error;

use crate::funds::{self, BadFunds};

errors! {
    #[derive(Clone, Debug, PartialEq, Eq, Error)]
    pub enum Shut {
        #[error("this contract has no role {role}")]
        UnknownRole { role: Permission },
        #[error("this contract has no denom to take")]
        NoDenom,
    }
}

/// A sender that may send the message it sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub address: Addr,
    /// For whom it acts: an operator for its provider, everyone else for themselves.
    pub principal: Addr,
    /// What came with the message; 0 where it takes nothing.
    pub paid: Uint128,
}

/// How a contract knows its roles.
pub trait Roles {
    type Message: Permissioned;
    type Error: From<StdError> + From<OwnershipError> + From<BadFunds> + From<Shut>;

    /// The one denom of the funds that messages bring; `None` if no message brings any.
    fn denom(_storage: &dyn Storage) -> Result<Option<String>, Self::Error> {
        Ok(None)
    }

    /// For whom `sender` acts if it has `role`, which is neither anyone's nor governance's; refuses it if not. A role
    /// that the contract does not know stays shut.
    fn principal(
        _deps: Deps,
        _env: &Env,
        _sender: &Addr,
        role: Permission,
        _message: &Self::Message,
    ) -> Result<Addr, Self::Error> {
        Err(Shut::UnknownRole { role }.into())
    }
}

/// Lets a message in: from whom it may come, with what it takes.
pub fn enter<R: Roles>(deps: Deps, env: &Env, info: MessageInfo, message: &R::Message) -> Result<Caller, R::Error> {
    let principal = authorize::<R>(deps, env, &info.sender, message)?;
    let paid = take::<R>(deps.storage, &info, message.funds())?;
    Ok(Caller { address: info.sender, principal, paid })
}

fn authorize<R: Roles>(deps: Deps, env: &Env, sender: &Addr, message: &R::Message) -> Result<Addr, R::Error> {
    match message.permission() {
        Permission::Anyone => {}
        Permission::Governance => cw_ownable::assert_owner(deps.storage, sender)?,
        Permission::PendingOwner => match cw_ownable::get_ownership(deps.storage)?.pending_owner {
            Some(pending) if pending == sender => {}
            Some(_) => return Err(OwnershipError::NotPendingOwner.into()),
            None => return Err(OwnershipError::TransferNotFound.into()),
        },
        role => return R::principal(deps, env, sender, role, message),
    }
    Ok(sender.clone())
}

fn take<R: Roles>(storage: &dyn Storage, info: &MessageInfo, takes: Funds) -> Result<Uint128, R::Error> {
    if takes == Funds::None {
        funds::none(&info.funds)?;
        return Ok(Uint128::zero());
    }
    let denom = R::denom(storage)?.ok_or(Shut::NoDenom)?;
    Ok(match takes {
        Funds::Required => funds::required(&info.funds, &denom)?,
        // What is exact, only the message's own file can reckon: it asks `funds::exactly`.
        _ => funds::optional(&info.funds, &denom)?,
    })
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::{
        coins,
        testing::{message_info, mock_dependencies, mock_env},
    };
    use cw_ownable::Action;

    use super::*;
    use crate::ownership;

    struct Message(Permission, Funds);

    impl Permissioned for Message {
        fn permission(&self) -> Permission {
            self.0
        }

        fn funds(&self) -> Funds {
            self.1
        }
    }

    #[derive(Debug, PartialEq, Error)]
    enum Refused {
        #[error(transparent)]
        Std(#[from] StdError),
        #[error(transparent)]
        Ownership(#[from] OwnershipError),
        #[error(transparent)]
        Funds(#[from] BadFunds),
        #[error(transparent)]
        Shut(#[from] Shut),
    }

    /// Knows operators, who all act for one provider.
    struct Inn;

    impl Roles for Inn {
        type Message = Message;
        type Error = Refused;

        fn denom(_: &dyn Storage) -> Result<Option<String>, Refused> {
            Ok(Some("utoken".into()))
        }

        fn principal(_: Deps, _: &Env, _: &Addr, role: Permission, _: &Message) -> Result<Addr, Refused> {
            match role {
                Permission::Operator => Ok(Addr::unchecked("provider")),
                role => Err(Shut::UnknownRole { role }.into()),
            }
        }
    }

    /// Knows nobody and takes nothing.
    struct Cell;

    impl Roles for Cell {
        type Message = Message;
        type Error = Refused;
    }

    #[test]
    fn everyone_by_the_permission_that_is_written() {
        let mut deps = mock_dependencies();
        let [owner, heir, outsider] = ["owner", "heir", "outsider"].map(|name| deps.api.addr_make(name));
        cw_ownable::initialize_owner(&mut deps.storage, &deps.api, Some(owner.as_str())).unwrap();
        let action = Action::TransferOwnership { new_owner: heir.to_string(), expiry: None };
        let ask = |deps: Deps, sender: &Addr, permission| {
            let info = message_info(sender, &[]);
            enter::<Inn>(deps, &mock_env(), info, &Message(permission, Funds::None)).map(|caller| caller.principal)
        };
        assert_eq!(ask(deps.as_ref(), &outsider, Permission::Anyone), Ok(outsider.clone()));
        assert_eq!(ask(deps.as_ref(), &owner, Permission::Governance), Ok(owner.clone()));
        let refused = Err(OwnershipError::NotOwner.into());
        assert_eq!(ask(deps.as_ref(), &outsider, Permission::Governance), refused);
        let nobody = Err(OwnershipError::TransferNotFound.into());
        assert_eq!(ask(deps.as_ref(), &heir, Permission::PendingOwner), nobody);

        ownership::update(deps.as_mut(), &mock_env(), &owner, action).unwrap();
        assert_eq!(ask(deps.as_ref(), &heir, Permission::PendingOwner), Ok(heir.clone()));
        let refused = Err(OwnershipError::NotPendingOwner.into());
        assert_eq!(ask(deps.as_ref(), &owner, Permission::PendingOwner), refused);

        assert_eq!(ask(deps.as_ref(), &outsider, Permission::Operator), Ok(Addr::unchecked("provider")));
        let shut = |role| Err(Shut::UnknownRole { role }.into());
        assert_eq!(ask(deps.as_ref(), &outsider, Permission::Token), shut(Permission::Token));
        let info = message_info(&outsider, &[]);
        let cell = enter::<Cell>(deps.as_ref(), &mock_env(), info, &Message(Permission::Operator, Funds::None));
        assert_eq!(cell.map(|caller| caller.principal), shut(Permission::Operator));
    }

    #[test]
    fn everything_by_the_funds_that_are_written() {
        let deps = mock_dependencies();
        let sender = deps.api.addr_make("sender");
        let pay = |takes, amount: u128| {
            let funds = if amount == 0 { vec![] } else { coins(amount, "utoken") };
            let (info, message) = (message_info(&sender, &funds), Message(Permission::Anyone, takes));
            enter::<Inn>(deps.as_ref(), &mock_env(), info, &message).map(|caller| caller.paid.u128())
        };
        let taken = |found: &str| Err(BadFunds::NotTaken { found: found.into() }.into());
        assert_eq!((pay(Funds::None, 0), pay(Funds::None, 7)), (Ok(0), taken("7utoken")));
        assert_eq!((pay(Funds::Optional, 0), pay(Funds::Optional, 7)), (Ok(0), Ok(7)));
        assert_eq!((pay(Funds::Exact, 0), pay(Funds::Exact, 7)), (Ok(0), Ok(7)));
        let missing = Err(BadFunds::Missing { expected: "utoken".into() }.into());
        assert_eq!((pay(Funds::Required, 0), pay(Funds::Required, 7)), (missing, Ok(7)));

        for (takes, amount) in [(Funds::Required, 7), (Funds::Required, 0), (Funds::Optional, 0), (Funds::Exact, 7)] {
            let funds = if amount == 0 { vec![] } else { coins(amount, "utoken") };
            let (info, message) = (message_info(&sender, &funds), Message(Permission::Anyone, takes));
            let cell = enter::<Cell>(deps.as_ref(), &mock_env(), info, &message).map(|caller| caller.paid.u128());
            assert_eq!(cell, Err(Shut::NoDenom.into()));
        }
    }
}
