//! A chain with its actors: the one in the process, or the real one that `TEQUIO_LOCALNET` names. Every message that is accepted leaves all five contracts' equations true, every one that is
//! refused changes nothing: whatever a test is about, it checks that too.

mod ask;
mod dispute;
mod forge;
mod ground;
mod node;
mod watch;
mod way;

use std::{
    collections::BTreeMap,
    fmt::Debug,
    future::Future,
    sync::{Arc, LazyLock},
};

use anyhow::Result;
use cosmwasm_std::Addr;
use tequio_attestation::ShardTrace;
use tequio_backend::Executable;
use tequio_client::{Executed, Message, conservation, data::Store};
use tequio_embedded::Setup;
use tequio_protocol::{AssignmentId, AttestationId, JobId, registry};
use tequio_rpc::Refused;
use tequio_runner::{FetchError, JobData, fetch, provider::Run};
use tokio::runtime::{Builder, Runtime};

pub use ground::Ground;
pub use watch::{Serves, walk};

use crate::{Job, Model, Provider, Scene};

/// What everybody begins with, of the denom; the client of the token too.
pub const RICH: u128 = 1 << 80;
/// What a provider bonds.
pub const STAKE: u128 = 1 << 70;
const CLIENT: &str = "client";

pub struct World {
    pub chain: Ground,
    /// Where clients put data and providers deliver.
    pub store: Store,
    pub client: Addr,
    /// Nobody in particular: relays, reports, expires.
    pub stranger: Addr,
    /// The job that is meant where none is named: the last one posted.
    pub job: JobId,
    jobs: BTreeMap<JobId, Posted>,
    /// Who took an assignment.
    taken: BTreeMap<AssignmentId, Provider>,
    held: BTreeMap<AssignmentId, Held>,
}

struct Posted {
    job: Job,
    /// What a provider fetched of it.
    data: Option<Arc<JobData>>,
}

/// What a provider holds of an assignment it attested to.
pub struct Held {
    pub data: Arc<JobData>,
    pub run: Run,
    pub executable: Arc<dyn Executable>,
    pub attestation: AttestationId,
    /// Where its outputs were delivered.
    pub delivered: String,
}

impl World {
    pub fn new() -> Self {
        Self::on(Ground::here())
    }

    /// A world that begins with other settings, inside the process.
    pub fn with(setup: Setup) -> Self {
        Self::on(Ground::embedded_with(setup))
    }

    fn on(mut chain: Ground) -> Self {
        let (client, stranger) = (chain.actor(CLIENT), chain.actor("stranger"));
        let (jobs, taken, held) = Default::default();
        let world = Self { chain, store: Store::memory(), client, stranger, job: JobId(0), jobs, taken, held };
        for actor in [world.client.clone(), world.chain.deployment().governance.clone()] {
            world.chain.enrich(&actor);
        }
        world
    }

    /// Somebody with money.
    pub fn actor(&mut self, name: &str) -> Addr {
        let actor = self.chain.actor(name);
        self.chain.enrich(&actor);
        actor
    }

    /// An honest provider with all the stake it may need.
    pub fn provider(&mut self, name: &str) -> Provider {
        self.provider_with(name, STAKE)
    }

    /// An honest provider whose whole stake may come under liens of escrow's.
    pub fn provider_with(&mut self, name: &str, stake: u128) -> Provider {
        let (owner, operator) = (self.actor(name), self.actor(&format!("{name}'s rig")));
        let (operators, metadata) = (vec![operator.to_string()], registry::Metadata::default());
        self.send(&owner, registry::ExecuteMsg::Register { operators, metadata }, stake);
        let cap =
            registry::ExecuteMsg::Cap { holder: self.chain.deployment().escrow.to_string(), amount: STAKE.into() };
        self.send(&owner, cap, 0);
        Provider { owner, operator, trick: None }
    }

    /// A provider who shows what `trick` makes up.
    pub fn cheat(&mut self, name: &str, trick: impl Fn(&Scene) -> ShardTrace + Send + Sync + 'static) -> Provider {
        let trick = move |scene: &Scene| Ok(trick(scene));
        Provider { trick: Some(Arc::new(trick)), ..self.provider(name) }
    }

    /// Sends a message that is accepted.
    pub fn send(&mut self, sender: &Addr, msg: impl Into<Message>, funds: u128) -> Executed {
        let msg = msg.into();
        let outcome = self.chain.send(sender, msg.clone(), funds);
        let outcome = outcome.unwrap_or_else(|error| panic!("refused: {error:#}\n{msg:?}"));
        self.conserves();
        outcome
    }

    /// Sends a message that a contract refuses with this error, changing nothing.
    pub fn refuses<E>(&mut self, sender: &Addr, msg: impl Into<Message>, funds: u128, error: E)
    where
        E: Debug + PartialEq + std::error::Error + Send + Sync + 'static,
    {
        if let Ground::Node(_) = &self.chain {
            // What others do there goes on: that nothing changed is left to the chain, which rolls back what fails.
            let refused = self.chain.send(sender, msg, funds).expect_err("not refused");
            assert_eq!(refused.downcast::<Refused>().expect("refused otherwise").text, error.to_string());
        } else {
            assert_eq!(self.refused::<E>(sender, msg, funds), error);
        }
    }

    /// Sends a message that a contract refuses with an error of its own, changing nothing.
    pub fn refused<E: Debug + std::error::Error + Send + Sync + 'static>(
        &mut self,
        sender: &Addr,
        msg: impl Into<Message>,
        funds: u128,
    ) -> E {
        let (msg, before) = (msg.into(), self.state());
        match self.chain.send(sender, msg.clone(), funds) {
            Ok(_) => panic!("not refused: {msg:?}"),
            Err(error) => {
                assert!(before == self.state(), "refused, but something changed: {msg:?}");
                error.downcast().unwrap_or_else(|error| panic!("refused otherwise: {error:?}"))
            }
        }
    }

    /// Everything that the contracts have stored.
    fn state(&self) -> Vec<Vec<(Vec<u8>, Vec<u8>)>> {
        let contracts = self.chain.deployment();
        let [registry, verifier, arbiter] = [&contracts.registry, &contracts.verifier, &contracts.arbiter];
        let all = [registry, verifier, arbiter, &contracts.rewards, &contracts.escrow, &contracts.token];
        all.map(|contract| self.chain.app().dump_wasm_raw(contract)).to_vec()
    }

    pub fn conserves(&self) {
        for (contract, conservation) in wait(conservation(&self.chain)).expect("everybody answers") {
            assert!(conservation.holds(), "{contract}: {conservation:?}");
        }
    }

    /// Lets time pass.
    pub fn pass(&mut self, seconds: u64) {
        self.chain.advance(seconds);
    }

    pub fn now(&self) -> u64 {
        self.chain.now()
    }

    /// The program of a job.
    pub fn model(&self, job: JobId) -> Arc<Model> {
        self.jobs[&job].job.model.clone()
    }

    /// A job's data as a provider fetches and checks it, once.
    pub fn data(&mut self, job: JobId) -> Arc<JobData> {
        if let Some(data) = &self.jobs[&job].data {
            return data.clone();
        }
        let data = Arc::new(self.fetch(job).expect("the job's data is what the chain says"));
        if let Some(posted) = self.jobs.get_mut(&job) {
            posted.data = Some(data.clone());
        }
        data
    }

    /// What a provider finds when it looks at a job's data.
    pub fn fetch(&self, job: JobId) -> Result<JobData, FetchError> {
        wait(fetch(&self.store, &self.job(job)))
    }

    /// What the provider of an attested assignment holds.
    pub fn held(&self, assignment: AssignmentId) -> &Held {
        &self.held[&assignment]
    }
}

/// Waits for what others do not wait for.
pub fn wait<F: Future>(future: F) -> F::Output {
    // What waits for a node may be waited for in what is waited for itself, which a runtime of one's own does not allow.
    static RUNTIME: LazyLock<Runtime> =
        LazyLock::new(|| Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime"));
    let _context = RUNTIME.enter();
    pollster::block_on(future)
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}
