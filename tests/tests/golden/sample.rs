//! Some value of every type that a field has here. No two numbers of one value are the same.

use std::cell::Cell;

thread_local!(static LAST: Cell<u8> = const { Cell::new(0) });

/// Begins to count anew.
pub fn fresh() {
    LAST.set(0);
}

fn next() -> u8 {
    LAST.set(LAST.get() + 1);
    LAST.get()
}

pub trait Sample {
    fn sample() -> Self;
}

macro_rules! samples {
    ($($ty:ty: $value:expr),* $(,)?) => {
        $(impl Sample for $ty {
            fn sample() -> Self {
                $value
            }
        })*
    };
}

samples! {
    u8: next(),
    u32: next().into(),
    u64: next().into(),
    usize: next().into(),
    i64: -i64::from(next()),
    &'static str: "word",
}
