//! How much of a free range an assignment takes.

/// What an assignment asks of any one range.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    /// Most shards that it takes: asked, and left to its provider.
    pub count: u64,
    /// Most that the job leaves to any one provider.
    pub cap: u64,
    /// The job's smallest assignment.
    pub least: u64,
}

impl Ask {
    /// Most of a range of `range` shards that it takes, 0 if it can take none: the whole, or at least `least` shards that
    /// leave as many, so that ranges do not crumble. A range that no one provider may take whole, too small to be cut
    /// in two such parts, is cut all the same: somebody must take it.
    pub fn most(&self, range: u64) -> u64 {
        if self.count >= range {
            return range;
        }
        let in_two = self.least.saturating_mul(2) <= range;
        let left = if !in_two && range > self.cap { 0 } else { self.least };
        let most = self.count.min(range.saturating_sub(left));
        if most < self.least { 0 } else { most }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_or_two_parts_that_are_not_too_small() {
        let most = |count, range| Ask { count, cap: 100, least: 4 }.most(range);
        for (range, whole) in [(1, 1), (3, 3), (4, 4), (7, 7), (8, 8), (50, 50)] {
            assert_eq!((most(range, range), most(u64::MAX, range)), (whole, whole));
        }
        // (asked, of, taken)
        for (count, range, taken) in [
            (3, 50, 0),
            (4, 50, 4),
            (46, 50, 46),
            (47, 50, 46),
            (49, 50, 46),
            (4, 8, 4),
            (7, 8, 4),
            (4, 7, 0),
            (6, 7, 0),
            (3, 4, 0),
            (2, 3, 0),
        ] {
            assert_eq!(most(count, range), taken, "{count} of {range}");
        }
        assert_eq!(Ask { count: 1, cap: u64::MAX, least: 1 }.most(u64::MAX), 1);
        assert_eq!(Ask { count: 9, cap: u64::MAX, least: u64::MAX }.most(10), 0);
    }

    #[test]
    fn no_range_is_out_of_everyones_reach_and_nothing_crumbles() {
        for cap in 1..12 {
            for (least, range) in (1..=cap).flat_map(|least| (1..40).map(move |range| (least, range))) {
                let whole = Ask { count: cap, cap, least }.most(range);
                assert!(whole > 0, "a newcomer takes nothing of {range}: cap {cap}, least {least}");
                for count in 1..=cap {
                    let most = Ask { count, cap, least }.most(range);
                    let left = range - most;
                    assert!(most <= count && (most == 0 || most == range || most >= least));
                    let crumbles = most > 0 && left > 0 && left < least;
                    assert!(!crumbles || (range > cap && range < 2 * least), "{most} of {range}: {cap}, {least}");
                }
            }
        }
    }
}
