//! Files that nobody meant.

use tequio_fuzz::{Read, fuzz};
use tequio_tensor::DType;

use super::{
    Form,
    header::{self, Stored},
    read::Reader,
};
use crate::scale::Scale;

const WORDS: [&[u8]; 14] = [
    b"'descr': ",
    b"'shape': ",
    b"'fortran_order': ",
    b"True",
    b"(",
    b")",
    b", ",
    b"'<i4'",
    b"'>i4'",
    b"'<f4'",
    b"'<f8'",
    b"'|O'",
    b"[('a', '<i4')]",
    b"\x93NUMPY",
];

/// A file of zeros of this form, numpy type, shape and version.
fn file(form: Form, descr: &str, dims: &[u64], major: u8) -> Vec<u8> {
    let header = String::from_utf8_lossy(&header::write(form, dims)[10..]).replace(form.numpy_type(), descr);
    let len = (header.len() as u32).to_le_bytes();
    let len = if major > 1 { &len } else { &len[..2] };
    let width = match descr {
        "<f4" => 4,
        "<f8" => 8,
        _ => Stored::Element.width(form.dtype),
    };
    let elements = vec![0; width * dims.iter().product::<u64>() as usize];
    [b"\x93NUMPY", &[major, 0][..], len, header.as_bytes(), &elements].concat()
}

/// Whatever is taken, in two pieces, is what it would be written as.
fn arrays_of(form: Form) {
    let Form { dtype, scale, .. } = form;
    let name = if scale.is_some() { format!("numbers as {dtype}") } else { format!("arrays of {dtype}") };
    let shapes = [(&[2, 3][..], 1), (&[], 1), (&[7], 2), (&[1, 2, 2, 2], 3), (&[0, 5], 1), (&[64, 2], 1)];
    let types = if scale.is_some() { vec![form.numpy_type(), "<f4", "<f8"] } else { vec![form.numpy_type()] };
    let corpus = |descr| shapes.map(|(dims, major)| file(form, descr, dims, major));
    let corpus: Vec<Vec<u8>> = types.into_iter().flat_map(corpus).collect();
    fuzz(&name, 1_000, &corpus, &WORDS, |case| {
        let read = |bytes: &[u8]| {
            let mut reader = Reader::new(bytes, Some(bytes.len() as u64), form)?;
            let dims = reader.dims().to_vec();
            anyhow::Ok((dims, [reader.read(3)?, reader.read(u64::MAX)?].concat()))
        };
        let found = read(case.bytes);
        if let Ok((dims, elements)) = &found {
            let wide = |word: &[u8]| dtype.read(word).to_le_bytes();
            let wide: Vec<u8> = match dtype {
                DType::I48 => elements.chunks(dtype.bytes()).flat_map(wide).collect(),
                _ => elements.clone(),
            };
            let again = read(&[header::write(form, dims), wide].concat()).unwrap();
            assert_eq!((&again.0, &again.1), (dims, elements));
        }
        Read::from(&found)
    });
}

#[test]
fn arrays() {
    for dtype in DType::ALL {
        arrays_of(Form::plain(dtype));
        let scale = Scale { scale: 0.5, zero_point: 0, unsigned: false };
        arrays_of(Form { scale: Some(scale), ..Form::plain(dtype) });
    }
}
