//! What those need who do not follow the rules.

use std::collections::BTreeMap;

use tequio_attestation::{Digest, Evidence, Malformed, Manifest, Statement, drawn_shards, open};
use tequio_protocol::{AssignmentId, verifier::Attested};

use super::{Held, World, way::only};
use crate::Provider;

impl World {
    /// A provider runs an assignment and attests to another root than its run's.
    pub fn attest_root(&mut self, provider: &Provider, assignment: AssignmentId, root: Digest) {
        let held = self.run(provider, assignment);
        let subject = self.assignment(assignment).subject;
        let message = tequio_protocol::verifier::ExecuteMsg::Attest { subject, root: root.into() };
        let Attested { attestation, .. } = only(&self.send(&provider.operator, message, 0));
        self.held.insert(assignment, Held { attestation, ..held });
    }

    /// What the contract checks the opening of an assignment's attestation against. Its round must be there.
    pub fn statement(&self, assignment: AssignmentId) -> Statement {
        let attestation = self.attestation(assignment);
        let subject = &attestation.subject;
        Statement {
            program_id: subject.program_id.0.0,
            input_root: subject.input_root.0,
            first_shard: subject.first_shard,
            count: subject.count,
            draws: subject.draws,
            root: attestation.root.0,
            seed: attestation.round.and_then(|round| round.seed).expect("a drawn attestation").0,
        }
    }

    /// Opens all draws of `statement` with what the provider of an assignment holds, as if the program were `manifest`.
    pub fn forge(
        &self,
        assignment: AssignmentId,
        statement: &Statement,
        manifest: &Manifest,
    ) -> Result<Vec<u8>, Malformed> {
        let held = self.held(assignment);
        let (mut shard_inputs, mut shard_traces) = (BTreeMap::new(), BTreeMap::new());
        for shard in drawn_shards(statement, 0, statement.draws) {
            let number = statement.first_shard + shard;
            let inputs = &held.work.inputs;
            shard_traces.insert(shard, held.executable.trace(inputs, number).expect("the program's inputs"));
            shard_inputs.insert(shard, inputs.shard(number).into_iter().map(<[u8]>::to_vec).collect());
        }
        let evidence = Evidence {
            manifest,
            inputs: &held.work.input_tree,
            trace: &held.run.tree,
            shard_inputs: &shard_inputs,
            shard_traces: &shard_traces,
        };
        open(statement, &evidence, 0, statement.draws)
    }

    /// The message that sends `opening` for an assignment's attestation.
    pub fn opening(&self, assignment: AssignmentId, opening: Vec<u8>) -> tequio_protocol::verifier::ExecuteMsg {
        let attestation = self.attestation(assignment).id;
        tequio_protocol::verifier::ExecuteMsg::Open { attestation, opening: opening.into() }
    }
}
