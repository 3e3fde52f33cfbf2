use serde_json::{Value, json};
use tequio_attestation::codec::{Reader, Writer};

use crate::golden::{golden, hex};

#[test]
fn numbers() {
    let written = |write: &dyn Fn(&mut Writer)| {
        let mut w = Writer::default();
        write(&mut w);
        w.0
    };
    let varints =
        [0, 1, 127, 128, 300, 16_383, 16_384, u32::MAX as u64, 1 << 32, u64::MAX >> 1, u64::MAX].map(|value| {
            let bytes = written(&|w| w.varint(value));
            assert_eq!(Reader::new(&bytes).varint(), Ok(value));
            json!({ "value": value, "bytes": hex(bytes) })
        });
    let signed = [0, -1, 1, -2, 63, -64, 64, i32::MIN as i64, i32::MAX as i64, i64::MIN, i64::MAX].map(|value| {
        let bytes = written(&|w| w.signed(value));
        assert_eq!(Reader::new(&bytes).signed(), Ok(value));
        json!({ "value": value, "bytes": hex(bytes) })
    });
    let refused: [&[u8]; 7] = [
        b"",
        b"\x80",
        b"\x80\x00",
        b"\xff\x80\x00",
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81",
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00",
    ];
    let refused = refused.map(|bytes| {
        let error = Reader::new(bytes).varint().expect_err("not canonical");
        json!({ "bytes": hex(bytes), "error": error.to_string() })
    });
    let too_large_for_u32: Value = [1u64 << 32, u64::MAX]
        .iter()
        .map(|&value| {
            let bytes = written(&|w| w.varint(value));
            assert!(Reader::new(&bytes).varint32().is_err());
            hex(bytes)
        })
        .collect();
    golden(
        "codec",
        &json!({ "varint": varints, "signed": signed, "varint_refused": refused, "varint32_refused": too_large_for_u32 }),
    );
}
