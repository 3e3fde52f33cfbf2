//! A job's assignments, looked at again and again.

use std::time::Duration;

use anyhow::Result;
use tequio_client::{Chain, Escrow};
use tequio_protocol::{JobId, escrow::AssignmentResponse};

/// Every assignment of a job, by id.
pub async fn assignments<C: Chain>(chain: &C, job: JobId) -> Result<Vec<AssignmentResponse>> {
    let mut all: Vec<AssignmentResponse> = vec![];
    loop {
        let page = Escrow(chain).assignments(job, all.last().map(|assignment| assignment.id)).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

/// Waits a little before looking again.
pub async fn pause() {
    tokio::time::sleep(Duration::from_secs(2)).await;
}
