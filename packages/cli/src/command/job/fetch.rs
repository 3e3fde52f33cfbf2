//! `tequio job fetch`.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Error, Result, anyhow, ensure};
use serde::Serialize;
use tequio_client::{
    Chain, Escrow,
    data::{Store, outputs, receive},
};
use tequio_protocol::{
    AssignmentId, JobId,
    escrow::{AssignmentResponse, Ending, State},
};
use tequio_runner::{JobData, fetch};

use super::{
    assignments::assignments,
    store::At,
    words::{job, range},
};
use crate::{file::cannot_write, network::OnNetwork, npy, output::table};

#[derive(clap::Args)]
pub struct Args {
    #[arg(value_parser = job)]
    job: JobId,
    /// Folder in which the outputs go: `OUTPUT.FIRST-LAST.npy` for the shards of each assignment.
    #[arg(short, long)]
    output: PathBuf,
    /// Also of assignments that are not settled yet: what was attested to may still be found false.
    #[arg(long)]
    unsettled: bool,
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    on: OnNetwork,
}

/// What was fetched, and what was not and why.
#[derive(Serialize)]
pub struct Fetched {
    files: Vec<PathBuf>,
    missing: Vec<Missing>,
}

#[derive(Serialize)]
struct Missing {
    assignment: AssignmentId,
    first: u64,
    count: u64,
    why: String,
}

pub async fn run(args: Args) -> Result<Fetched> {
    let chain = args.on.chain().await?;
    let store = args.at.open()?;
    let posted = Escrow(&chain).job(args.job).await?;
    let data = fetch(&store, &posted).await;
    let data = data.with_context(|| format!("the data of job {} is not in this store", args.job))?;
    fs::create_dir_all(&args.output).map_err(|error| cannot_write(&args.output, error))?;
    let mut fetched = Fetched { files: vec![], missing: vec![] };
    for taken in assignments(&chain, args.job).await? {
        let wanted =
            matches!(taken.state, State::Ended(Ending::Settled)) || args.unsettled && taken.state == State::Active;
        if !wanted {
            continue;
        }
        match one(&chain, &store, &data, &taken, &args.output).await? {
            Ok(files) => fetched.files.extend(files),
            Err(error) => {
                let (assignment, first, count) = (taken.id, taken.first, taken.count);
                fetched.missing.push(Missing { assignment, first, count, why: format!("{error:#}") });
            }
        }
    }
    ensure!(
        !fetched.files.is_empty() || fetched.missing.is_empty(),
        "nothing of job {} can be fetched: {}",
        args.job,
        fetched.missing[0].why
    );
    Ok(fetched)
}

/// The outputs of one assignment, or why they are not to be had. That they cannot be written is an error.
async fn one<C: Chain>(
    chain: &C,
    store: &Store,
    data: &JobData,
    taken: &AssignmentResponse,
    folder: &Path,
) -> Result<Result<Vec<PathBuf>, Error>> {
    let attestation = Escrow(chain).attestation(taken).await?;
    let Some(attestation) = attestation else { return Ok(Err(anyhow!("it is not attested to"))) };
    let key = store.pointed(&outputs(&attestation.root)).await.context("it was not delivered to this store");
    let key = match key {
        Ok(key) => key,
        Err(why) => return Ok(Err(why)),
    };
    let manifest = data.manifest();
    let (mut files, mut writers) = (vec![], vec![]);
    for (at, output) in manifest.outputs().iter().enumerate() {
        let mut dims: Vec<u64> = output.ty.shape.dims().iter().map(|&dim| dim.into()).collect();
        match dims.first_mut() {
            Some(leading) => *leading *= taken.count,
            None => dims.push(taken.count),
        }
        let name = format!("output{at}.{}.npy", range(taken.first, taken.count).replace('–', "-"));
        let file = folder.join(name);
        writers.push(npy::Writer::new(&file, output.ty.dtype, &dims)?);
        files.push(file);
    }
    let mut written = Ok(());
    let sink = |shard: Vec<Vec<u8>>| {
        if written.is_ok() {
            written = writers.iter_mut().zip(&shard).try_for_each(|(file, bytes)| file.write(bytes));
        }
    };
    if let Err(why) = receive(store, &key, manifest, taken.count, &attestation.root, sink).await {
        return Ok(Err(why.into()));
    }
    written?;
    writers.into_iter().try_for_each(npy::Writer::finish)?;
    Ok(Ok(files))
}

impl fmt::Display for Fetched {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let names: Vec<_> = self.files.iter().map(|file| file.display().to_string()).collect();
        f.write_str(&names.join("\n"))?;
        if self.missing.is_empty() {
            return Ok(());
        }
        let mut table = table(["assignment", "shards", "not fetched"], &[0]);
        for Missing { assignment, first, count, why } in &self.missing {
            table.add_row([assignment.to_string(), range(*first, *count), why.clone()]);
        }
        write!(f, "\n{table}")
    }
}
