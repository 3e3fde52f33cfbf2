//! `tequio chain deploy`.

use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use cosmwasm_std::Addr;
use cw_ownable::Ownership;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tequio_client::{
    Call, Chain, Contract, Deployed, Query, StoredCode, conservation,
    deploy::{Progress, Settings, Step},
};
use tequio_protocol::{escrow, registry, rewards, verifier};
use tequio_rpc::{Connection, LIFETIME, Rpc, sha256};

use super::{artifacts, begin};
use crate::{failure::Usage, file::write_json, network::Signed};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    signed: Signed,
    #[command(flatten)]
    wasm: artifacts::From,
    #[command(flatten)]
    with: begin::With,
    /// Who owns the contracts in the end, for instance a multisig or a DAO, instead of the deployer. It has to accept.
    #[arg(long)]
    owner: Option<String>,
    /// Who may migrate the contracts in the end, instead of the deployer; `nobody` for nobody.
    #[arg(long)]
    admin: Option<String>,
    /// Says what would be sent, and sends nothing.
    #[arg(long)]
    dry_run: bool,
}

/// What became of a deployment.
#[derive(Serialize)]
pub struct Made {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deployed: Option<Deployed>,
    /// What would be sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    steps: Vec<Planned>,
    /// Messages that the new owner has to send.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    accept: Vec<Value>,
}

#[derive(Serialize)]
struct Planned {
    step: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Value>,
}

/// What is kept of a deployment that is not done: where on the chain to look for what is. The chain has the rest.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Begun {
    chain_id: String,
    deployer: Addr,
    /// Of the profile's text.
    profile: String,
    since: u64,
    /// The account's sequence before the step that is under way, and the block after which that can't be included.
    sequence: u64,
    until: u64,
}

pub async fn run(args: Args) -> Result<Made> {
    let (profile, text) = args.with.read(&args.signed.on)?;
    let wasm = args.wasm.read()?;
    let file = args.signed.on.deployment()?;
    if args.dry_run {
        let denom = args.signed.on.network()?.denom().to_owned();
        return planned(&profile.settings(Addr::unchecked(args.signed.name()), denom));
    }
    let beside = file.with_extension("json.partial");
    if file.exists() && !beside.exists() {
        let help = "look at it with tequio chain show, or name another file with --deployment";
        bail!(Usage::new(format!("there is a deployment in {} already", file.display()), help));
    }
    let (connection, deployer) = args.signed.connect().await?;
    let denom = connection.network.denom().to_owned();
    let settings = profile.settings(deployer.clone(), denom);
    if file.exists() {
        // It was cut off while it was handed over.
        let deployed = Deployed::read(&file, &connection.network.chain_id)?;
        let chain = Rpc::new(connection, deployed.contracts.clone(), deployed.since);
        let accept = hand_over(&chain, &args, &deployer).await?;
        _ = fs::remove_file(&beside);
        return Ok(Made { file: Some(file), deployed: Some(deployed), steps: vec![], accept });
    }
    let resumed = beside.exists();
    let mut begun = begin(&connection, &beside, &deployer, sha256(text.as_bytes())).await?;
    let mut done = match resumed {
        true => connection.progress(&deployer, begun.since, &wasm.hashes()).await?,
        false => Progress::default(),
    };
    while let Some(step) = settings.next(&done)? {
        eprintln!("{}", name(&step));
        begun.sequence = connection.sequence(&deployer).await?.1;
        begun.until = connection.endpoints.latest().await?.0 + LIFETIME;
        write_json(&beside, &begun)?;
        connection.take(&settings, step, &mut done, |contract| wasm.of(contract)).await?;
    }
    let contracts = done.deployment(&settings)?;
    let mut codes = BTreeMap::new();
    for contract in Contract::all() {
        let id = done.code(contract)?;
        codes.insert(contract, StoredCode { id, sha256: connection.code(id).await? });
    }
    let chain_id = connection.network.chain_id.clone();
    let deployed = Deployed { chain_id, since: begun.since, codes, contracts };
    let chain = Rpc::new(connection, deployed.contracts.clone(), deployed.since);
    for (contract, found) in conservation(&chain).await? {
        for equation in found.equations {
            ensure!(equation.holds(), "{contract}: {} does not hold", equation.formula);
        }
    }
    write_json(&file, &deployed)?;
    let accept = hand_over(&chain, &args, &deployer).await?;
    _ = fs::remove_file(&beside);
    Ok(Made { file: Some(file), deployed: Some(deployed), steps: vec![], accept })
}

/// Notes that a deployment begins, or goes on with one that was cut off: once what was under way is in a block, or never is.
async fn begin(connection: &Connection, beside: &Path, deployer: &Addr, profile: String) -> Result<Begun> {
    let (latest, _) = connection.endpoints.latest().await?;
    let chain_id = connection.network.chain_id.clone();
    let text = match fs::read_to_string(beside) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let (deployer, since) = (deployer.clone(), latest + 1);
            let begun = Begun { chain_id, deployer, profile, since, sequence: 0, until: 0 };
            write_json(beside, &begun)?;
            return Ok(begun);
        }
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", beside.display())),
    };
    let begun: Begun = serde_json::from_str(&text)
        .with_context(|| format!("{} is no deployment that was cut off", beside.display()))?;
    let same = begun.chain_id == chain_id && begun.deployer == *deployer && begun.profile == profile;
    if !same {
        let what = format!(
            "{} is a deployment on {} by {} that was cut off",
            beside.display(),
            begun.chain_id,
            begun.deployer
        );
        bail!(Usage::new(what, "go on with the same network, key and profile, or remove the file and begin anew"));
    }
    eprintln!("going on with what began in block {}", begun.since);
    loop {
        let (latest, _) = connection.endpoints.latest().await?;
        let included = connection.sequence(deployer).await?.1 > begun.sequence;
        if included || latest > begun.until {
            // The index of transactions follows the chain in a moment.
            connection.next_block().await?;
            return Ok(begun);
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Gives ownership and the right to migrate to others, in one transaction, where that is not done. What the new owner has to
/// send.
async fn hand_over(chain: &Rpc, args: &Args, deployer: &Addr) -> Result<Vec<Value>> {
    let (connection, contracts) = (&chain.connection, chain.deployment());
    let (mut messages, mut accept) = (vec![], vec![]);
    if let Some(owner) = args.owner.as_ref().filter(|owner| *owner != deployer.as_str()) {
        let transfer = cw_ownable::Action::TransferOwnership { new_owner: owner.clone(), expiry: None };
        let calls: [(Query, Call); 4] = [
            (registry::QueryMsg::Ownership {}.into(), registry::ExecuteMsg::UpdateOwnership(transfer.clone()).into()),
            (verifier::QueryMsg::Ownership {}.into(), verifier::ExecuteMsg::UpdateOwnership(transfer.clone()).into()),
            (rewards::QueryMsg::Ownership {}.into(), rewards::ExecuteMsg::UpdateOwnership(transfer.clone()).into()),
            (escrow::QueryMsg::Ownership {}.into(), escrow::ExecuteMsg::UpdateOwnership(transfer).into()),
        ];
        for (query, call) in calls {
            let address = contracts.address(call.message.contract());
            let msg = serde_json::json!({ "update_ownership": "accept_ownership" });
            let now: Ownership<String> = chain.query(query).await?;
            if now.owner.as_ref() != Some(owner) {
                accept.push(serde_json::json!({ "contract": address, "msg": msg, "funds": [] }));
                if now.pending_owner.as_ref() != Some(owner) {
                    messages.push(connection.message(deployer, address, call)?);
                }
            }
        }
    }
    if let Some(admin) = args.admin.as_ref().filter(|admin| *admin != deployer.as_str()) {
        let admin = (admin != "nobody").then(|| Addr::unchecked(admin));
        for contract in Contract::OURS {
            let address = contracts.address(contract);
            if connection.contract(address).await?.1 == deployer.as_str() {
                messages.push(connection.admin(deployer, contract, address, admin.as_ref())?);
            }
        }
    }
    if !messages.is_empty() {
        eprintln!("hand over");
        connection.send(deployer, messages).await?;
    }
    Ok(accept)
}

/// Every step with what it sends. Ids and addresses are known only once the chain gives them.
fn planned(settings: &Settings) -> Result<Made> {
    let (mut done, mut steps) = (Progress::default(), vec![]);
    while let Some(step) = settings.next(&done)? {
        let mut message = None;
        let named = name(&step);
        match step {
            Step::Upload { contract } => done.uploaded(contract, 0),
            Step::Instantiate { contract, message: bytes, .. } => {
                message = Some(serde_json::from_slice(&bytes)?);
                done.instantiated(contract, Addr::unchecked(format!("<{contract}>")));
            }
            Step::FindToken { .. } => done.instantiated(Contract::Token, Addr::unchecked("<token>")),
            Step::Send { call } => {
                message = Some(serde_json::from_slice(&call.message.json()?)?);
                done.sent();
            }
        }
        steps.push(Planned { step: named, message });
    }
    Ok(Made { file: None, deployed: None, steps, accept: vec![] })
}

fn name(step: &Step) -> String {
    match step {
        Step::Upload { contract } => format!("store {contract}"),
        Step::Instantiate { contract, .. } => format!("instantiate {contract}"),
        Step::FindToken { .. } => "find the token".into(),
        Step::Send { call } => {
            let json = call.message.json().unwrap_or_default();
            format!("send {} {}", call.message.contract(), tequio_client::message::variant(&json))
        }
    }
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for Planned { step, message } in &self.steps {
            writeln!(f, "{step}")?;
            if let Some(message) = message {
                writeln!(f, "    {message}")?;
            }
        }
        if let (Some(deployed), Some(file)) = (&self.deployed, &self.file) {
            writeln!(f, "{}", super::show::Shown(deployed.clone()))?;
            write!(f, "written to {}", file.display())?;
        }
        if !self.accept.is_empty() {
            write!(f, "\nthe new owner has to send, before anything else of governance's:")?;
        }
        for message in &self.accept {
            write!(f, "\n    {message}")?;
        }
        Ok(())
    }
}
