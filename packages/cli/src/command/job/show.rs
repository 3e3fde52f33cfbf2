//! `tequio job show`.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use tequio_client::{Chain, Escrow, Verifier};
use tequio_protocol::{
    AssignmentId, AttestationId, JobId,
    escrow::{JobResponse, State},
    verifier::Verdict,
};

use super::{
    assignments::{assignments, pause},
    words::{job, range},
};
use crate::{
    network::{OnNetwork, block_on},
    output::{Output, table},
};

#[derive(clap::Args)]
pub struct Args {
    #[arg(value_parser = job)]
    job: JobId,
    #[command(flatten)]
    on: OnNetwork,
    /// Shows it again whenever something changes, until every shard is settled or refunded.
    #[arg(long)]
    follow: bool,
}

#[derive(PartialEq, Serialize)]
pub struct Shown {
    job: JobResponse,
    assignments: Vec<Assignment>,
}

#[derive(PartialEq, Serialize)]
struct Assignment {
    id: AssignmentId,
    provider: String,
    first: u64,
    count: u64,
    attestation: Option<AttestationId>,
    /// In words.
    state: String,
}

pub fn run(args: Args, output: &Output) -> Result<()> {
    block_on(async {
        let chain = args.on.chain().await?;
        let mut before = None;
        loop {
            let shown = look(&chain, args.job).await?;
            let over = shown.job.settled + shown.job.refunded == shown.job.shards;
            if before.as_ref() != Some(&shown) {
                output.print(&shown)?;
                before = Some(shown);
            }
            if over || !args.follow {
                return Ok(());
            }
            pause().await;
        }
    })
}

async fn look<C: Chain>(chain: &C, id: JobId) -> Result<Shown> {
    let job = Escrow(chain).job(id).await?;
    let mut all = vec![];
    for taken in assignments(chain, id).await? {
        let attested = Verifier(chain).attested(&taken.operator, &taken.subject).await?.attestation;
        let state = match (&taken.state, &attested) {
            (State::Ended(ending), _) => format!("ended: {ending}"),
            (State::Active, None) => format!("taken, to be attested to by {}", taken.attest_by.time()),
            (State::Active, Some(attestation)) => match &attestation.verdict {
                Verdict::Pending {} => match attestation.round.as_ref().and_then(|round| round.deadline) {
                    Some(deadline) => format!("drawn, to be opened by {}", deadline.time()),
                    None => "attested to, not drawn yet".into(),
                },
                Verdict::GenuineSoFar { until } => format!("genuine so far, until {}", until.time()),
                verdict => verdict.word().to_owned(),
            },
        };
        let (provider, attestation) = (taken.provider, attested.map(|attestation| attestation.id));
        all.push(Assignment { id: taken.id, provider, first: taken.first, count: taken.count, attestation, state });
    }
    Ok(Shown { job, assignments: all })
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let job = &self.job;
        writeln!(
            f,
            "job {} of {}: {} shards at {}, {} free, {} active, {} settled, {} refunded; ends {}",
            job.id, job.client, job.shards, job.price, job.free, job.active, job.settled, job.refunded, job.end
        )?;
        let mut table = table(["assignment", "provider", "shards", "attestation", "state"], &[0]);
        for Assignment { id, provider, first, count, attestation, state } in &self.assignments {
            let attestation = attestation.map_or(String::new(), |id| id.to_string());
            table.add_row([id.to_string(), provider.clone(), range(*first, *count), attestation, state.clone()]);
        }
        write!(f, "{table}")
    }
}
