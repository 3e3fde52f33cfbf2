//! What the instructions of every set do, written out: register tiles are tested on machines that have none of them.
#![allow(unsafe_code, reason = "the traits are unsafe to implement")]

use super::{
    Simd,
    depthwise::TapQuads,
    gemm::{GROUP, Octs, PANEL, Pairs, Quads},
    interleave::{self, Interleave},
    proof,
    tile::{self, Dot},
};

/// Vectors of `LANES` lanes of four bytes; products of `E` and `W`, as many as there are in a lane.
#[derive(Clone, Copy)]
struct Model<E, W, const LANES: usize>([E; 0], [W; 0]);

impl<E: Copy, W: Copy, const LANES: usize> Model<E, W, LANES> {
    const NEW: Self = Self([], []);
}

/// Elements of a lane, as numbers.
trait Parts {
    fn parts(lane: [u8; 4]) -> Vec<i32>;
}

impl Parts for i16 {
    fn parts([a, b, c, d]: [u8; 4]) -> Vec<i32> {
        vec![i16::from_le_bytes([a, b]).into(), i16::from_le_bytes([c, d]).into()]
    }
}

impl Parts for u8 {
    fn parts(lane: [u8; 4]) -> Vec<i32> {
        lane.map(i32::from).to_vec()
    }
}

impl Parts for i8 {
    fn parts(lane: [u8; 4]) -> Vec<i32> {
        lane.map(|byte| i32::from(byte as i8)).to_vec()
    }
}

// SAFETY: a half is the lowest lanes.
unsafe impl<E, W, const LANES: usize> Dot for Model<E, W, LANES>
where
    E: Copy + Into<i32> + Parts,
    W: Copy + Into<i32> + Parts,
{
    type Element = E;
    type Weight = W;
    type Vector = [[u8; 4]; LANES];
    type Column = i32;
    const COLUMNS: usize = LANES;

    unsafe fn load<const HALF: bool>(self, from: *const i32) -> Self::Vector {
        let lane = |at: usize| {
            // SAFETY: the caller's.
            let read = || unsafe { from.add(at).read_unaligned() };
            if HALF && at >= GROUP { 0 } else { read() }.to_le_bytes()
        };
        std::array::from_fn(lane)
    }

    unsafe fn store<const HALF: bool>(self, to: *mut i32, vector: Self::Vector) {
        for (at, lane) in vector.into_iter().enumerate().take(if HALF { GROUP } else { LANES }) {
            // SAFETY: the caller's.
            unsafe { to.add(at).write_unaligned(i32::from_le_bytes(lane)) }
        }
    }

    unsafe fn splat(self, elements: i32) -> Self::Vector {
        [elements.to_le_bytes(); LANES]
    }

    unsafe fn dot(self, sums: Self::Vector, elements: Self::Vector, weights: Self::Vector) -> Self::Vector {
        let lane = |at: usize| {
            let products = E::parts(elements[at]).into_iter().zip(W::parts(weights[at])).map(|(a, b)| a * b);
            products.fold(i32::from_le_bytes(sums[at]), i32::wrapping_add).to_le_bytes()
        };
        std::array::from_fn(lane)
    }
}

/// Eight bytes for each of [`GROUP`] columns.
#[derive(Clone, Copy)]
struct OctModel(Model<u8, i8, PANEL>);

// SAFETY: there are no halves.
unsafe impl Dot for OctModel {
    type Element = u8;
    type Weight = i8;
    type Vector = [[u8; 4]; PANEL];
    type Column = i64;
    const COLUMNS: usize = GROUP;

    unsafe fn load<const HALF: bool>(self, from: *const i32) -> Self::Vector {
        let lane = |at: usize| {
            // SAFETY: the caller's.
            let read = || unsafe { from.add(at / 2).read_unaligned() };
            if at.is_multiple_of(2) { read() } else { 0 }.to_le_bytes()
        };
        std::array::from_fn(lane)
    }

    unsafe fn weights<const HALF: bool>(self, from: *const i64) -> Self::Vector {
        // SAFETY: the caller's.
        std::array::from_fn(|at| unsafe { from.cast::<[u8; 4]>().add(at).read() })
    }

    unsafe fn store<const HALF: bool>(self, to: *mut i32, vector: Self::Vector) {
        for (at, lanes) in vector.as_chunks::<2>().0.iter().enumerate() {
            let [first, second] = lanes.map(i32::from_le_bytes);
            // SAFETY: the caller's.
            unsafe { to.add(at).write_unaligned(first.wrapping_add(second)) }
        }
    }

    unsafe fn splat(self, elements: i64) -> Self::Vector {
        let bytes = elements.to_le_bytes();
        std::array::from_fn(|at| std::array::from_fn(|byte| bytes[at % 2 * 4 + byte]))
    }

    unsafe fn dot(self, sums: Self::Vector, elements: Self::Vector, weights: Self::Vector) -> Self::Vector {
        // SAFETY: the model needs no instructions.
        unsafe { self.0.dot(sums, elements, weights) }
    }
}

// SAFETY: a vector of bytes is four a lane.
unsafe impl<const LANES: usize> Interleave for Model<u8, i8, LANES> {
    unsafe fn bytes(self, from: *const u8) -> Self::Vector {
        // SAFETY: the caller's.
        std::array::from_fn(|at| unsafe { from.cast::<[u8; 4]>().add(at).read() })
    }

    unsafe fn zip_bytes(self, a: Self::Vector, b: Self::Vector) -> [Self::Vector; 2] {
        zip::<1, LANES>(a, b)
    }

    unsafe fn zip_shorts(self, a: Self::Vector, b: Self::Vector) -> [Self::Vector; 2] {
        zip::<2, LANES>(a, b)
    }

    unsafe fn transpose(self, vectors: [Self::Vector; 4]) -> [Self::Vector; 4] {
        let lanes: Vec<[u8; 4]> = (0..LANES)
            .step_by(4)
            .flat_map(|first| vectors.map(|vector| vector[first..][..4].to_vec()))
            .flatten()
            .collect();
        std::array::from_fn(|vector| std::array::from_fn(|lane| lanes[vector * LANES + lane]))
    }
}

/// Units of so many bytes in turns: the low halves of every 128 bits, and the high ones.
fn zip<const UNIT: usize, const LANES: usize>(a: [[u8; 4]; LANES], b: [[u8; 4]; LANES]) -> [[[u8; 4]; LANES]; 2] {
    let (a, b) = (a.as_flattened(), b.as_flattened());
    [0, 8].map(|half| {
        let turns = |at: usize| {
            let from = at / 16 * 16 + half + at % 16 / (2 * UNIT) * UNIT + at % UNIT;
            if (at / UNIT).is_multiple_of(2) { a[from] } else { b[from] }
        };
        std::array::from_fn(|lane| std::array::from_fn(|byte| turns(4 * lane + byte)))
    })
}

/// A set with nothing but the model's vectors.
#[derive(Clone, Copy)]
struct Modelled<const LANES: usize, const ROWS: usize>;

impl<const LANES: usize, const ROWS: usize> Simd for Modelled<LANES, ROWS> {
    const NAME: &'static str = "model";

    fn detect() -> Option<Self> {
        Some(Self)
    }

    fn gemm(self, gemm: &Pairs, to: &mut [i32]) {
        // SAFETY: the model needs no instructions.
        unsafe { tile::run::<_, ROWS, 2>(Model::<i16, i16, LANES>::NEW, gemm, to) }
    }

    fn gemm_bytes(self, gemm: &Quads, to: &mut [i32]) {
        // SAFETY: as above.
        unsafe { tile::run::<_, ROWS, 4>(Model::<u8, i8, LANES>::NEW, gemm, to) }
    }

    fn gemm_octs(self, gemm: &Octs, to: &mut [i32]) {
        // SAFETY: as above.
        unsafe { tile::run::<_, ROWS, 8>(OctModel(Model::NEW), gemm, to) }
    }

    fn depthwise_bytes(self, depthwise: &TapQuads, to: &mut [i32]) {
        // SAFETY: as above.
        unsafe { interleave::run(Model::<u8, i8, LANES>::NEW, depthwise, to) }
    }
}

#[test]
fn register_tiles_agree_with_portable_code() {
    assert!(proof::agrees(Modelled::<GROUP, 6>), "256 bits");
    assert!(proof::agrees(Modelled::<PANEL, 8>), "512 bits");
}
