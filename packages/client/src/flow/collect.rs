//! Collect: claim · withdraw, whatever there is.

use anyhow::Result;
use cosmwasm_std::Addr;
use tequio_protocol::{arbiter, escrow, registry, rewards};

use crate::{Arbiter, Call, Chain, Escrow, Registry, Rewards};

/// Claims what `address` earned and withdraws what it is owed, thawed stake left aside, in one transaction. Sends none
/// if there is nothing.
pub async fn collect<C: Chain>(chain: &C, address: &Addr) -> Result<()> {
    let mut calls: Vec<Call> = vec![];
    let claimable = Rewards(chain).claimable(address).await?;
    // What rounds to nothing is claimed too if it bars the way to more.
    if !claimable.earned.is_zero() || !claimable.emitted.is_zero() || claimable.more {
        calls.push(rewards::ExecuteMsg::Claim { provider: None }.into());
    }
    if !Escrow(chain).balance(address).await?.is_zero() {
        calls.push(escrow::ExecuteMsg::Withdraw {}.into());
    }
    if !Arbiter(chain).balance(address).await?.is_zero() {
        calls.push(arbiter::ExecuteMsg::Withdraw {}.into());
    }
    if !Registry(chain).balance(address).await?.is_zero() {
        calls.push(registry::ExecuteMsg::Withdraw {}.into());
    }
    if !calls.is_empty() {
        chain.broadcast(address, calls).await?;
    }
    Ok(())
}
