//! `tequio job list`.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use tequio_client::{Chain, Escrow, Wanted};
use tequio_protocol::{
    JobId,
    escrow::{self, JobResponse},
};

use crate::{
    network::OnNetwork,
    output::{row, table},
};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    on: OnNetwork,
    /// Only jobs that take providers now.
    #[arg(long)]
    open: bool,
    /// Only jobs of this client.
    #[arg(long)]
    client: Option<String>,
}

#[derive(Serialize)]
#[serde(transparent)]
pub struct Jobs(Vec<JobResponse>);

pub async fn run(args: Args) -> Result<Jobs> {
    let chain = args.on.chain().await?;
    let mut jobs = if args.open { open(&chain).await? } else { all(&chain).await? };
    jobs.retain(|job| args.client.as_ref().is_none_or(|client| *client == job.client));
    jobs.sort_by_key(|job| std::cmp::Reverse(job.id));
    Ok(Jobs(jobs))
}

async fn all<C: Chain>(chain: &C) -> Result<Vec<JobResponse>> {
    let mut jobs: Vec<JobResponse> = vec![];
    loop {
        let start_after = jobs.last().map(|job| job.id);
        let page: Vec<JobResponse> = chain.query(escrow::QueryMsg::Jobs { start_after, limit: Some(100) }).await?;
        if page.is_empty() {
            return Ok(jobs);
        }
        jobs.extend(page);
    }
}

async fn open<C: Chain>(chain: &C) -> Result<Vec<JobResponse>> {
    let (mut jobs, mut before): (_, Option<JobId>) = (vec![], None);
    loop {
        let page = Escrow(chain).open(Wanted::default(), before).await?;
        jobs.extend(page.jobs);
        match page.next {
            None => return Ok(jobs),
            next => before = next,
        }
    }
}

impl fmt::Display for Jobs {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let header = ["job", "client", "shards", "free", "active", "settled", "refunded", "price", "draws", "lien"];
        let mut table = table(header, &[0, 2, 3, 4, 5, 6, 7, 8, 9]);
        for job in &self.0 {
            table.add_row(row![
                job.id,
                job.client,
                job.shards,
                job.free,
                job.active,
                job.settled,
                job.refunded,
                job.price,
                job.draws,
                job.lien
            ]);
        }
        write!(f, "{table}")
    }
}
