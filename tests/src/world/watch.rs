//! Watching: shards run again, what is wrong refuted, what is kept back demanded.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::{Context, Result, bail};
use cosmwasm_std::Addr;
use tequio_attestation::{Evidence, ShardTrace, Statement, Wanted, tree::Tree};
use tequio_backend::cpu::Cpu;
use tequio_client::Arbiter;
use tequio_protocol::{
    AssignmentId,
    arbiter::{self, DemandResponse},
    verifier::{AttestationResponse, ExecuteMsg},
};
use tequio_runner::{
    Auditor, Found, JobData, Providers,
    auditor::{Dispute, Missing, Outputs, Step, Walk},
    provider::{self, Part},
};

use super::{World, wait};

/// What providers say off the chain to whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serves {
    /// All that is asked for.
    Everything,
    /// Where it delivered, and nothing else.
    Delivery,
    Nothing,
    /// Answers with one bit wrong.
    Wrong,
}

struct Reached<'a> {
    world: &'a World,
    serves: Serves,
}

impl Providers for Reached<'_> {
    async fn delivery(&self, assignment: AssignmentId) -> Option<String> {
        let says = matches!(self.serves, Serves::Everything | Serves::Delivery);
        says.then(|| self.world.held.get(&assignment).map(|held| held.delivered.clone())).flatten()
    }

    async fn serve(&self, _: &Addr, assignment: AssignmentId, wanted: Wanted) -> Result<String> {
        let mut answer = self.world.answer(assignment, wanted, 0)?;
        match self.serves {
            Serves::Everything => {}
            Serves::Wrong => answer.last_mut().into_iter().for_each(|byte| *byte ^= 1),
            Serves::Delivery | Serves::Nothing => bail!("not served"),
        }
        Ok(self.world.store.put(answer).await?)
    }
}

impl World {
    /// `watcher` runs a shard again.
    pub fn watch(&self, watcher: &Addr, assignment: AssignmentId, shard: u64, serves: Serves) -> Result<Found> {
        let mut auditor = Auditor::new(&self.chain, self.store.clone(), Arc::new(Cpu::default()));
        let found = wait(auditor.watch(watcher, assignment, shard, &Reached { world: self, serves }));
        self.conserves();
        found
    }

    /// The client compares an audited assignment with one that audits it.
    pub fn dispute(&self, [audited, audit]: [AssignmentId; 2], serves: Serves) -> Result<Vec<Dispute>> {
        let mut auditor = Auditor::new(&self.chain, self.store.clone(), Arc::new(Cpu::default()));
        let found = wait(auditor.dispute(&self.client, audited, audit, &Reached { world: self, serves }));
        self.conserves();
        found
    }

    /// `watcher` wants the outputs.
    pub fn receive(
        &self,
        watcher: &Addr,
        assignment: AssignmentId,
        serves: Serves,
    ) -> Result<Result<Vec<Outputs>, Missing>> {
        let mut auditor = Auditor::new(&self.chain, self.store.clone(), Arc::new(Cpu::default()));
        let received = wait(auditor.receive(watcher, assignment, &Reached { world: self, serves }));
        self.conserves();
        received
    }

    /// What the provider of an assignment answers, whatever its role.
    pub fn answer(&self, assignment: AssignmentId, wanted: Wanted, from: u64) -> Result<Vec<u8>> {
        let held = self.held.get(&assignment).context("nobody attested to it")?;
        let attestation = self.attestation(assignment);
        let bytes = Part::default().bytes;
        Ok(provider::reveal(&held.data, &*held.executable, &held.run, &attestation, wanted, from, bytes)?)
    }

    /// All that was ever demanded of an assignment.
    pub fn demands(&self, assignment: AssignmentId) -> Vec<DemandResponse> {
        wait(Arbiter(&self.chain).demands(self.attestation(assignment).id, None)).expect("the arbiter answers")
    }

    /// `sender` reveals all that is demanded of an assignment. How many messages that takes.
    pub fn reveal_all(&mut self, sender: &Addr, assignment: AssignmentId) -> u64 {
        let mut messages = 0;
        while let Some(DemandResponse { id, wanted, revealed, .. }) = self.due(assignment).into_iter().next() {
            let answer = self.answer(assignment, wanted, revealed.u64()).expect("it is there").into();
            self.send(sender, arbiter::ExecuteMsg::Reveal { demand: id, answer }, 0);
            messages += 1;
        }
        messages
    }
}

/// The message that refutes a shard of which `shown` was committed to, by a walk through what it answers; `None` if nothing
/// is wrong. `tree` is the one over the attestation's shards.
pub fn walk(
    data: &Arc<JobData>,
    executable: &dyn tequio_backend::Executable,
    attestation: &AttestationResponse,
    tree: &Tree,
    shard: u64,
    shown: ShardTrace,
) -> Result<Option<(ExecuteMsg, usize)>> {
    let (subject, root) = (attestation.subject.clone(), attestation.root);
    let index = shard - subject.first_shard;
    let statement = Statement { subject, root, seed: Default::default() };
    let traces = BTreeMap::from([(index, shown)]);
    let evidence =
        Evidence { manifest: data.manifest(), inputs: &data.inputs, input_tree: &data.input_tree, tree, traces };
    let (walk, mut answers) = (Walk::new(data.clone(), executable, attestation, shard)?, BTreeMap::new());
    loop {
        match walk.step(&answers)? {
            Step::Same => return Ok(None),
            Step::Refute(message) => return Ok(Some((message, answers.len()))),
            Step::Ask(wanted) => {
                let answer = tequio_attestation::reveal(&statement, &evidence, &wanted, 0, usize::MAX)?;
                answers.insert(wanted, answer);
            }
        }
    }
}
