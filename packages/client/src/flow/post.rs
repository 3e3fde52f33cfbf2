//! Post: quote · buy · approve · post.

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
    let mut calls = purchase(chain.deployment(), quote.credits)?;
    calls.push(Call::paying(quote.funds, ExecuteMsg::Post { spec }));
    let posted = chain.broadcast(client, calls).await?.one()?;
    Ok((quote, posted))
}

/// The messages that burn tokens for `credits` which escrow may reserve; none for none.
pub fn purchase(deployment: &Deployment, credits: Uint128) -> Result<Vec<Call>> {
    if credits.is_zero() {
        return Ok(vec![]);
    }
    let (contract, msg) = (deployment.rewards.to_string(), to_json_binary(&rewards::Hook::Buy { client: None })?);
    let buy = Cw20ExecuteMsg::Send { contract, amount: credits, msg };
    let approve = rewards::ExecuteMsg::Approve { source: deployment.escrow.to_string(), amount: credits };
    Ok(vec![buy.into(), approve.into()])
}
