//! Post: quote · buy · post.

use anyhow::Result;
use cosmwasm_std::{Addr, Uint128, to_json_binary};
use cw20::Cw20ExecuteMsg;
use tequio_protocol::{
    escrow::{ExecuteMsg, JobSpec, Posted, QuoteResponse},
    rewards,
};

use crate::{Call, Chain, Deployment, Escrow};

/// Buys and approves the credits that a job takes, with tokens of `client`'s, and posts it, in one transaction.
pub async fn post<C: Chain>(chain: &C, client: &Addr, spec: JobSpec) -> Result<(QuoteResponse, Posted)> {
    let quote = Escrow(chain).quote(&spec).await?;
    let buy = purchase(chain.deployment(), quote.credits)?;
    let post = Call::paying(quote.funds, ExecuteMsg::Post { spec });
    let posted = chain.broadcast(client, buy.into_iter().chain([post]).collect()).await?.one()?;
    Ok((quote, posted))
}

/// The message that burns tokens for `credits` which escrow may reserve; none for none.
pub fn purchase(deployment: &Deployment, credits: Uint128) -> Result<Option<Call>> {
    if credits.is_zero() {
        return Ok(None);
    }
    let approve = Some(rewards::Approval { source: deployment.escrow.to_string(), amount: credits });
    let msg = to_json_binary(&rewards::Hook::Buy { client: None, approve })?;
    let buy = Cw20ExecuteMsg::Send { contract: deployment.rewards.to_string(), amount: credits, msg };
    Ok(Some(buy.into()))
}
