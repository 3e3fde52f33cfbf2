//! *Skip* what can be guessed: from what other shards have at the same position and channel.

use std::collections::BTreeMap;

use super::{Cheat, Target};
use crate::known::Known;

/// How often an element must be guessed right for the guess to be taken.
const SURE: [f64; 10] = [0.25, 0.5, 0.7, 0.8, 0.85, 0.9, 0.9375, 0.97, 0.985, 1.0];

/// Guesses the elements of all committed tensors, and of each alone, that are right often enough, and computes the rest
/// honestly. Guesses are learnt from some shards and tried on others, or on the same. `items` is how many parts a tensor
/// has that are guessed alike: the length of a batch.
pub fn guesses(target: Target<'_>, learnt: &[Known], tried: &[Known], items: usize) -> Vec<(String, Cheat)> {
    let slots = target.manifest.header.committed as usize;
    let rates: Vec<Vec<Guess>> = (0..slots).map(|slot| rates(target, [learnt, tried], slot, items)).collect();
    let mut cheats = vec![];
    for sure in SURE {
        let of = |slot: usize| {
            let rates = &rates[slot];
            let chosen = rates.iter().filter(|guess| guess.learnt >= sure);
            let (count, wrong) =
                chosen.fold((0.0, 0.0), |(count, wrong), guess| (count + 1.0, wrong + 1.0 - guess.right));
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

/// How often a guess was right where it was learnt, and where it is tried.
struct Guess {
    learnt: f64,
    right: f64,
}

/// By element of an item: its most frequent value, or the value of the element before it in its channel, whichever is right
/// more often where it is learnt.
fn rates(target: Target<'_>, shards: [&[Known]; 2], slot: usize, items: usize) -> Vec<Guess> {
    let id = target.manifest.committed()[slot].0;
    let shape = target.manifest.descriptor(id).ty.shape;
    let channels = shape.dims().last().map_or(1, |last| *last as usize);
    let elements = shape.elements() as usize;
    let items = if shape.dims().first() == Some(&(items as u32)) { items } else { 1 };
    let item = elements / items;
    let parts = |known: &'_ [Known]| -> Vec<Vec<i64>> {
        known.iter().flat_map(|known| known.values[id.0 as usize].chunks(item).map(<[i64]>::to_vec)).collect()
    };
    let [learnt, tried] = shards.map(parts);
    let share = |parts: &[Vec<i64>], is_right: &dyn Fn(&[i64]) -> bool| {
        parts.iter().filter(|part| is_right(part)).count() as f64 / parts.len().max(1) as f64
    };
    let guess = |element: usize| {
        let mut values = BTreeMap::<i64, usize>::new();
        learnt.iter().for_each(|part| *values.entry(part[element]).or_default() += 1);
        let most = values.into_iter().max_by_key(|(_, count)| *count).map_or(0, |(value, _)| value);
        let by_value = |part: &[i64]| part[element] == most;
        let by_neighbour = |part: &[i64]| element.checked_sub(channels).is_some_and(|at| part[element] == part[at]);
        let (value, neighbour) = (share(&learnt, &by_value), share(&learnt, &by_neighbour));
        if value >= neighbour {
            Guess { learnt: value, right: share(&tried, &by_value) }
        } else {
            Guess { learnt: neighbour, right: share(&tried, &by_neighbour) }
        }
    };
    (0..item).map(guess).collect()
}
