//! *Skip* what can be guessed: from what other shards have at the same position and channel, and from a part of the
//! multiply-accumulates.

use std::collections::BTreeMap;

use super::{
    Cheat, Target,
    inside::insides,
    part::{Part, parts},
};
use crate::known::Known;

/// How often an element must be guessed right for the guess to be taken.
#[derive(Clone, Copy)]
enum Sure {
    Rate(f64),
    /// So often that it saves more than it costs at the promised price.
    Pays,
}

const SURE: [Sure; 11] = [
    Sure::Rate(0.25),
    Sure::Rate(0.5),
    Sure::Rate(0.7),
    Sure::Rate(0.8),
    Sure::Rate(0.85),
    Sure::Rate(0.9),
    Sure::Rate(0.9375),
    Sure::Rate(0.97),
    Sure::Rate(0.985),
    Sure::Rate(1.0),
    Sure::Pays,
];

/// What is guessed without computing anything of it, and what after a part is computed, by number.
#[derive(Clone, Copy)]
struct Way {
    free: bool,
    part: Option<usize>,
}

const WAYS: [Way; 5] = [
    Way { free: true, part: None },
    Way { free: false, part: Some(0) },
    Way { free: false, part: Some(1) },
    Way { free: true, part: Some(0) },
    Way { free: true, part: Some(1) },
];

/// Guesses the elements of all committed tensors, and of each alone, that are right often enough, and computes the rest
/// honestly; and what is inside checks that compute several layers. Guesses are learnt from some shards and tried on
/// others, or on the same. `items` is how many parts a tensor has that are guessed alike: the length of a batch.
pub fn guesses(target: Target<'_>, learnt: &[Known], tried: &[Known], items: usize) -> Vec<(String, Cheat)> {
    let slots: Vec<Slot> = (0..target.manifest.header.committed as usize)
        .map(|slot| Slot::new(target, [learnt, tried], slot, items))
        .collect();
    let mut cheats = vec![];
    for way in WAYS {
        for sure in SURE {
            let each: Vec<(f64, f64)> = slots.iter().map(|slot| slot.guessed(way, sure)).collect();
            let of_some = |takes: &dyn Fn(usize) -> bool| {
                let parts: Vec<f64> = (0..slots.len()).map(|at| if takes(at) { each[at].0 } else { 0.0 }).collect();
                let caught = (0..slots.len()).filter(|at| takes(*at)).map(|at| slots[at].tickets * each[at].1).sum();
                Cheat { saved: target.spared(&parts), caught }
            };
            let what = match sure {
                Sure::Rate(rate) => format!("what is right {rate} of the time"),
                Sure::Pays => "what pays".to_owned(),
            };
            let how = way.describe();
            cheats.push((format!("guess {what}{how}"), of_some(&|_| true)));
            for slot in (0..slots.len()).filter(|slot| each[*slot].0 > 0.0) {
                cheats.push((format!("guess in slot {slot} {what}{how}"), of_some(&|other| other == slot)));
            }
        }
    }
    cheats.extend(insides(target, learnt, tried, items));
    cheats
}

impl Way {
    fn describe(self) -> &'static str {
        match (self.free, self.part) {
            (_, None) => "",
            (false, Some(0)) => " from a tenth of the MACs",
            (false, Some(_)) => " from three tenths of the MACs",
            (true, Some(0)) => " at its place or from a tenth of the MACs",
            (true, Some(_)) => " at its place or from three tenths of the MACs",
        }
    }
}

/// A committed tensor, and how it is guessed.
struct Slot {
    /// The chance that a draw falls on it.
    tickets: f64,
    /// The wrong share that costs as much as not computing it saves.
    price: f64,
    /// By element of an item.
    free: Vec<Guess>,
    parts: Vec<Part>,
}

/// How often a guess was right where it was learnt, and where it is tried.
struct Guess {
    learnt: f64,
    right: f64,
}

impl Slot {
    fn new(target: Target<'_>, shards: [&[Known]; 2], slot: usize, items: usize) -> Self {
        let id = target.manifest.committed()[slot].0;
        let shape = target.manifest.descriptor(id).ty.shape;
        let items = if shape.dims().first() == Some(&(items as u32)) { items } else { 1 };
        let item = shape.elements() as usize / items;
        let channels = shape.dims().last().map_or(1, |last| *last as usize);
        let of = |known: &'_ [Known]| -> Vec<Vec<i64>> {
            known.iter().flat_map(|known| known.values[id.0 as usize].chunks(item).map(<[i64]>::to_vec)).collect()
        };
        let (modes, free): (Vec<i64>, Vec<Guess>) = free(shards.map(of), item, channels).into_iter().unzip();
        let mut alone = vec![0.0; target.manifest.header.committed as usize];
        alone[slot] = 1.0;
        let tickets = target.tickets(slot);
        let price = target.spared(&alone) * target.delta() / tickets.max(f64::MIN_POSITIVE);
        Self { tickets, price, free, parts: parts(target.manifest, id, shards, item, &modes) }
    }

    /// The shares of it that are not computed, and that are wrong.
    fn guessed(&self, way: Way, sure: Sure) -> (f64, f64) {
        let is_sure = |learnt: f64, saves: f64| match sure {
            Sure::Rate(rate) => learnt >= rate,
            Sure::Pays => 1.0 - learnt < self.price * saves,
        };
        let is_free = |guess: &Guess| way.free && is_sure(guess.learnt, 1.0);
        let elements = self.free.len().max(1) as f64;
        let (mut saved, mut wrong) = (0.0, 0.0);
        for guess in self.free.iter().filter(|guess| is_free(guess)) {
            saved += 1.0 / elements;
            wrong += (1.0 - guess.right) / elements;
        }
        let Some(number) = way.part else { return (saved, wrong) };
        let Some(part) = self.parts.get(number) else { return (0.0, 0.0) };
        let all = part.tried.len().max(1) as f64;
        for tried in &part.tried {
            if is_sure(part.learnt[tried.class], part.saves) && !is_free(&self.free[tried.place]) {
                saved += part.saves / all;
                wrong += f64::from(u8::from(!tried.is_right)) / all;
            }
        }
        (saved, wrong)
    }
}

/// By element of an item: its most frequent value; and how often that, or the value of the element before it in its channel
/// is right, whichever is right more often where it is learnt.
fn free([learnt, tried]: [Vec<Vec<i64>>; 2], item: usize, channels: usize) -> Vec<(i64, Guess)> {
    let share = |items: &[Vec<i64>], is_right: &dyn Fn(&[i64]) -> bool| {
        items.iter().filter(|item| is_right(item)).count() as f64 / items.len().max(1) as f64
    };
    let guess = |element: usize| {
        let mut values = BTreeMap::<i64, usize>::new();
        learnt.iter().for_each(|item| *values.entry(item[element]).or_default() += 1);
        let most = values.into_iter().max_by_key(|(_, count)| *count).map_or(0, |(value, _)| value);
        let by_value = |item: &[i64]| item[element] == most;
        let by_neighbour = |item: &[i64]| element.checked_sub(channels).is_some_and(|at| item[element] == item[at]);
        let (value, neighbour) = (share(&learnt, &by_value), share(&learnt, &by_neighbour));
        let guess = if value >= neighbour {
            Guess { learnt: value, right: share(&tried, &by_value) }
        } else {
            Guess { learnt: neighbour, right: share(&tried, &by_neighbour) }
        };
        (most, guess)
    };
    (0..item).map(guess).collect()
}
