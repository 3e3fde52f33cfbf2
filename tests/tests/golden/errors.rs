//! The texts of the errors that stand below the contracts. Those of contracts are in the schema.

use std::fmt::Write;

use strum::VariantNames;
use tequio_attestation::Malformed;
use tequio_tensor::Invalid;

use crate::{
    golden,
    sample::{Sample, fresh},
};

/// One of each variant, in the order of the source.
macro_rules! errors {
    ($text:ident, $title:literal, $ty:ty:
        $($variant:ident $({ $($field:ident),* })? $(($($inner:expr),*))?),* $(,)?) => {{
        type Of = $ty;
        assert_eq!(Of::VARIANTS, [$(stringify!($variant)),*]);
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
    errors!(text, "attestation", Malformed:
        Truncated,
        Trailing { bytes },
        Varint,
        Form,
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
        Address,
        Evidence { tensor, shard },
        Root { tree },
    );
}
