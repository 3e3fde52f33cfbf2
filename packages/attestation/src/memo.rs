//! What a check asks for again and again, found in a few steps: elements of virtual tensors that it computed.
//!
//! On a chain a branch costs as much as 14 other instructions, so there are few.

use tequio_tensor::DType;

use crate::table::Table;

/// Elements of a virtual tensor, side by side in pages, as leaves have them.
pub(crate) struct Memo {
    dtype: DType,
    /// Elements of a page are 2 to the power of this.
    page_log2: u32,
    pages: Table<Box<Page>>,
}

struct Page {
    /// A bit for each element that is there.
    there: u64,
    /// Their bytes.
    bytes: [u8; PAGE],
}

/// Bytes of a page.
const PAGE: usize = 64;

impl Memo {
    /// Of a tensor of this type; the key is that of its [`Table`].
    pub fn new(dtype: DType, key: u32) -> Self {
        Self { dtype, page_log2: (PAGE / dtype.bytes()).ilog2(), pages: Table::new(key) }
    }

    /// With the memory.
    pub fn clear(&mut self) {
        self.pages.clear();
    }

    /// The bytes from an element's on, and how many are there from it on without a gap; none where it isn't.
    #[inline(always)]
    pub fn run(&self, index: u32) -> (&[u8], u32) {
        let (page, at) = self.split(index);
        let Some(page) = self.pages.get(page) else { return (&[], 0) };
        let from = (at as usize).wrapping_mul(self.dtype.bytes());
        (page.bytes.get(from..).unwrap_or_default(), page.there.wrapping_shr(at).trailing_ones())
    }

    pub fn insert(&mut self, index: u32, value: i64) {
        let (number, at) = self.split(index);
        let new = || Box::new(Page { there: 0, bytes: [0; PAGE] });
        let Some(page) = self.pages.entry(number, new) else { return };
        page.there |= 1u64.wrapping_shl(at);
        let from = (at as usize).wrapping_mul(self.dtype.bytes());
        let bytes = page.bytes.get_mut(from..).unwrap_or_default();
        for (byte, of) in bytes.iter_mut().zip(self.dtype.write(value)) {
            *byte = of;
        }
    }

    /// Its page, and where it is in it.
    fn split(&self, index: u32) -> (u32, u32) {
        (index.wrapping_shr(self.page_log2), index & 1u32.wrapping_shl(self.page_log2).wrapping_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use tequio_tensor::DType;

    use super::Memo;

    #[test]
    fn what_was_put_in_is_found_at_any_step() {
        for dtype in DType::ALL {
            for step in [1, 2, 3, 64, 1 << 10, 46_368, 75_025, 121_393, (1 << 14) - 1] {
                let mut memo = Memo::new(dtype, 7);
                let value = |index: u32| dtype.wrap(-i64::from(index) * 7);
                let get = |memo: &Memo, index| {
                    let (bytes, count) = memo.run(index);
                    (count > 0).then(|| dtype.read(bytes))
                };
                let all = || (0..1 << 16).map(|at: u64| at * step).take_while(|at| *at < 1 << 31).map(|at| at as u32);
                for index in all() {
                    assert_eq!(get(&memo, index), None);
                    memo.insert(index, value(index));
                }
                for index in all() {
                    assert_eq!(get(&memo, index), Some(value(index)));
                    assert_eq!(get(&memo, index + 1).is_some(), step == 1 && index + 1 < 1 << 16);
                }
            }
        }
    }

    #[test]
    fn a_run_ends_at_a_gap_and_at_a_page() {
        let mut memo = Memo::new(DType::I32, 7);
        for index in [3, 4, 5, 7, 15, 16] {
            memo.insert(index, index.into());
        }
        for (index, run) in [(2, 0), (3, 3), (4, 2), (5, 1), (6, 0), (7, 1), (15, 1), (16, 1), (17, 0)] {
            assert_eq!(memo.run(index).1, run, "{index}");
        }
    }
}
