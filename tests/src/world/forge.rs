//! What those need who do not follow the rules.

use tequio_attestation::{Digest, Evidence, Malformed, Manifest, Statement, drawn_traces, open};
use tequio_protocol::{AssignmentId, verifier::Attested};

use super::{Held, World, way::only};
use crate::Provider;

impl World {
    /// A provider runs an assignment and attests to another root than its run's.
    pub fn attest_root(&mut self, provider: &Provider, assignment: AssignmentId, root: Digest) {
        let held = self.run(provider, assignment);
        let subject = self.assignment(assignment).subject;
        let message = tequio_protocol::verifier::ExecuteMsg::Attest { subject, root };
        let Attested { attestation, .. } = only(&self.send(&provider.operator, message, 0));
        self.held.insert(assignment, Held { attestation, ..held });
    }

    /// What the contract checks the opening of an assignment's attestation against. Its round must be there.
    pub fn statement(&self, assignment: AssignmentId) -> Statement {
        let attestation = self.attestation(assignment);
        Statement {
            subject: attestation.subject,
            root: attestation.root,
            seed: attestation.round.and_then(|round| round.seed).expect("a drawn attestation"),
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
        let (draws, inputs) = (0..statement.subject.draws, &held.data.inputs);
        let trace = |shard| held.executable.trace(inputs, shard);
        let evidence = Evidence {
            manifest,
            inputs,
            input_tree: &held.data.input_tree,
            tree: &held.run.tree,
            traces: drawn_traces(statement, draws.clone(), trace).expect("the program's inputs"),
        };
        open(statement, &evidence, draws)
    }

    /// The message that sends `opening` for an assignment's attestation.
    pub fn opening(&self, assignment: AssignmentId, opening: Vec<u8>) -> tequio_protocol::verifier::ExecuteMsg {
        let attestation = self.attestation(assignment).id;
        tequio_protocol::verifier::ExecuteMsg::Open { attestation, opening: opening.into() }
    }
}
