//! The chain, who is on it, and the one door through which messages go.

use std::collections::{BTreeMap, BTreeSet};

use cosmwasm_std::{
    Addr, Coin, CosmosMsg, DepsMut, Env, MessageInfo, Order, Response, Storage, Uint128, WasmMsg, coin, to_json_binary,
};
use cw_multi_test::{BankSudo, ContractWrapper, Executor, SudoMsg};
use cw20::Cw20ExecuteMsg;
use serde::de::DeserializeOwned;
use tequio_client::{Contract, Executed, Message, Query, message::variant};
use tequio_embedded::{Embedded, LocalBeacon, Setup, code};
use tequio_protocol::verifier::Verdict;
use tequio_protocol::{AssignmentId, AttestationId, escrow, registry, rewards, verifier};

use crate::act::{By, Offer};
use crate::program::Shown;
use crate::told::Told;

/// What everybody begins with of the denom, and clients of the token.
pub const RICH: u128 = 1 << 90;
/// A coin that is not the chain's.
pub const FOREIGN: &str = "ufoo";

/// Who is on the chain, besides governance.
#[derive(Clone)]
pub struct Cast {
    pub clients: Vec<Addr>,
    /// Owner and operator keys.
    pub providers: Vec<(Addr, Addr)>,
    /// All who send messages at random.
    pub people: Vec<Addr>,
    /// Somebody with no part in anything.
    pub outsider: Addr,
    /// Everyone there is.
    pub everybody: Vec<Addr>,
}

pub struct Stage {
    pub chain: Embedded,
    pub cast: Cast,
    /// By id, from 1.
    pub beacons: Vec<LocalBeacon>,
    pub jobs: u64,
    pub assignments: u64,
    /// Escrow's config when each job was posted.
    pub rules: BTreeMap<u64, escrow::Config>,
    /// What is disputed now.
    pub disputed: Option<AttestationId>,
    /// In the order of attesting.
    pub claims: Vec<Claim>,
    /// Of each attestation, as it was last seen.
    pub verdicts: BTreeMap<AttestationId, Verdict>,
    pub told: Told,
    pub seen: Seen,
    /// Hash of all state there is.
    digest: blake3::Hash,
    /// Codes of rewards: as it is, and failing.
    codes: [u64; 2],
}

/// What somebody committed to.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    pub attestation: AttestationId,
    pub assignment: AssignmentId,
    pub shown: Shown,
    /// Shards of the job.
    pub shards: u64,
}

/// How often messages of each kind were taken and refused, and for what.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub taken: BTreeMap<String, u64>,
    pub refused: BTreeMap<String, u64>,
    /// How often an assignment ended in each state.
    pub ends: BTreeMap<String, u64>,
}

impl Seen {
    /// Nothing was tried in vain: assignments ended in each of these states, and these messages were taken.
    pub fn reached(&self, ends: &[&str], taken: &[&str]) {
        for (sums, keys) in [(&self.ends, ends), (&self.taken, taken)] {
            let missing: Vec<_> = keys.iter().filter(|key| !sums.contains_key(**key)).collect();
            assert!(missing.is_empty(), "never seen: {missing:?} in {self:#?}");
        }
    }

    pub fn add(&mut self, other: &Self) {
        let pairs =
            [(&mut self.taken, &other.taken), (&mut self.refused, &other.refused), (&mut self.ends, &other.ends)];
        for (sums, more) in pairs {
            more.iter().for_each(|(key, count)| *sums.entry(key.clone()).or_default() += count);
        }
    }
}

impl Stage {
    /// A chain with these clients and providers on it, others who send messages at random too, and some who do not.
    pub fn new(setup: Setup, clients: &[&str], providers: &[&str], others: &[&str], quiet: &[&str]) -> Self {
        let rigs: Vec<String> = providers.iter().map(|name| rig(name)).collect();
        let loud = [clients, providers, others].concat();
        let loud: BTreeSet<&str> = loud.into_iter().chain(rigs.iter().map(String::as_str)).collect();
        let all: BTreeSet<&str> = loud.iter().chain(quiet).copied().chain(["outsider", "governance"]).collect();
        let setup = all.iter().fold(setup, |setup, name| setup.fund(name, RICH));
        let setup = clients.iter().fold(setup, |setup, name| setup.genesis_tokens(name, RICH));
        let chain = Embedded::new(&setup).expect("a setup within its bounds");
        let actors = |names: BTreeSet<&str>| names.into_iter().map(|name| chain.actor(name)).collect();
        let cast = Cast {
            clients: clients.iter().map(|name| chain.actor(name)).collect(),
            providers: providers.iter().map(|name| (chain.actor(name), chain.actor(&rig(name)))).collect(),
            people: actors(loud),
            outsider: chain.actor("outsider"),
            everybody: actors(all),
        };
        for person in &cast.everybody {
            let mint = BankSudo::Mint { to_address: person.to_string(), amount: vec![coin(RICH, FOREIGN)] };
            chain.app().sudo(SudoMsg::Bank(mint)).expect("a bank that mints");
        }
        let codes = [code::of(Contract::Rewards), failing()].map(|code| chain.app().store_code(code));
        let (beacons, told) = (vec![chain.beacon().clone()], Told::new(&chain));
        let digest = digest(chain.app().storage());
        let (jobs, assignments, rules, disputed, claims, verdicts, seen) = Default::default();
        Self { chain, cast, beacons, jobs, assignments, rules, disputed, claims, verdicts, told, seen, digest, codes }
    }

    /// Credits and a job for each client, stake and caps for providers: without them few messages are taken.
    pub fn furnish(&mut self) {
        let contracts = self.chain.deployment().clone();
        let (escrow, rewards) = (contracts.escrow.to_string(), contracts.rewards.to_string());
        let credits = Uint128::new(2_000_000);
        let approve = Some(rewards::Approval { source: escrow, amount: credits });
        let msg = to_json_binary(&rewards::Hook::Buy { client: None, approve }).expect("a hook is JSON");
        for client in self.cast.clients.clone() {
            let buy = Cw20ExecuteMsg::Send { contract: rewards.clone(), amount: credits, msg: msg.clone() };
            self.must(&client, buy, 0);
        }
        for (owner, operator) in self.cast.providers.clone() {
            self.register(&owner, &operator, 1_000_000, 800_000);
        }
        for client in 0..self.cast.clients.len() {
            self.post(By::Right, &Offer::plain(client, false, 12 + 18 * client as u64));
        }
    }

    pub fn register(&mut self, owner: &Addr, operator: &Addr, stake: u128, cap: u128) {
        let (operators, metadata) = (vec![operator.to_string()], registry::Metadata::default());
        self.must(owner, registry::ExecuteMsg::Register { operators, metadata }, stake);
        let holder = self.chain.deployment().escrow.to_string();
        self.must(owner, registry::ExecuteMsg::Cap { holder, amount: cap.into() }, 0);
    }

    pub fn ask<T: DeserializeOwned>(&self, query: impl Into<Query>) -> T {
        self.chain.ask(query).unwrap_or_else(|error| panic!("a query that is always answered: {error:#}"))
    }

    pub fn native(&self, amount: u128) -> Vec<Coin> {
        if amount == 0 { vec![] } else { vec![coin(amount, &self.chain.deployment().denom)] }
    }

    /// Sends a message. Taken, it is checked against what it told; refused, it has a typed error and changed nothing.
    pub fn send(&mut self, sender: &Addr, message: impl Into<Message>, funds: Vec<Coin>) -> Option<Executed> {
        let message = message.into();
        let json = message.json().expect("a message is JSON");
        let kind = format!("{} {}", message.contract(), variant(&json));
        let contract_addr = self.chain.deployment().address(message.contract()).to_string();
        let execute = CosmosMsg::from(WasmMsg::Execute { contract_addr, msg: json.into(), funds });
        let result =
            self.chain.app().execute(sender.clone(), execute).map(|response| Executed { events: response.events });
        let digest = digest(self.chain.app().storage());
        match result {
            Ok(outcome) => {
                self.digest = digest;
                *self.seen.taken.entry(kind).or_default() += 1;
                self.heed(&outcome);
                Some(outcome)
            }
            Err(error) => {
                assert_eq!(self.digest, digest, "{message:?} was refused and changed something: {error:#}");
                let error = typed(&error).unwrap_or_else(|| panic!("{message:?}: no typed error but {error:?}"));
                *self.seen.refused.entry(format!("{kind}: {error}")).or_default() += 1;
                None
            }
        }
    }

    /// Sends a message that must be taken.
    pub fn must(&mut self, sender: &Addr, message: impl Into<Message>, funds: u128) -> Executed {
        let message = message.into();
        let (text, funds) = (format!("{message:?}"), self.native(funds));
        self.send(sender, message, funds).unwrap_or_else(|| panic!("{text} was refused: {:?}", self.seen.refused))
    }

    /// Sends a message that must be refused.
    pub fn never(&mut self, sender: &Addr, message: impl Into<Message>) {
        let message = message.into();
        let text = format!("{message:?}");
        assert!(self.send(sender, message, vec![]).is_none(), "{sender} may not send {text}");
    }

    /// From now on rewards fails whatever escrow sends after a settling or a refund, or does not.
    pub fn rewards_fails(&mut self, fails: bool) {
        let (governance, rewards) =
            (self.chain.deployment().governance.clone(), self.chain.deployment().rewards.clone());
        let code = self.codes[usize::from(fails)];
        let migrated = self.chain.app().migrate_contract(governance, rewards, &rewards::MigrateMsg {}, code);
        migrated.expect("governance may migrate");
        self.digest = digest(self.chain.app().storage());
    }

    /// Coins sent to an address by themselves.
    pub fn pay(&mut self, from: &Addr, to: &Addr, amount: u128) {
        let coins = self.native(amount);
        self.chain.app().send_tokens(from.clone(), to.clone(), &coins).expect("everybody is rich");
        self.digest = digest(self.chain.app().storage());
    }
}

/// The name of a provider's operator.
pub fn rig(name: &str) -> String {
    format!("{name}'s rig")
}

/// Everything on the chain, hashed.
fn digest(storage: &dyn Storage) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for (key, value) in storage.range(None, None, Order::Ascending) {
        hasher.update(&(key.len() as u64).to_be_bytes()).update(&key);
        hasher.update(&(value.len() as u64).to_be_bytes()).update(&value);
    }
    hasher.finalize()
}

/// The variant of a contract's own error. What a contract passes on from the library below it says nothing to the
/// sender: that counts as none, except in the token, which is not ours.
fn typed(error: &anyhow::Error) -> Option<String> {
    macro_rules! ours {
        ($($error:ty: $std:pat),*) => {
            $(match error.downcast_ref::<$error>() {
                Some($std) => return None,
                Some(error) => return Some(path(error)),
                None => {}
            })*
        };
    }
    use tequio_verifier::ContractError as Verifier;
    use {tequio_arbiter::ContractError as Arbiter, tequio_escrow::ContractError as Escrow};
    ours!(
        Arbiter: Arbiter::Std(_),
        tequio_registry::ContractError: tequio_registry::ContractError::Std(_),
        tequio_rewards::ContractError: tequio_rewards::ContractError::Std(_),
        Escrow: Escrow::Std(_),
        Verifier: Verifier::Std(_)
    );
    error.downcast_ref::<cw20_base::ContractError>().map(name)
}

/// The name of an enum's variant.
pub fn name(value: &impl std::fmt::Debug) -> String {
    let text = format!("{value:?}");
    text.split([' ', '{', '(']).next().unwrap_or_default().to_string()
}

/// The variant of an error, and those inside it.
fn path(error: &impl std::fmt::Debug) -> String {
    let text = format!("{error:?}");
    text.split([' ', '{', ')']).next().unwrap_or_default().replace('(', "::")
}

/// Rewards that takes nothing from escrow but reservations.
fn failing() -> code::Code {
    use rewards::ExecuteMsg;
    use tequio_rewards::ContractError;
    fn execute(deps: DepsMut, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ContractError> {
        match msg {
            ExecuteMsg::Reward { .. } | ExecuteMsg::Release { .. } => Err(ContractError::NoToken),
            msg => tequio_rewards::execute(deps, env, info, msg),
        }
    }
    let migrate =
        |_: DepsMut, _: Env, _: rewards::MigrateMsg| -> Result<Response, ContractError> { Ok(Response::new()) };
    use tequio_rewards::{instantiate, query, reply};
    Box::new(ContractWrapper::new(execute, instantiate, query).with_reply(reply).with_migrate(migrate))
}

/// A setup in which things happen within minutes and hours.
pub fn setup() -> Setup {
    let setup = Setup::default();
    Setup {
        // Few rounds: each costs a pairing.
        beacon_period: 600,
        verifier: verifier::Config { max_draws: 64, ..setup.verifier },
        escrow: escrow::Config {
            terms: verifier::Terms { open_window: 1_200, void_after: 86_400, ..setup.escrow.terms },
            // A queue of a dozen is full.
            arbitration: setup.escrow.arbitration.map(|arbiter| escrow::Arbiter {
                answer_window: 300,
                spacing: 300,
                longest_hold: 6 * 900,
                ..arbiter
            }),
            ..setup.escrow
        },
        registry: registry::Config { thaw: 86_400, timelock: 90_000, ..setup.registry },
        rewards: rewards::Config { timelock: 172_800, ..setup.rewards },
        schedule: rewards::Schedule { epoch: 50_000, initial: 100_000u128.into(), halving: 3 },
        ..setup
    }
}
