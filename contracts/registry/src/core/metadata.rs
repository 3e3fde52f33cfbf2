//! What a provider says of itself.

use tequio_protocol::registry::{MAX_FIELD, Metadata};

use crate::core::error::CoreError;

/// Refuses fields that are too long.
pub fn check(metadata: &Metadata) -> Result<(), CoreError> {
    let Metadata { moniker, website, endpoint, hardware } = metadata;
    for (field, text) in [("moniker", moniker), ("website", website), ("endpoint", endpoint), ("hardware", hardware)] {
        if text.len() > MAX_FIELD {
            return Err(CoreError::FieldTooLong { field, length: text.len(), max: MAX_FIELD });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_bytes() {
        let moniker = "é".repeat(MAX_FIELD / 2);
        check(&Metadata { moniker: moniker.clone(), ..Metadata::default() }).unwrap();
        let error = CoreError::FieldTooLong { field: "moniker", length: MAX_FIELD + 1, max: MAX_FIELD };
        assert_eq!(check(&Metadata { moniker: moniker + "x", ..Metadata::default() }), Err(error));
    }
}
