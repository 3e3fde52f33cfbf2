//! Register: register · cap.

use anyhow::Result;
use cosmwasm_std::{Addr, Uint128};
use tequio_protocol::registry::{ExecuteMsg, Metadata};

use crate::{Call, Chain};

/// Registers `owner`, for whom `operators` work, with `stake`, under liens of escrow's up to `cap`, in one transaction.
pub async fn register<C: Chain>(
    chain: &C,
    owner: &Addr,
    operators: &[Addr],
    metadata: Metadata,
    stake: Uint128,
    cap: Uint128,
) -> Result<()> {
    let operators = operators.iter().map(Addr::to_string).collect();
    let register = Call::paying(stake, ExecuteMsg::Register { operators, metadata });
    let holder = chain.deployment().escrow.to_string();
    chain.broadcast(owner, vec![register, ExecuteMsg::Cap { holder, amount: cap }.into()]).await?;
    Ok(())
}
