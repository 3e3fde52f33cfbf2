//! How element types and tensor types are written.

use tequio_tensor::{DType, Type};

#[test]
fn what_is_written_is_read() {
    for dtype in DType::ALL {
        for value in [dtype.min(), -1, 0, 1, dtype.max(), 0x1234_5678_9abc].map(|value| dtype.wrap(value)) {
            let mut bytes: Vec<u8> = dtype.write(value).collect();
            assert_eq!(bytes.len(), dtype.bytes(), "{dtype}");
            assert_eq!(dtype.read(&bytes), value, "{dtype}");
            // What comes after the element is another's.
            bytes.extend([0x5a; 8]);
            assert_eq!(dtype.read(&bytes), value, "{dtype}");
            assert_eq!(dtype.read(&bytes[..dtype.bytes() - 1]), 0, "{dtype}");
        }
    }
}

#[test]
fn elements_are_little_endian_in_as_many_bytes_as_they_need() {
    let bytes = |dtype: DType, value| dtype.write(value).collect::<Vec<_>>();
    assert_eq!(bytes(DType::Bool, 1), [1]);
    assert_eq!(bytes(DType::I4, -8), [0xf8]);
    assert_eq!(bytes(DType::I16, -2), [0xfe, 0xff]);
    assert_eq!(bytes(DType::I48, 0x0102_0304_0506), [6, 5, 4, 3, 2, 1]);
    assert_eq!(DType::I48.read(&[0, 0, 0, 0, 0, 0x80]), DType::I48.min());
    // None of the type's, and told apart from all that are.
    assert_eq!((DType::Bool.read(&[2]), DType::I4.read(&[0x7f])), (2, 127));
}

#[test]
fn types_are_written_as_lengths_and_element_type() {
    let text = |dtype, dims: &[u32]| Type::new(dtype, dims).unwrap().to_string();
    assert_eq!(text(DType::I8, &[4, 25, 5, 64]), "4x25x5x64xint8");
    assert_eq!(text(DType::Bool, &[3]), "3xbool");
    assert_eq!(text(DType::I48, &[]), "int48");
}
