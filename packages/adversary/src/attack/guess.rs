//! *Skip* what can be guessed: from what other shards have at the same position and channel.

use std::collections::BTreeMap;

use super::{Cheat, Known, Target};

/// How often an element must be guessed right for the guess to be taken.
const SURE: [f64; 10] = [0.25, 0.5, 0.7, 0.8, 0.85, 0.9, 0.9375, 0.97, 0.985, 1.0];

/// Guesses the elements of all committed tensors, and of each alone, that are right often enough, and computes the rest
/// honestly. `items` is how many parts a tensor has that are guessed alike: the length of a batch.
pub fn guesses(target: Target<'_>, known: &[Known], items: usize) -> Vec<(String, Cheat)> {
    let slots = target.manifest.header.committed as usize;
    let rates: Vec<Vec<f64>> = (0..slots).map(|slot| rates(target, known, slot, items)).collect();
    let mut cheats = vec![];
    for sure in SURE {
        let of = |slot: usize| {
            let rates = &rates[slot];
            let chosen = rates.iter().filter(|rate| **rate >= sure);
            let (count, wrong) = chosen.fold((0.0, 0.0), |(count, wrong), rate| (count + 1.0, wrong + 1.0 - rate));
            let elements = rates.len().max(1) as f64;
            (count / elements, target.tickets(slot) * wrong / elements)
        };
        let each: Vec<(f64, f64)> = (0..slots).map(of).collect();
        let of_some = |takes: &dyn Fn(usize) -> bool| {
            let parts: Vec<f64> = (0..slots).map(|slot| if takes(slot) { each[slot].0 } else { 0.0 }).collect();
            let caught = (0..slots).filter(|slot| takes(*slot)).map(|slot| each[slot].1).sum();
            Cheat { saved: target.spared(&parts), caught }
        };
        cheats.push((format!("guess what is right {sure} of the time"), of_some(&|_| true)));
        for slot in 0..slots {
            cheats.push((format!("guess in slot {slot} what is right {sure}"), of_some(&|other| other == slot)));
        }
    }
    cheats
}

/// By element of an item: how often its most frequent value is right, or the value of the element before it in its
/// channel.
fn rates(target: Target<'_>, known: &[Known], slot: usize, items: usize) -> Vec<f64> {
    let id = target.manifest.committed()[slot].0;
    let shape = target.manifest.descriptor(id).ty.shape;
    let channels = shape.dims().last().map_or(1, |last| *last as usize);
    let elements = shape.elements() as usize;
    let items = if shape.dims().first() == Some(&(items as u32)) { items } else { 1 };
    let item = elements / items;
    let parts: Vec<&[i64]> = known.iter().flat_map(|known| known.values[id.0 as usize].chunks(item)).collect();
    let rate = |element: usize| {
        let mut values = BTreeMap::<i64, usize>::new();
        parts.iter().for_each(|part| *values.entry(part[element]).or_default() += 1);
        let before = element.checked_sub(channels);
        let same = before.map_or(0, |before| parts.iter().filter(|part| part[element] == part[before]).count());
        values.into_values().max().unwrap_or(0).max(same) as f64 / parts.len().max(1) as f64
    };
    (0..item).map(rate).collect()
}
