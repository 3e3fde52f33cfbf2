//! Values of a virtual tensor's elements, found again in a few steps: a check that computes several layers asks for each
//! many times.

/// Open addressing by multiples of 2³² ÷ the golden ratio. Elements that a check reads lie at equal steps along axes, and
/// no step below 2³¹ ÷ their number brings many of them close together.
#[derive(Default)]
pub(crate) struct Memo {
    /// Index + 1 and value; 0 where there is none. A power of two of them, at most half of them taken.
    slots: Vec<(u32, i64)>,
    len: usize,
}

/// 2³² ÷ the golden ratio, odd.
const STEP: u32 = 0x9e37_79b1;
/// Slots of the first element.
const LEAST: usize = 16;

impl Memo {
    pub fn get(&self, index: u32) -> Option<i64> {
        let (key, value) = *self.slots.get(self.place(index))?;
        (key != 0).then_some(value)
    }

    /// Of an element that isn't there.
    pub fn insert(&mut self, index: u32, value: i64) {
        if self.len * 2 >= self.slots.len() {
            let more = vec![(0, 0); (self.slots.len() * 2).max(LEAST)];
            let old = core::mem::replace(&mut self.slots, more);
            for (key, value) in old.into_iter().filter(|(key, _)| *key != 0) {
                let place = self.place(key - 1);
                self.slots[place] = (key, value);
            }
        }
        let place = self.place(index);
        self.slots[place] = (index.wrapping_add(1), value);
        self.len += 1;
    }

    /// Where an element is or would be.
    fn place(&self, index: u32) -> usize {
        let last = self.slots.len().wrapping_sub(1);
        let mut place = ((u64::from(index.wrapping_mul(STEP)) * self.slots.len() as u64) >> 32) as usize;
        while let Some((key, _)) = self.slots.get(place)
            && *key != 0
            && *key != index.wrapping_add(1)
        {
            place = (place + 1) & last;
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::Memo;

    #[test]
    fn what_was_put_in_is_found_at_any_step() {
        for step in [1, 2, 3, 64, 1 << 10, 46_368, 75_025, 121_393, (1 << 14) - 1] {
            let mut memo = Memo::default();
            let value = |index: u32| -i64::from(index) * 7;
            let all = || (0..1 << 17).map(|at: u64| at * step).take_while(|at| *at < 1 << 31).map(|at| at as u32);
            for index in all() {
                assert_eq!(memo.get(index), None);
                memo.insert(index, value(index));
            }
            for index in all() {
                assert_eq!(memo.get(index), Some(value(index)));
                assert_eq!(memo.get(index + 1).is_some(), step == 1 && index + 1 < 1 << 17);
            }
        }
    }
}
