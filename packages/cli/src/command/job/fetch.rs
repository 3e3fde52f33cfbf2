//! `tequio job fetch`.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Error, Result, anyhow, ensure};
use serde::Serialize;
use tequio_attestation::Manifest;
use tequio_client::{
    Chain, Escrow,
    data::{Store, outputs, receive},
};
use tequio_protocol::{
    AssignmentId, JobId,
    escrow::{AssignmentResponse, Ending, State},
};
use tequio_runner::{JobData, fetch};
use tequio_tensor::Type;

use super::{
    assignments::assignments,
    store::At,
    words::{job, range},
};
use crate::{
    file::cannot_write,
    model::{Label, Labeller, Labels, Scales},
    network::OnNetwork,
    npy,
    output::table,
};

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
    /// The file ending in `.scales.json` that `tequio program import` wrote beside the job's program.
    #[arg(long)]
    scales: Option<PathBuf>,
    /// Writes float32: what the elements stand for.
    #[arg(long, requires = "scales")]
    floats: bool,
    /// Tells the label with the highest score of each item.
    #[arg(long, requires = "scales")]
    labels: bool,
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    on: OnNetwork,
}

/// What was fetched, and what was not and why.
#[derive(Serialize)]
pub struct Fetched {
    files: Vec<PathBuf>,
    #[serde(skip_serializing_if = "Labels::is_empty")]
    labels: Labels,
    missing: Vec<Missing>,
}

/// How outputs are written and read.
struct Told {
    forms: Vec<npy::Form>,
    labeller: Option<Labeller>,
}

impl Told {
    fn new(args: &Args, manifest: &Manifest) -> Result<Self> {
        let types: Vec<Type> = manifest.outputs().iter().map(|output| output.ty).collect();
        let scales = args.scales.as_deref().map(|path| Scales::read(path, &types)).transpose()?;
        let forms = Scales::forms(scales.as_ref(), &types, args.floats)?;
        let labelled = scales.filter(|_| args.labels);
        Ok(Self { forms, labeller: labelled.map(|scales| Labeller::new(&scales, &types)).transpose()? })
    }
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
    let told = Told::new(&args, data.manifest())?;
    fs::create_dir_all(&args.output).map_err(|error| cannot_write(&args.output, error))?;
    let mut fetched = Fetched { files: vec![], labels: Labels::default(), missing: vec![] };
    for taken in assignments(&chain, args.job).await? {
        let wanted =
            matches!(taken.state, State::Ended(Ending::Settled)) || args.unsettled && taken.state == State::Active;
        if !wanted {
            continue;
        }
        match one(&chain, &store, &data, &taken, &told, &args.output).await? {
            Ok((files, labels)) => {
                fetched.files.extend(files);
                fetched.labels.0.extend(labels);
            }
            Err(error) => {
                let (assignment, first, count) = (taken.id, taken.first, taken.count);
                fetched.missing.push(Missing { assignment, first, count, why: format!("{error:#}") });
            }
        }
    }
    fetched.labels.0.sort_by_key(|label| label.item);
    ensure!(
        !fetched.files.is_empty() || fetched.missing.is_empty(),
        "nothing of job {} can be fetched: {}",
        args.job,
        fetched.missing[0].why
    );
    Ok(fetched)
}

/// The outputs of one assignment and the labels in them, or why they are not to be had. That they cannot be written is an
/// error.
async fn one<C: Chain>(
    chain: &C,
    store: &Store,
    data: &JobData,
    taken: &AssignmentResponse,
    told: &Told,
    folder: &Path,
) -> Result<Result<(Vec<PathBuf>, Vec<Label>), Error>> {
    let attestation = Escrow(chain).attestation(taken).await?;
    let Some(attestation) = attestation else { return Ok(Err(anyhow!("it is not attested to"))) };
    let key = store.pointed(&outputs(&attestation.root)).await.context("it was not delivered to this store");
    let key = match key {
        Ok(key) => key,
        Err(why) => return Ok(Err(why)),
    };
    let manifest = data.manifest();
    let (mut files, mut writers) = (vec![], vec![]);
    for (at, (output, form)) in manifest.outputs().iter().zip(&told.forms).enumerate() {
        let mut dims: Vec<u64> = output.ty.shape.dims().iter().map(|&dim| dim.into()).collect();
        match dims.first_mut() {
            Some(leading) => *leading *= taken.count,
            None => dims.push(taken.count),
        }
        let name = format!("output{at}.{}.npy", range(taken.first, taken.count).replace('–', "-"));
        let file = folder.join(name);
        writers.push(npy::Writer::new(&file, *form, &dims)?);
        files.push(file);
    }
    let (mut written, mut labels) = (Ok(()), vec![]);
    let sink = |shard: Vec<Vec<u8>>| {
        if written.is_ok() {
            written = writers.iter_mut().zip(&shard).try_for_each(|(file, bytes)| file.write(bytes));
        }
        if let Some(labeller) = &told.labeller {
            let first = taken.first * labeller.items() + labels.len() as u64;
            labels.extend(labeller.read(&shard, first));
        }
    };
    if let Err(why) = receive(store, &key, manifest, taken.count, &attestation.root, sink).await {
        return Ok(Err(why.into()));
    }
    written?;
    writers.into_iter().try_for_each(npy::Writer::finish)?;
    Ok(Ok((files, labels)))
}

impl fmt::Display for Fetched {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let names: Vec<_> = self.files.iter().map(|file| file.display().to_string()).collect();
        f.write_str(&names.join("\n"))?;
        if !self.labels.is_empty() {
            write!(f, "\n{}", self.labels)?;
        }
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
