//! Values by number.

/// Open addressing by multiples of 2³² ÷ the golden ratio: numbers at equal steps, as those that a check asks for are, do
/// not come close together unless a step is above 2³¹ ÷ their number.
pub(crate) struct Table<T> {
    /// A power of two of them, at most half of them taken.
    slots: Vec<Option<(u32, T)>>,
    len: usize,
}

/// 2³² ÷ the golden ratio, odd.
const STEP: u32 = 0x9e37_79b1;
/// Slots of the first value.
const LEAST: usize = 4;

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { slots: Vec::new(), len: 0 }
    }
}

impl<T> Table<T> {
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
        let mut place = (u64::from(number.wrapping_mul(STEP)).wrapping_mul(self.slots.len() as u64) >> 32) as usize;
        while let Some(Some((other, _))) = self.slots.get(place)
            && *other != number
        {
            place = place.wrapping_add(1) & last;
        }
        place
    }
}
