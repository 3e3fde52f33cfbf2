//! `tequio chain verify`.

use std::fmt;

use anyhow::{Result, ensure};
use cw_ownable::Ownership;
use cw20::{Cw20QueryMsg, MinterResponse};
use serde::Serialize;
use tequio_client::{Chain, Contract, Deployed, Query, conservation};
use tequio_protocol::{
    BeaconId, escrow, registry, rewards,
    verifier::{self, Beacon},
};
use tequio_rpc::{Rpc, sha256};

use super::{artifacts::checksum, begin};
use crate::{network::OnNetwork, output::table};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    on: OnNetwork,
    #[command(flatten)]
    with: begin::With,
    /// Who should own the contracts; the deployer if not given.
    #[arg(long)]
    owner: Option<String>,
    /// Who should be able to migrate them; the deployer if not given, `nobody` for nobody.
    #[arg(long)]
    admin: Option<String>,
}

/// What was looked at, and whether it is as it should be.
#[derive(Serialize)]
#[serde(transparent)]
pub struct Found(Vec<Check>);

#[derive(Serialize)]
struct Check {
    of: String,
    what: &'static str,
    found: String,
    should_be: String,
    good: bool,
}

pub async fn run(args: Args) -> Result<Found> {
    let (network, (profile, _)) = (args.on.network()?, args.with.read(&args.on)?);
    let deployed = Deployed::read(&args.on.deployment()?, &network.chain_id)?;
    let chain = args.on.chain().await?;
    let contracts = &deployed.contracts;
    let (owner, admin) = (args.owner.as_deref(), args.admin.as_deref());
    let owner = owner.unwrap_or(contracts.governance.as_str());
    let admin = admin.unwrap_or(contracts.governance.as_str());
    let mut found = Found(vec![]);
    for contract in Contract::all() {
        let (code, who) = chain.connection.contract(contracts.address(contract)).await?;
        let hash = chain.connection.code(code).await?;
        found.check(contract, "code is this version's", hash, checksum(contract));
        // Nobody migrates the token.
        let should = if contract == Contract::Token { "nobody" } else { admin };
        found.check(contract, "admin", if who.is_empty() { "nobody".into() } else { who }, should);
    }
    let owners = [
        (Contract::Registry, Query::from(registry::QueryMsg::Ownership {})),
        (Contract::Verifier, verifier::QueryMsg::Ownership {}.into()),
        (Contract::Rewards, rewards::QueryMsg::Ownership {}.into()),
        (Contract::Escrow, escrow::QueryMsg::Ownership {}.into()),
    ];
    for (contract, query) in owners {
        let ownership: Ownership<String> = chain.query(query).await?;
        found.check(contract, "owner", ownership.owner.unwrap_or_else(|| "nobody".into()), owner);
        let pending = ownership.pending_owner.unwrap_or_else(|| "nobody".into());
        found.check(contract, "owner to be", pending, "nobody");
    }
    found.rights(&chain).await?;
    found.beacon(&chain, &profile.beacon).await?;
    for (contract, conservation) in conservation(&chain).await? {
        for equation in conservation.equations {
            let says =
                if equation.holds() { "holds".into() } else { format!("{} and {}", equation.left, equation.right) };
            found.check(format!("{contract} {}", equation.formula), "equation", says, "holds");
        }
    }
    Ok(found)
}

impl Found {
    /// Who may do what: escrow alone places liens and reports work, rewards alone mints, and all know each other.
    async fn rights(&mut self, chain: &Rpc) -> Result<()> {
        let contracts = chain.deployment();
        let [registry, verifier, rewards, escrow] =
            [&contracts.registry, &contracts.verifier, &contracts.rewards, &contracts.escrow].map(ToString::to_string);
        let (start_after, limit) = (None, None);
        let holders: Vec<registry::HolderResponse> =
            chain.query(registry::QueryMsg::Holders { start_after, limit }).await?;
        let may = holders.into_iter().filter(|holder| holder.effective.is_some()).map(|holder| holder.holder);
        self.check(Contract::Registry, "who may place liens", list(may), &escrow);
        let (start_after, limit) = (None, None);
        let sources: Vec<rewards::SourceResponse> =
            chain.query(rewards::QueryMsg::Sources { start_after, limit }).await?;
        let may = sources.into_iter().filter(|source| source.effective.is_some()).map(|source| source.source);
        self.check(Contract::Rewards, "who may report work", list(may), &escrow);
        let minter: Option<MinterResponse> = chain.query(Query::from(Cw20QueryMsg::Minter {})).await?;
        let minter = minter.map_or_else(|| "nobody".into(), |minter| minter.minter);
        self.check(Contract::Token, "who may mint", minter, &rewards);
        let knows: escrow::ConfigResponse = chain.query(escrow::QueryMsg::Config {}).await?;
        let asked = [knows.registry, knows.verifier, knows.rewards, knows.denom].join(" ");
        let should = [registry, verifier, rewards, contracts.denom.clone()].join(" ");
        self.check(Contract::Escrow, "whom it asks, and its denom", asked, &should);
        let arbiter = knows.config.arbitration.map(|arbiter| arbiter.address).unwrap_or_default();
        self.check(Contract::Escrow, "arbiter of its jobs", arbiter, contracts.arbiter.as_str());
        Ok(())
    }

    /// The beacon that draws: who holds another's key draws what it likes.
    async fn beacon(&mut self, chain: &Rpc, profile: &Beacon) -> Result<()> {
        let query = verifier::QueryMsg::Beacons { start_after: None, limit: None };
        let beacons: Vec<verifier::BeaconResponse> = chain.query(query).await?;
        let said = |Beacon { public_key, genesis, period }: &Beacon| {
            format!("every {period} s from {genesis}, key of SHA-256 {}", sha256(public_key))
        };
        let first = beacons.iter().find(|beacon| beacon.id == BeaconId(1));
        let found = first.map_or_else(|| "none".into(), |found| said(&found.beacon));
        self.check(Contract::Verifier, "first beacon", found, &said(profile));
        Ok(())
    }

    fn check(&mut self, of: impl ToString, what: &'static str, found: String, should_be: &str) {
        let good = found == should_be;
        self.0.push(Check { of: of.to_string(), what, found, should_be: should_be.into(), good });
    }

    /// Fails if anything is not as it should be.
    pub fn judge(&self) -> Result<()> {
        let bad = self.0.iter().filter(|check| !check.good).count();
        ensure!(bad == 0, "{bad} of {} checks found something else than should be", self.0.len());
        Ok(())
    }
}

fn list(names: impl Iterator<Item = String>) -> String {
    names.collect::<Vec<_>>().join(" ")
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut table = table(["", "of", "what", "found", "should be"], &[]);
        for Check { of, what, found, should_be, good } in &self.0 {
            let should = if *good { "" } else { should_be };
            table.add_row([if *good { "✓" } else { "✗" }, of, what, found, should]);
        }
        write!(f, "{table}")
    }
}
