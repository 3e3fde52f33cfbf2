//! Moments, and deadlines in seconds *and* blocks: a halt or an upgrade of the chain makes nobody late.

use std::fmt;

use cosmwasm_schema::cw_serde;

/// A block, as the verifier's clock counts it.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Moment {
    /// Block time.
    pub time: u64,
    /// The height; and where heights began anew, as after an export to height 0, what was counted before and the new
    /// height. So it does not fall, and a deadline that is over stays over. (Of the blocks before an export those count
    /// that a message to the verifier recorded.)
    pub block: u64,
}

/// The end of a window that began at `since`: over once more than `seconds` have passed and `blocks` have been made.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Deadline {
    pub since: Moment,
    pub seconds: u32,
    pub blocks: u32,
}

impl Deadline {
    /// The last second that can be in the window. A sum beyond the last number is never reached, which is what saturating
    /// makes of it.
    pub fn time(&self) -> u64 {
        self.since.time.saturating_add(self.seconds.into())
    }

    /// The block that must be reached.
    pub fn block(&self) -> u64 {
        self.since.block.saturating_add(self.blocks.into())
    }

    /// Whether its blocks have been made by `now`.
    fn made(&self, now: &Moment) -> bool {
        now.block.saturating_sub(self.since.block) >= self.blocks.into()
    }

    pub fn over(&self, now: &Moment) -> bool {
        now.time > self.time() && self.made(now)
    }
}

impl fmt::Display for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} and block {}", self.time(), self.block())
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in block {}", self.time, self.block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_over_after_its_seconds_and_its_blocks() {
        let deadline = Deadline { since: Moment { time: 1_000, block: 50 }, seconds: 600, blocks: 100 };
        for (time, block, over) in [
            (1_600, 150, false),
            (1_601, 149, false),
            (1_601, 150, true),
            (u64::MAX, 149, false),
            (0, u64::MAX, false),
            (u64::MAX, 0, false),
        ] {
            let now = Moment { time, block };
            assert_eq!(deadline.over(&now), over, "{now}");
        }
        assert_eq!(deadline.to_string(), "1600 and block 150");
    }

    #[test]
    fn sums_beyond_the_last_number_are_never_reached() {
        let deadline = Deadline { since: Moment { time: u64::MAX, block: 0 }, seconds: u32::MAX, blocks: 0 };
        assert!(!deadline.over(&Moment { time: u64::MAX, block: u64::MAX }));
    }
}
