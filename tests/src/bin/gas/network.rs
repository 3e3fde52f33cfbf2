//! The chain with contracts on it, and everybody's money.

use std::{
    cell::{Ref, RefCell},
    rc::Rc,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use cosmrs::{
    AccountId, Any,
    proto::{
        cosmos::{
            bank::v1beta1::MsgSend,
            base::v1beta1::Coin,
            gov::v1::{
                MsgSubmitProposal, MsgVote, ProposalStatus, QueryProposalRequest, QueryProposalResponse, VoteOption,
            },
        },
        cosmwasm::wasm::v1::MsgPinCodes,
    },
};
use cosmwasm_std::Addr;
use cw20::{Cw20Coin, Cw20ExecuteMsg};
use sha2::{Digest, Sha256};
use tequio_client::{Call, data::Store};
use tequio_embedded::{LocalBeacon, Setup};
use tequio_protocol::verifier::MIN_BLOCKS;
use tequio_rpc::{Connection, Included, Key, Keyring, Named, Rpc};
use tequio_tests::localnet;

use crate::Args;

/// Words of accounts that exist on this chain only.
const WORDS: &str = "test test test test test test test test test test test junk";
const ACCOUNTS: usize = 40;
/// What each of them has.
const FUNDS: u128 = 20_000_000_000;

pub struct Net {
    pub chain: Rpc,
    pub beacon: LocalBeacon,
    pub store: Store,
    /// Everything that was included so far.
    sent: Rc<RefCell<Vec<Included>>>,
    /// Buys and posts.
    pub client: Addr,
    /// Does what anyone may do.
    pub stranger: Addr,
    accounts: RefCell<Vec<Addr>>,
    validator: Addr,
    codes: Vec<u64>,
}

impl Net {
    pub async fn begin(args: &Args) -> Result<Self> {
        // A fee takes gas too, the same for every transaction: all figures are without.
        let mut connection = localnet::connect(&args.node).await?;
        let sent: Rc<RefCell<Vec<Included>>> = Rc::default();
        let told = sent.clone();
        connection.observe(move |included| told.borrow_mut().push(included.clone()));
        let home = args.keys.clone();
        let ring = Keyring::test(&home);
        let mut named = |name: &str| connection.add(ring.key(name)?);
        let [client, stranger, governance, validator] =
            [named("client")?, named("relayer")?, named("governance")?, named("validator0")?];
        let mut accounts = vec![];
        for index in 0..ACCOUNTS {
            accounts.push(connection.add(Key::recover(WORDS, &format!("m/44'/118'/0'/0/{index}"))?)?);
        }
        let pay = |to: &Addr| send(&connection, &client, to, FUNDS);
        let gifts = accounts.iter().map(pay).collect::<Result<Vec<_>>>()?;
        connection.send(&client, gifts).await?;
        for _ in 0..2 {
            connection.send(&client, vec![send(&connection, &client, &stranger, 1)?]).await?;
        }

        let mut setup = Setup::default();
        // A window is over within four turns.
        setup.escrow.terms.blocks = MIN_BLOCKS;
        let beacon = setup.beacon();
        let coins = |address: &Addr| Cw20Coin { address: address.to_string(), amount: (1u128 << 64).into() };
        let tokens = accounts.iter().chain([&client]).map(coins).collect();
        let settings = setup.settings(governance, &beacon, tokens);
        let wasm = |contract| localnet::wasm(&args.artifacts, contract);
        let (deployment, since) = connection.deploy(&settings, wasm).await?;
        let stored = |sent: &Included| sent.attribute("store_code", "code_id").ok()?.parse().ok();
        let codes = sent.borrow().iter().filter_map(stored).collect();
        let chain = Rpc::new(connection, deployment, since);
        let (store, accounts) = (Store::memory(), RefCell::new(accounts));
        let net = Self { chain, beacon, store, sent, client, stranger, accounts, validator, codes };
        for _ in 0..2 {
            let (recipient, amount) = (net.stranger.to_string(), 1u128.into());
            net.send(&net.client, Cw20ExecuteMsg::Transfer { recipient, amount }).await?;
        }
        Ok(net)
    }

    /// An account with money that nobody else has.
    pub fn account(&self) -> Addr {
        self.accounts.borrow_mut().pop().expect("there are enough accounts")
    }

    /// Sends one message.
    pub async fn send(&self, sender: &Addr, call: impl Into<Call>) -> Result<Included> {
        self.chain.send(sender, vec![call.into()]).await
    }

    pub fn sent(&self) -> Ref<'_, Vec<Included>> {
        self.sent.borrow()
    }

    /// Gas of the last transaction that had this message and no other.
    pub fn alone(&self, name: &str) -> Result<u64> {
        let sent = self.sent();
        let found = sent.iter().rfind(|sent| sent.messages.len() == 1 && sent.messages[0] == name);
        found.map(|sent| sent.gas_used).with_context(|| format!("no {name} was sent alone"))
    }

    pub fn sign(&self, round: u64) -> Vec<u8> {
        self.beacon.sign(round)
    }

    /// Has the validators pin all codes: nodes keep them ready in memory.
    pub async fn pin(&self) -> Result<()> {
        let connection = &self.chain.connection;
        let authority = AccountId::new("wasm", &Sha256::digest(b"gov")[..20]).map_err(anyhow::Error::msg)?.to_string();
        let pin = MsgPinCodes { authority, code_ids: self.codes.clone() };
        let propose = MsgSubmitProposal {
            messages: vec![Any::from_msg(&pin)?],
            initial_deposit: vec![coin(connection, 50_000_000)],
            proposer: self.validator.to_string(),
            metadata: String::new(),
            title: "Pin".into(),
            summary: "Pin the contracts".into(),
            expedited: true,
        };
        let named = |name: &str, any| Named { name: name.into(), any };
        let proposed = connection.send(&self.validator, vec![named("gov propose", Any::from_msg(&propose)?)]).await?;
        let proposal_id = proposed.attribute("submit_proposal", "proposal_id")?.parse()?;
        let (voter, option) = (self.validator.to_string(), VoteOption::Yes.into());
        let vote = MsgVote { proposal_id, voter, option, metadata: String::new() };
        connection.send(&self.validator, vec![named("gov vote", Any::from_msg(&vote)?)]).await?;
        loop {
            let asked: QueryProposalResponse = connection
                .endpoints
                .query("/cosmos.gov.v1.Query/Proposal", QueryProposalRequest { proposal_id })
                .await?;
            let status = asked.proposal.context("no proposal")?.status();
            if status == ProposalStatus::Passed {
                return Ok(());
            }
            ensure!(matches!(status, ProposalStatus::VotingPeriod), "the codes are not pinned: {status:?}");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

fn coin(connection: &Connection, amount: u128) -> Coin {
    Coin { denom: connection.network.denom().into(), amount: amount.to_string() }
}

fn send(connection: &Connection, from: &Addr, to: &Addr, amount: u128) -> Result<Named> {
    let amount = vec![coin(connection, amount)];
    let msg = MsgSend { from_address: from.to_string(), to_address: to.to_string(), amount };
    Ok(Named { name: "bank send".into(), any: Any::from_msg(&msg)? })
}
