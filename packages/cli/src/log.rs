//! What goes to standard error while a command works.

use std::io;

use anyhow::Result;
use tracing_subscriber::EnvFilter;

use crate::{failure::Usage, settings::Settings};

/// From here on, what is logged goes to standard error, as far as the settings' filter lets it.
pub fn begin(settings: &Settings) -> Result<()> {
    let filter = EnvFilter::try_new(&settings.log).map_err(|error| {
        let what = format!("the log filter {:?} makes no sense: {error}", settings.log);
        Usage::new(what, "take a level (error, warn, info, debug, trace), or levels by module: warn,tequio=debug")
    })?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(settings.color.on_stderr())
        .without_time()
        .with_target(false)
        .init();
    Ok(())
}
