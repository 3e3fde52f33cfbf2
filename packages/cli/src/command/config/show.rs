//! `tequio config show`.

use std::{collections::BTreeMap, fmt};

use anyhow::Result;
use figment::{Figment, value::Value};
use serde::Serialize;
use serde_json::Value as Json;

use crate::{
    output::table,
    settings::{NAMES, origin},
};

/// Every setting by name.
#[derive(Serialize)]
#[serde(transparent)]
pub struct Settings(BTreeMap<&'static str, Setting>);

#[derive(Serialize)]
struct Setting {
    value: Json,
    /// The file or variable that it is from.
    from: String,
}

pub fn run(sources: &Figment) -> Result<Settings> {
    let setting = |name| {
        let value = serde_json::to_value(sources.extract_inner::<Value>(name)?)?;
        Ok((name, Setting { value, from: origin(sources, name) }))
    };
    NAMES.into_iter().map(setting).collect::<Result<_>>().map(Settings)
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut table = table(["setting", "value", "from"], &[]);
        for (name, Setting { value, from }) in &self.0 {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            table.add_row([*name, &value, from]);
        }
        write!(f, "{table}")
    }
}
