//! What a buffer must be before anything in it is looked at.

use flatbuffers::VerifierOptions;

use crate::schema::{TosaBasicBlock, Version, root_as_tosa_graph_with_opts, tosa_graph_buffer_has_identifier};

/// Largest file, bytes.
pub const MAX_FILE: usize = 256 << 20;
/// Most tensors, shapes and operators of a file, each.
pub const MAX_TENSORS: usize = 65_536;

/// Bytes before which there is no file identifier to look for.
const HEADER: usize = 8;

/// Why bytes are not a TOSA file of one graph in a version that is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("file of {bytes} bytes, more than {limit}")]
    Size { bytes: usize, limit: usize },
    #[error("not a TOSA flatbuffer: no file identifier `TOSA`")]
    Identifier,
    #[error("not a valid flatbuffer: {reason}")]
    Flatbuffer { reason: String },
    #[error("TOSA version {version}; 1.0.x, 1.0.x-draft and 1.1.0-draft are known")]
    Version { version: String },
    #[error("needs compatibility features {features:#x}")]
    Features { features: u64 },
    #[error("{regions} regions, {blocks} blocks; one graph without control flow is one of each")]
    ControlFlow { regions: usize, blocks: usize },
}

/// Verifies a file and gives its only block. Versions 1.0.x and 1.0.x-draft (the conformance generator writes it) and
/// 1.1.0-draft are known.
///
/// # Errors
/// The first thing found that isn't so. No bytes make it panic.
pub fn read(bytes: &[u8]) -> Result<TosaBasicBlock<'_>, Unreadable> {
    if bytes.len() > MAX_FILE {
        return Err(Unreadable::Size { bytes: bytes.len(), limit: MAX_FILE });
    }
    if bytes.len() < HEADER || !tosa_graph_buffer_has_identifier(bytes) {
        return Err(Unreadable::Identifier);
    }
    let limits = VerifierOptions {
        max_depth: 16,
        max_tables: 4 * MAX_TENSORS + 64,
        max_apparent_size: 2 * MAX_FILE,
        ignore_missing_null_terminator: false,
    };
    let graph = root_as_tosa_graph_with_opts(&limits, bytes)
        .map_err(|reason| Unreadable::Flatbuffer { reason: reason.to_string().trim().to_owned() })?;
    known(&graph.version())?;
    let features = graph.compatibility().map_or(0, |compatibility| compatibility.features());
    if features != 0 {
        return Err(Unreadable::Features { features });
    }
    let regions = graph.regions().map_or(0, |regions| regions.len());
    let mut blocks = graph.regions().into_iter().flatten().filter_map(|region| region.blocks()).flatten();
    match (regions, blocks.next(), blocks.count()) {
        (1, Some(block), 0) => Ok(block),
        (_, first, rest) => Err(Unreadable::ControlFlow { regions, blocks: first.iter().count() + rest }),
    }
}

fn known(version: &Version) -> Result<(), Unreadable> {
    let (major, minor, patch, draft) = (version._major(), version._minor(), version._patch(), version._draft());
    match (major, minor, patch, draft) {
        (1, 0, 0.., _) | (1, 1, 0, true) => Ok(()),
        _ => {
            let draft = if draft { "-draft" } else { "" };
            Err(Unreadable::Version { version: format!("{major}.{minor}.{patch}{draft}") })
        }
    }
}
