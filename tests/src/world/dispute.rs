//! What is demanded of an attester, and what it reveals.

use cosmwasm_std::Addr;
use tequio_attestation::{Digest, Evidence, Statement, Wanted, locate, reveal};
use tequio_protocol::{
    AssignmentId, DemandId,
    arbiter::{DemandResponse, Demanded, ExecuteMsg, QueryMsg, QuoteResponse},
};

use super::{Held, World, way::only};

impl World {
    /// What demanding something of an assignment would take now; `None` if it is refused.
    pub fn demand_quote(&self, demander: &Addr, assignment: AssignmentId, wanted: Wanted) -> Option<QuoteResponse> {
        let Held { data, attestation, .. } = self.held(assignment);
        let (demander, shown) = (demander.to_string(), locate(data.manifest(), &wanted).into());
        self.chain.ask(QueryMsg::Quote { demander, attestation: *attestation, wanted, shown }).ok()
    }

    /// The message that demands something of an assignment.
    pub fn demanding(&self, assignment: AssignmentId, wanted: Wanted) -> ExecuteMsg {
        let Held { data, attestation, .. } = self.held(assignment);
        ExecuteMsg::Demand { attestation: *attestation, wanted, shown: locate(data.manifest(), &wanted).into() }
    }

    /// Somebody demands something of an assignment, for the bond that it takes.
    pub fn demand(&mut self, demander: &Addr, assignment: AssignmentId, wanted: Wanted) -> DemandId {
        let quote = self.demand_quote(demander, assignment, wanted).expect("a demand that is taken");
        let demanded: Demanded = only(&self.send(demander, self.demanding(assignment, wanted), quote.bond.u128()));
        demanded.demand
    }

    pub fn demanded(&self, demand: DemandId) -> DemandResponse {
        self.ask(QueryMsg::Demand { demand })
    }

    /// The message that reveals what was demanded of what its provider ran, or the next `bytes` of it.
    pub fn revealing(&self, assignment: AssignmentId, demand: DemandId, bytes: usize) -> ExecuteMsg {
        let (held, attestation) = (self.held(assignment), self.attestation(assignment));
        let DemandResponse { wanted, revealed, .. } = self.demanded(demand);
        let (root, seed) = (attestation.root, Digest::default());
        let statement = Statement { subject: attestation.subject, root, seed };
        let (first, count) = (statement.subject.first_shard, statement.subject.count);
        let asked = wanted.shard().map_or(first..first + count, |shard| shard..shard + 1);
        let trace = |shard| held.executable.trace(&held.data.inputs, shard).expect("the program's inputs");
        let evidence = Evidence {
            manifest: held.data.manifest(),
            inputs: &held.data.inputs,
            input_tree: &held.data.input_tree,
            tree: &held.run.tree,
            traces: asked.map(|shard| (shard - first, trace(shard))).collect(),
        };
        let answer = reveal(&statement, &evidence, &wanted, revealed.u64(), bytes).expect("a run of all of it");
        ExecuteMsg::Reveal { demand, answer: answer.into() }
    }

    /// `sender` reveals what was demanded, all of it.
    pub fn reveal(&mut self, sender: &Addr, assignment: AssignmentId, demand: DemandId) {
        let message = self.revealing(assignment, demand, usize::MAX);
        self.send(sender, message, 0);
    }

    /// What is to be revealed of an assignment, by when it is due.
    pub fn due(&self, assignment: AssignmentId) -> Vec<DemandResponse> {
        let attestation = self.held(assignment).attestation;
        self.ask(QueryMsg::Due { attestation, limit: Some(100) })
    }

    /// A stranger settles all demands of an assignment.
    pub fn settle_demands(&mut self, assignment: AssignmentId) {
        let (attestation, stranger) = (self.held(assignment).attestation, self.stranger.clone());
        let mut start_after = None;
        loop {
            let query = QueryMsg::Demands { attestation, start_after, limit: Some(100) };
            let demands: Vec<DemandId> = self.ask::<Vec<DemandResponse>>(query).iter().map(|found| found.id).collect();
            let Some(last) = demands.last().copied() else { break };
            self.send(&stranger, ExecuteMsg::Settle { demands }, 0);
            start_after = Some(last);
        }
    }
}
