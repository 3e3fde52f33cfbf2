//! Sums along one axis of numbers in flat order, each `stride` numbers after the one before: of any number of positions
//! in the time of one.

use super::along::Along;

/// What each of `to` positions gets if each of `from` gives its number to all that it reads: from the first of them on,
/// until after the last.
pub fn scattered(values: &[u128], [from, to]: [u32; 2], stride: usize, along: Along) -> Vec<u128> {
    let mut all = vec![0; values.len() / from as usize * to as usize];
    for (given, got) in values.chunks(from as usize * stride).zip(all.chunks_mut(to as usize * stride)) {
        for (at, run) in (0..from).zip(given.chunks(stride)) {
            let [first, end] = along.taps(at, to).ends();
            if first < end {
                each(&mut got[first * stride..], run, u128::wrapping_add);
                each(got.get_mut(end * stride..).unwrap_or_default(), run, u128::wrapping_sub);
            }
        }
        sum_up(got, along.step() * stride);
    }
    all
}

/// The sum, at each of `to` positions, of the numbers of those that it reads of `from`.
pub fn gathered(values: &[u128], [from, to]: [u32; 2], stride: usize, along: Along) -> Vec<u128> {
    let mut all = vec![0; values.len() / from as usize * to as usize];
    for (given, got) in values.chunks(from as usize * stride).zip(all.chunks_mut(to as usize * stride)) {
        let mut sums = given.to_vec();
        sum_up(&mut sums, along.step() * stride);
        for (at, run) in (0..to).zip(got.chunks_mut(stride)) {
            let [first, end] = along.taps(at, from).ends();
            if first < end {
                each(run, &sums[(end - along.step()) * stride..], u128::wrapping_add);
                if let Some(before) = first.checked_sub(along.step()) {
                    each(run, &sums[before * stride..], u128::wrapping_sub);
                }
            }
        }
    }
    all
}

fn each(into: &mut [u128], from: &[u128], with: fn(u128, u128) -> u128) {
    into.iter_mut().zip(from).for_each(|(into, from)| *into = with(*into, *from));
}

/// Adds to every number the sum so far of those at multiples of `lag` before it.
fn sum_up(values: &mut [u128], lag: usize) {
    for at in lag..values.len() {
        values[at] = values[at].wrapping_add(values[at - lag]);
    }
}
