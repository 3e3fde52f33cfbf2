//! What a client is generated from: messages, events, permissions and errors of every contract, from the definitions
//! themselves.

mod errors;
mod events;
mod messages;
mod permissions;
mod sample;

use serde_json::Value;

pub use errors::ERRORS;
pub use events::EVENTS;
pub use permissions::{Case, cases};

/// Every file under `schema/`, by its path in the repository.
pub fn files() -> Vec<(String, String)> {
    let mut files = messages::files();
    files.push(("schema/events.json".into(), text(&events::json())));
    files.push(("schema/permissions.json".into(), text(&permissions::json())));
    files.push(("schema/errors.json".into(), text(&errors::json())));
    files
}

fn text(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("a value is JSON") + "\n"
}
