//! The door: what a buffer must be before anything in it is looked at.

use flatbuffers::VerifierOptions;

use super::{MAX_FILE, MAX_TENSORS};
use crate::{
    Refused,
    generated::tosa::{TosaBasicBlock, Version, root_as_tosa_graph_with_opts, tosa_graph_buffer_has_identifier},
};

/// Bytes before which there is no file identifier to look for.
const HEADER: usize = 8;

/// Verifies the buffer and finds its only block.
pub fn open(bytes: &[u8]) -> Result<TosaBasicBlock<'_>, Refused> {
    if bytes.len() > MAX_FILE {
        return Err(Refused::FileSize { bytes: bytes.len(), limit: MAX_FILE });
    }
    if bytes.len() < HEADER || !tosa_graph_buffer_has_identifier(bytes) {
        return Err(Refused::Identifier);
    }
    let limits = VerifierOptions {
        max_depth: 16,
        max_tables: 4 * MAX_TENSORS + 64,
        max_apparent_size: 2 * MAX_FILE,
        ignore_missing_null_terminator: false,
    };
    let graph = root_as_tosa_graph_with_opts(&limits, bytes)
        .map_err(|reason| Refused::Flatbuffer { reason: reason.to_string() })?;
    version(&graph.version())?;
    let features = graph.compatibility().map_or(0, |compatibility| compatibility.features());
    if features != 0 {
        return Err(Refused::Features { features });
    }
    let regions = graph.regions().ok_or(Refused::None { what: "region" })?;
    let blocks = regions.iter().map(|region| region.blocks().map_or(0, |blocks| blocks.len())).sum();
    if regions.len() != 1 || blocks != 1 {
        return Err(Refused::ControlFlow { regions: regions.len(), blocks });
    }
    let block = regions.iter().filter_map(|region| region.blocks()).flatten().next();
    block.ok_or(Refused::None { what: "block" })
}

fn version(version: &Version) -> Result<(), Refused> {
    let (major, minor, patch, draft) = (version._major(), version._minor(), version._patch(), version._draft());
    match (major, minor, patch, draft) {
        (1, 0, 0.., false) | (1, 1, 0, true) => Ok(()),
        _ => {
            let draft = if draft { "-draft" } else { "" };
            Err(Refused::Version { version: format!("{major}.{minor}.{patch}{draft}") })
        }
    }
}
