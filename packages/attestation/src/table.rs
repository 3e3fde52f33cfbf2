//! Values by number.

/// Open addressing. Who writes a program chooses the numbers that its checks ask for, all of them: so where they go depends
/// on a key that they don't know.
pub(crate) struct Table<T> {
    key: u32,
    /// A power of two of them, at most half of them taken.
    slots: Vec<Option<(u32, T)>>,
    len: usize,
}

/// Slots of the first value.
const LEAST: usize = 4;

impl<T> Table<T> {
    pub fn new(key: u32) -> Self {
        Self { key, slots: Vec::new(), len: 0 }
    }

    /// With the memory.
    pub fn clear(&mut self) {
        *self = Self::new(self.key);
    }

    #[inline(always)]
    pub fn get(&self, number: u32) -> Option<&T> {
        match self.slots.get(self.place(number)) {
            Some(Some((_, value))) => Some(value),
            _ => None,
        }
    }

    /// The value of a number, made if there is none.
    pub fn entry(&mut self, number: u32, make: impl FnOnce() -> T) -> Option<&mut T> {
        let mut place = self.place(number);
        if !matches!(self.slots.get(place), Some(Some(_))) {
            place = self.add(number, make());
        }
        self.slots.get_mut(place)?.as_mut().map(|(_, value)| value)
    }

    #[inline(never)]
    fn add(&mut self, number: u32, value: T) -> usize {
        if self.len * 2 >= self.slots.len() {
            let more = (self.slots.len() * 2).max(LEAST);
            let old = core::mem::replace(&mut self.slots, core::iter::repeat_with(|| None).take(more).collect());
            for slot in old.into_iter().flatten() {
                let place = self.place(slot.0);
                self.slots[place] = Some(slot);
            }
        }
        let place = self.place(number);
        self.slots[place] = Some((number, value));
        self.len += 1;
        place
    }

    /// Where a number is or would be.
    #[inline(always)]
    fn place(&self, number: u32) -> usize {
        let last = self.slots.len().wrapping_sub(1);
        let mut place = self.home(number);
        while let Some(Some((other, _))) = self.slots.get(place)
            && *other != number
        {
            place = place.wrapping_add(1) & last;
        }
        place
    }

    /// Where it is if nothing else came there before: every bit of number and key changes that.
    #[inline(always)]
    fn home(&self, number: u32) -> usize {
        let mut mixed = (number ^ self.key).wrapping_mul(0x85eb_ca6b);
        mixed ^= mixed >> 15;
        mixed = mixed.wrapping_mul(0x9e37_79b1);
        mixed ^= mixed >> 13;
        mixed = mixed.wrapping_mul(0xc2b2_ae35);
        (u64::from(mixed).wrapping_mul(self.slots.len() as u64) >> 32) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    /// Steps between leaves, or pages, along an axis; numbers of Fibonacci's come close together where all that is done to
    /// them is to multiply by the golden ratio.
    #[test]
    fn numbers_at_equal_steps_do_not_come_close_together() {
        for key in [0, 1, 0x1234_5678, u32::MAX] {
            for step in
                [1, 2, 3, 64, 1 << 10, 1 << 15, 4_181, 6_765, 10_946, 28_657, 46_368, 75_025, 121_393, (1 << 14) - 1]
            {
                for many in [550u32, 1_000, 4_000, 32_000] {
                    let mut table = Table::new(key);
                    let numbers = || (0..many).map(|at| at.wrapping_mul(step));
                    numbers().for_each(|number| *table.entry(number, || 0).unwrap() = number);
                    assert_eq!(table.len, many as usize);
                    let (mut probes, mut longest) = (0, 0);
                    for number in numbers() {
                        assert_eq!(table.get(number), Some(&number));
                        let steps = table.place(number).wrapping_sub(table.home(number)) & (table.slots.len() - 1);
                        (probes, longest) = (probes + steps, longest.max(steps));
                    }
                    assert!(probes < many as usize && longest < 100, "{key} {step} {many}: {probes} {longest}");
                }
            }
        }
    }
}
