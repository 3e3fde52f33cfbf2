//! Roots are those of the trees that a contract checks against.

use proptest::prelude::*;
use tequio_attestation::{Digest, Layout, hash, tree::Tree};
use tequio_backend::commit::TreeHasher;
use tequio_tensor::{DType, Type};

use super::cases::sketch::{bytes, noise, ty};

/// Leaf by leaf, node by node.
fn root(bytes: &[u8], ty: &Type, layout: Layout) -> Digest {
    let leaf = |leaf| {
        let (first, count) = layout.span(ty, leaf);
        let size = ty.dtype.bytes();
        hash::leaf(&bytes[first as usize * size..(first + count) as usize * size])
    };
    Tree::new((0..layout.leaves(ty)).map(leaf).collect()).root()
}

#[test]
fn every_leaf_size_and_row() {
    let mut hasher = TreeHasher::default();
    for leaf in 6..=10 {
        for dtype in DType::ALL {
            for row in (1..=40).chain([63, 64, 65, 127, 128, 170, 171, 192, 256, 257, 511, 512, 1000, 1024, 1025, 2500])
            {
                for rows in [1, 2, 3, 9] {
                    let ty = ty(dtype, &[rows, row]);
                    let bytes = bytes(dtype, &noise(dtype, (rows * row) as usize, row as u64));
                    let layout = Layout::new(leaf, row, &ty).unwrap();
                    assert_eq!(hasher.root(&bytes, &ty, layout), root(&bytes, &ty, layout), "{ty:?} {layout:?}");
                    let whole = Layout::new(leaf, rows * row, &ty).unwrap();
                    assert_eq!(hasher.root(&bytes, &ty, whole), root(&bytes, &ty, whole), "{ty:?} {whole:?}");
                }
            }
        }
    }
}

#[test]
fn trees_of_every_count() {
    let mut hasher = TreeHasher::default();
    for count in 1..=70u8 {
        let digests: Vec<Digest> = (0..count).map(|digest| Digest([digest; 32])).collect();
        assert_eq!(hasher.merge(&digests), Tree::new(digests).root(), "{count}");
    }
}

#[test]
fn trees_together() {
    let mut hasher = TreeHasher::default();
    // Of one leaf to more than a thousand, odd counts among them on every level.
    let sizes = [1, 64, 65, 3 * 64, 200, 5000, 64, 70_001, 8192, 31 * 64];
    for first in 0..sizes.len() {
        let tensors: Vec<_> = sizes[first..]
            .iter()
            .map(|&size| {
                let ty = ty(DType::I8, &[size]);
                (
                    bytes(DType::I8, &noise(DType::I8, size as usize, size.into())),
                    ty,
                    Layout::new(6, size, &ty).unwrap(),
                )
            })
            .collect();
        tensors.iter().for_each(|(bytes, ty, layout)| hasher.add(bytes, ty, *layout));
        let expected: Vec<Digest> = tensors.iter().map(|(bytes, ty, layout)| root(bytes, ty, *layout)).collect();
        assert_eq!(hasher.roots(), expected);
    }
    assert_eq!(hasher.roots(), []);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_tensor(rows in 1u32..=9, row in 1u32..=3000, leaf in 6u8..=10, seed: u64) {
        let ty = ty(DType::I8, &[rows, row]);
        let layout = Layout::new(leaf, row, &ty).unwrap();
        let bytes = bytes(DType::I8, &noise(DType::I8, (rows * row) as usize, seed));
        prop_assert_eq!(TreeHasher::default().root(&bytes, &ty, layout), root(&bytes, &ty, layout));
    }
}
