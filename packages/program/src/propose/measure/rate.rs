//! Shares as plans have them.

/// In 1/65,536, rounded up, below 1.
pub fn rate(part: usize, whole: usize) -> u16 {
    let rate = ((part as u64) << 16).div_ceil(whole.max(1) as u64);
    u16::try_from(rate).unwrap_or(u16::MAX)
}
