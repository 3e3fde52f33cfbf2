//! Files that nobody meant.

use tequio_fuzz::{Read, fuzz};
use tequio_tensor::DType;

use super::{header, read::Reader, width};

const WORDS: [&[u8]; 12] = [
    b"'descr': ",
    b"'shape': ",
    b"'fortran_order': ",
    b"True",
    b"(",
    b")",
    b", ",
    b"'<i4'",
    b"'>i4'",
    b"'|O'",
    b"[('a', '<i4')]",
    b"\x93NUMPY",
];

/// A file of this type, shape and version.
fn file(dtype: DType, dims: &[u64], major: u8) -> Vec<u8> {
    let mut file = header::write(dtype, dims);
    file[6] = major;
    if major > 1 {
        file.splice(10..10, [0, 0]);
    }
    let elements = dims.iter().product::<u64>() as usize;
    file.extend((0..elements * width(dtype)).map(|_| 0));
    file
}

/// Whatever is taken is what it would be written as.
#[test]
fn arrays() {
    for dtype in DType::ALL {
        let corpus = [(&[2, 3][..], 1), (&[], 1), (&[7], 2), (&[1, 2, 2, 2], 3), (&[0, 5], 1), (&[64, 2], 1)];
        let corpus = corpus.map(|(dims, major)| file(dtype, dims, major));
        fuzz(&format!("arrays of {dtype}"), 1_000, &corpus, &WORDS, |case| {
            let read = |bytes: &[u8]| {
                let mut reader = Reader::new(bytes, Some(bytes.len() as u64), dtype)?;
                let dims = reader.dims().to_vec();
                anyhow::Ok((dims, reader.read(u64::MAX)?))
            };
            let found = read(case.bytes);
            if let Ok((dims, elements)) = &found {
                let wide = |word: &[u8]| dtype.read(word).to_le_bytes();
                let wide: Vec<u8> = match dtype {
                    DType::I48 => elements.chunks(dtype.bytes()).flat_map(wide).collect(),
                    _ => elements.clone(),
                };
                let again = read(&[header::write(dtype, dims), wide].concat()).unwrap();
                assert_eq!((&again.0, &again.1), (dims, elements));
            }
            Read::from(&found)
        });
    }
}
