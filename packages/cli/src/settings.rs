//! What can be set, and where it comes from: from the weakest to the strongest, the defaults, the user's file
//! (`tequio/tequio.toml` in the folder that holds configurations), `tequio.toml` here or in a folder above, `RUST_LOG`,
//! `TEQUIO_*`, and flags.

use std::{env, io::IsTerminal, path::PathBuf};

use anyhow::Result;
use clap::{ArgAction, Args, ValueEnum};
use etcetera::BaseStrategy;
use figment::{
    Figment, Metadata, Profile, Provider, Source,
    providers::{Env, Format, Serialized, Toml},
    value::{Dict, Map, Value},
};
use serde::{Deserialize, Serialize};

use crate::failure::Usage;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What is logged: a level, or levels by module.
    pub log: String,
    /// That computing runs on; as many as there are cores if 0.
    pub threads: usize,
    pub color: When,
    /// Whether progress is shown, where standard error is a terminal.
    pub progress: bool,
}

/// A file of settings.
const FILE: &str = "tequio.toml";

/// All settings.
pub const NAMES: [&str; 4] = ["log", "threads", "color", "progress"];

impl Default for Settings {
    fn default() -> Self {
        Self { log: "warn,tequio=info".into(), threads: 0, color: When::Auto, progress: true }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum When {
    // On a terminal, unless `NO_COLOR` is set.
    Auto,
    Always,
    Never,
}

impl When {
    pub fn on_stderr(self) -> bool {
        match self {
            Self::Auto => {
                std::io::stderr().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// What every command takes.
#[derive(Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Flags {
    /// The answer as JSON.
    #[arg(long, global = true)]
    pub json: bool,
    /// Log more: what was decided and why; twice for everything.
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Log errors only, and show no progress.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// What is logged: a level, or levels by module, as in `warn,tequio_runner=trace`.
    #[arg(long, global = true, value_name = "FILTER", conflicts_with_all = ["verbose", "quiet"])]
    log: Option<String>,
    /// Threads that computing runs on; as many as there are cores if 0.
    #[arg(long, global = true, value_name = "NUMBER")]
    threads: Option<usize>,
    /// Whether the log is in colours.
    #[arg(long, global = true, value_name = "WHEN")]
    color: Option<When>,
    /// Show no progress.
    #[arg(long, global = true)]
    no_progress: bool,
    /// Settings, instead of the `tequio.toml` here or in a folder above.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Flags {
    fn log(&self) -> Option<&str> {
        match self.verbose {
            _ if self.quiet => Some("error"),
            0 => self.log.as_deref(),
            1 => Some("info,tequio=debug"),
            _ => Some("trace"),
        }
    }
}

/// What flags are called where it is said where a setting comes from.
const FLAGS: &str = "flags";

impl Provider for Flags {
    fn metadata(&self) -> Metadata {
        Metadata::named(FLAGS)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let progress = (self.no_progress || self.quiet).then_some(false);
        let given = [
            ("log", self.log().map(Value::from)),
            ("threads", self.threads.map(Value::from)),
            ("color", self.color.map(Value::serialize).transpose()?),
            ("progress", progress.map(Value::from)),
        ];
        let given = given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Ok(Map::from([(Profile::Default, given.collect())]))
    }
}

/// Everything that says how something is set, the strongest last.
pub fn sources(flags: &Flags) -> Result<Figment> {
    let mut sources = Figment::from(Serialized::defaults(Settings::default()));
    if let Ok(folders) = etcetera::choose_base_strategy() {
        sources = sources.merge(Toml::file(folders.config_dir().join("tequio").join(FILE)));
    }
    let here = match &flags.config {
        Some(file) if !file.is_file() => {
            return Err(Usage::new(format!("there is no file {}", file.display()), "name one after --config").into());
        }
        Some(file) => Toml::file_exact(file),
        None => Toml::file(FILE),
    };
    let rust_log = Env::raw().only(&["RUST_LOG"]).map(|_| "log".into());
    Ok(sources.merge(here).merge(rust_log).merge(Env::prefixed("TEQUIO_").only(&NAMES)).merge(flags))
}

pub fn read(sources: &Figment) -> Result<Settings> {
    sources.extract().map_err(|error| {
        let name = error.path.join(".");
        let from = error.metadata.as_ref().map(|metadata| format!(" ({})", place(metadata, &name))).unwrap_or_default();
        let what = if name.is_empty() { error.kind.to_string() } else { format!("{name}: {}", error.kind) };
        Usage::new(format!("the settings make no sense: {what}{from}"), format!("there are {}", NAMES.join(", ")))
            .into()
    })
}

/// Where a setting comes from, in words.
pub fn origin(sources: &Figment, name: &str) -> String {
    sources.find_metadata(name).map_or_else(|| "default".into(), |metadata| place(metadata, name))
}

fn place(metadata: &Metadata, name: &str) -> String {
    match &metadata.source {
        Some(Source::File(path)) => path.display().to_string(),
        _ if metadata.name == FLAGS => FLAGS.into(),
        _ if metadata.name.contains("TEQUIO_") => format!("TEQUIO_{}", name.to_uppercase()),
        _ if metadata.name.contains("environment") => "RUST_LOG".into(),
        _ => "default".into(),
    }
}
