//! What a deployment begins with.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};
use tequio_client::Profile;

use crate::network::OnNetwork;

#[derive(clap::Args)]
pub struct With {
    /// What the deployment begins with; by default the shortest windows on the local network, and drand's quicknet with
    /// longer ones on all others.
    #[arg(long)]
    profile: Option<PathBuf>,
}

impl With {
    /// The profile, and its text.
    pub fn read(&self, on: &OnNetwork) -> Result<(Profile, String)> {
        let text = match &self.profile {
            Some(file) => fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?,
            None => on.profile().to_owned(),
        };
        Ok((Profile::from_toml(&text).context("the profile makes no sense")?, text))
    }
}
