//! What AVX2 does faster than portable code; the only unsafe code of the runner.
#![allow(unsafe_code)]

mod depthwise;
mod gemm;
mod scale;

/// Proof that this machine has AVX2.
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx2(());

impl Avx2 {
    pub fn detect() -> Option<Self> {
        is_x86_feature_detected!("avx2").then_some(Self(()))
    }

    /// Runs `work` compiled for AVX2: everything inlined into it may use the wider instructions.
    #[inline]
    pub fn with<T>(self, work: impl FnOnce() -> T) -> T {
        // SAFETY: `self` proves that the machine has AVX2.
        unsafe { with_avx2(work) }
    }
}

#[target_feature(enable = "avx2")]
fn with_avx2<T>(work: impl FnOnce() -> T) -> T {
    work()
}
