//! Moments, and deadlines in seconds *and* blocks: a halt or an upgrade of the chain makes nobody late.

use std::fmt;

use cosmwasm_schema::cw_serde;

/// A block, as the verifier's clock knows it.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Moment {
    /// Block time.
    pub time: u64,
    /// How often the chain's heights were seen to begin anew, as after an export to height 0.
    pub generation: u32,
    pub height: u64,
}

impl Moment {
    /// Blocks made since `then`. If heights began anew meanwhile, at least as many as there are.
    pub fn blocks_since(&self, then: &Self) -> u64 {
        if self.generation == then.generation { self.height.saturating_sub(then.height) } else { self.height }
    }
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

    /// Whether its blocks have been made by `now`.
    fn made(&self, now: &Moment) -> bool {
        now.blocks_since(&self.since) >= self.blocks.into()
    }

    pub fn over(&self, now: &Moment) -> bool {
        now.time > self.time() && self.made(now)
    }
}

impl fmt::Display for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} and {} blocks after {}", self.time(), self.blocks, self.since.height)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at height {}", self.time, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(time: u64, generation: u32, height: u64) -> Moment {
        Moment { time, generation, height }
    }

    #[test]
    fn a_deadline_is_over_after_its_seconds_and_its_blocks() {
        let deadline = Deadline { since: moment(1_000, 0, 50), seconds: 600, blocks: 100 };
        for (now, over) in [
            (moment(1_600, 0, 150), false),
            (moment(1_601, 0, 149), false),
            (moment(1_601, 0, 150), true),
            (moment(u64::MAX, 0, 149), false),
            (moment(0, 0, u64::MAX), false),
        ] {
            assert_eq!(deadline.over(&now), over, "{now}");
        }
    }

    #[test]
    fn after_heights_began_anew_the_new_height_counts() {
        let deadline = Deadline { since: moment(1_000, 0, 5_000), seconds: 600, blocks: 100 };
        assert!(!deadline.over(&moment(2_000, 1, 99)));
        assert!(deadline.over(&moment(2_000, 1, 100)));
        assert!(deadline.over(&moment(2_000, 1, 5_000)));
        assert!(deadline.over(&moment(2_000, 2, 100)));
    }

    #[test]
    fn sums_beyond_the_last_number_are_never_reached() {
        let deadline = Deadline { since: moment(u64::MAX, 0, 0), seconds: u32::MAX, blocks: 0 };
        assert!(!deadline.over(&moment(u64::MAX, 0, u64::MAX)));
    }
}
