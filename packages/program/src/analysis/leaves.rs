//! Bounds on the leaves and digests that show some boxes of a tensor.

use tequio_attestation::{Layout, depth};
use tequio_tensor::Type;

use super::cone::Area;

/// What showing elements of one tensor takes at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    pub leaves: u64,
    /// Bytes of the leaves, not padded.
    pub payload: u64,
    /// Sibling digests inside the tensor's tree.
    pub digests: u64,
}

impl Shown {
    pub fn bytes(&self) -> u64 {
        self.payload + 32 * self.digests
    }
}

/// Bounds `areas` of a tensor, wherever they lie.
pub(crate) fn shown(ty: &Type, layout: &Layout, areas: &[Area]) -> Shown {
    let total = layout.leaves(ty) as u64;
    let (mut leaves, mut groups) = (0u64, 0u64);
    for area in areas {
        let (of_area, runs) = area_leaves(ty, layout, area);
        leaves += of_area;
        groups += runs.min(of_area);
    }
    let leaves = leaves.min(total);
    let full = (layout.row.min(layout.leaf_elements(ty)) as usize * ty.dtype.bytes()) as u64;
    let payload = (leaves * full).min(ty.bytes() as u64);
    // Showing everything takes no digest. Less may be read than bounded, and then a digest stands for leaves that are
    // not shown, which is no more unless a leaf is shorter than a digest.
    let all = leaves == total && shortest(ty, layout) >= 32;
    Shown { leaves, payload, digests: if all { 0 } else { siblings(leaves, groups, total) } }
}

/// Bytes of the shortest leaf.
fn shortest(ty: &Type, layout: &Layout) -> u64 {
    let leaf = layout.leaf_elements(ty);
    let rest = layout.row % leaf;
    (if rest == 0 { leaf } else { rest }) as u64 * ty.dtype.bytes() as u64
}

/// Most siblings of `leaves` leaves in at most `groups` runs of neighbours, in a tree over `total` leaves.
///
/// At every level a run lacks at most the neighbours at its two ends, an opened node has one sibling, and two nodes
/// that are siblings of each other are not both opened and absent.
fn siblings(leaves: u64, groups: u64, total: u64) -> u64 {
    let mut nodes = total;
    let mut digests = 0;
    for _ in 0..depth(total) {
        digests += leaves.min(2 * groups).min(nodes / 2);
        nodes = nodes.div_ceil(2);
    }
    digests
}

/// Bound on an area's leaves, and of how many runs of contiguous elements it consists.
fn area_leaves(ty: &Type, layout: &Layout, area: &Area) -> (u64, u64) {
    let total = layout.leaves(ty) as u64;
    let (dims, lens) = (ty.shape.dims(), area.lens.dims());
    let Some(axis) = (0..dims.len()).rev().find(|&axis| lens[axis] < dims[axis]) else { return (total, 1) };
    // A run covers `lens[axis]` blocks of `unit` elements, and stays inside `around`.
    let unit: u64 = dims[axis + 1..].iter().map(|&dim| dim as u64).product();
    let around = unit * dims[axis] as u64;
    let runs: u64 = lens[..axis].iter().map(|&len| len as u64).product();
    let one = run_leaves(ty, layout, lens[axis] as u64 * unit, unit, around);
    // All runs lie between the first and the last element.
    let mut stride = 1u64;
    let mut last = 0u64;
    for (&dim, &len) in dims.iter().zip(lens).rev() {
        last += (len as u64 - 1) * stride;
        stride *= dim as u64;
    }
    let between = run_leaves(ty, layout, last + 1, 1, stride);
    (runs.saturating_mul(one).min(between).min(total), runs)
}

/// Most leaves of a run of `len` elements that starts at a multiple of `unit` and stays inside a block of `around`
/// elements, itself at a multiple of `around`.
fn run_leaves(ty: &Type, layout: &Layout, len: u64, unit: u64, around: u64) -> u64 {
    let (row, leaf) = (layout.row as u64, layout.leaf_elements(ty) as u64);
    let step = gcd(unit, row);
    let rows = if row.is_multiple_of(around) { 1 } else { touched(len, row, step) };
    let in_row = row.div_ceil(leaf);
    if rows == 1 { touched(len, leaf, gcd(step, leaf)).min(in_row) } else { (rows * in_row).min(len / leaf + rows + 1) }
}

/// Most blocks of `block` elements that `len` elements touch if they start at a multiple of `step`, a divisor of
/// `block`.
fn touched(len: u64, block: u64, step: u64) -> u64 {
    (block - step + len - 1) / block + 1
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
