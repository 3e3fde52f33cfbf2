//! A model, its inputs and a script: played on any stage, and told of.

use anyhow::Result;
use tequio_attestation::Inputs;
use tequio_client::Chain;

use super::{offer::Offer, report::Report, script::Script, sent::Sent, stage::Stage, story::Story};
use crate::{model::Model, output::Output};

/// What is played, wherever it is.
pub struct Plot {
    pub model: Model,
    pub inputs: Inputs,
    pub labels: Option<Vec<u8>>,
    pub script: Script,
}

impl Plot {
    /// Plays the offer on a stage on which everybody can pay, and tells of it. `sent` counts what was sent.
    pub async fn play<C: Chain>(
        &self,
        stage: &Stage<'_, C>,
        offer: Offer,
        output: &Output,
        sent: impl FnOnce() -> Sent,
    ) -> Result<Report> {
        let mut story = Story::begin(stage, &self.model, offer, &self.script).await?;
        let shards = story.all_jobs().await?.iter().map(|job| job.shards).sum();
        let bar = output.progress(shards, "shards settled")?;
        story.play(&bar).await?;
        bar.finish_and_clear();
        Report::new(&story, self.labels.as_deref(), sent()).await
    }
}
