//! The contracts' code, native: the only place outside tests that imports contracts.

use cosmwasm_std::Empty;
use cw_multi_test::ContractWrapper;
use tequio_client::Contract;

/// Code that the chain can store.
pub type Code = Box<dyn cw_multi_test::Contract<Empty>>;

/// The code of a contract.
pub fn of(contract: Contract) -> Code {
    match contract {
        Contract::Registry => registry(),
        Contract::Verifier => verifier(),
        Contract::Arbiter => arbiter(),
        Contract::Rewards => rewards(),
        Contract::Escrow => escrow(),
        Contract::Token => token(),
    }
}

fn registry() -> Code {
    use tequio_registry::{execute, instantiate, migrate, query};
    Box::new(ContractWrapper::new(execute, instantiate, query).with_migrate(migrate))
}

fn verifier() -> Code {
    use tequio_verifier::{execute, instantiate, migrate, query};
    Box::new(ContractWrapper::new(execute, instantiate, query).with_migrate(migrate))
}

fn arbiter() -> Code {
    use tequio_arbiter::{execute, instantiate, migrate, query};
    Box::new(ContractWrapper::new(execute, instantiate, query).with_migrate(migrate))
}

fn rewards() -> Code {
    use tequio_rewards::{execute, instantiate, migrate, query, reply};
    Box::new(ContractWrapper::new(execute, instantiate, query).with_reply(reply).with_migrate(migrate))
}

fn escrow() -> Code {
    use tequio_escrow::{execute, instantiate, migrate, query, reply};
    Box::new(ContractWrapper::new(execute, instantiate, query).with_reply(reply).with_migrate(migrate))
}

fn token() -> Code {
    use cw20_base::contract::{execute, instantiate, query};
    Box::new(ContractWrapper::new(execute, instantiate, query))
}
