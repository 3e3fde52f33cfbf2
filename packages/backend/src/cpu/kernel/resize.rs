//! RESIZE: pixel by pixel, all channels of it.

use crate::{
    cpu::{
        memory::{Scratch, Tensors},
        simd::{Run, Simd},
    },
    liveness::Placement,
};

/// An image of other lengths.
#[derive(Debug)]
pub struct Resize {
    pub from: Placement,
    /// For each row and column of the output, those of the input that it is made of, with their weights.
    pub rows: Vec<[(u32, i64); 2]>,
    pub columns: Vec<[(u32, i64); 2]>,
    /// Height and width of the input.
    pub input: [usize; 2],
    /// Bytes of a pixel of the input.
    pub pixel: usize,
    /// Int8 weighed into int32; else the first of them is copied.
    pub bilinear: bool,
}

impl Run for Resize {
    #[inline(always)]
    fn run<S: Simd>(&self, _: S, tensors: &Tensors, _: &mut Scratch, out: &mut [u8]) {
        let Self { pixel, input: [height, width], bilinear, .. } = *self;
        let size = pixel * if bilinear { size_of::<i32>() } else { 1 };
        let images = tensors.bytes(self.from).chunks_exact(height * width * pixel);
        let lines = out.chunks_exact_mut(self.columns.len() * size);
        let rows = images.flat_map(|image| self.rows.iter().map(move |rows| (image, rows)));
        for ((image, rows), line) in rows.zip(lines) {
            for (columns, to) in self.columns.iter().zip(line.chunks_exact_mut(size)) {
                let at = |row: usize, column: usize| {
                    let ((y, of_row), (x, of_column)) = (rows[row], columns[column]);
                    let from = (y as usize * width + x as usize) * pixel;
                    (&image[from..][..pixel], (of_row * of_column) as i32)
                };
                if bilinear {
                    weigh([at(0, 0), at(0, 1), at(1, 0), at(1, 1)], to);
                } else {
                    to.copy_from_slice(at(0, 0).0);
                }
            }
        }
    }
}

/// The sums of four pixels' elements times their weights.
#[inline(always)]
fn weigh([a, b, c, d]: [(&[u8], i32); 4], to: &mut [u8]) {
    let times = |byte: &u8, weight: i32| i32::from(*byte as i8) * weight;
    let pixels = a.0.iter().zip(b.0).zip(c.0).zip(d.0);
    for ((((of_a, of_b), of_c), of_d), to) in pixels.zip(to.as_chunks_mut::<4>().0) {
        *to = (times(of_a, a.1) + times(of_b, b.1) + times(of_c, c.1) + times(of_d, d.1)).to_le_bytes();
    }
}
