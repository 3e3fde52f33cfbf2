//! The texts of the errors that stand below the contracts. Those of contracts are in the schema.

use std::fmt::Write;

use tequio_attestation::Malformed;
use tequio_tensor::Invalid;

use crate::{
    golden,
    sample::{Sample, fresh},
    source,
};

/// One of each variant, in the order of the source.
macro_rules! errors {
    ($text:ident, $title:literal, $error:ident = $ty:ty, $source:literal:
        $($variant:ident $({ $($field:ident),* })? $(($($inner:expr),*))?),* $(,)?) => {{
        type Of = $ty;
        let source = include_str!(concat!("../../../", $source));
        assert_eq!(source::variants(source, stringify!($error)), [$(stringify!($variant)),*], "{}", $source);
        $(
            fresh();
            let error = Of::$variant $({ $($field: Sample::sample()),* })? $(($($inner),*))?;
            writeln!($text, "{:11} {:18} {error}", $title, stringify!($variant)).expect("a string takes it");
        )*
    }};
}

#[test]
fn error_texts_are_pinned() {
    let mut text = String::new();
    attestation(&mut text);
    golden("tests/golden/errors.txt", &text);
}

fn attestation(text: &mut String) {
    errors!(text, "attestation", Malformed = Malformed, "packages/attestation/src/error.rs":
        Truncated,
        Trailing { bytes },
        Varint,
        Version { version },
        Tag { tag },
        Shape,
        Counts,
        Layout { leaf_log2, row },
        Operands { count },
        Scalar { value },
        Op(Invalid::Operands { found: Sample::sample(), wanted: Sample::sample() }),
        Draws { draws },
        NotDrawn { tensor },
        Uncomputed { tensor },
        Index { tensor, index },
        Limit,
        Evidence { tensor, shard },
        Root { tree },
    );
}
