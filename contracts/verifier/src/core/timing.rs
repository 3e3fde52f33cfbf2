//! When an attestation is drawn, until when it is opened, and what follows.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Addr;
use tequio_protocol::{
    Deadline, Moment,
    verifier::{Beacon, Mismatch, Terms, Verdict},
};

/// Blocks from an attestation to the block whose time decides its round: block time can be behind real time, but not
/// two blocks later.
pub const BLOCKS: u64 = 2;

/// The round an attestation is drawn from, and what its arrival sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    pub round: u64,
    pub due: u64,
    /// Until when the round's arrival counts.
    pub limit: Deadline,
    /// Until when to open, once the round has arrived in time.
    pub deadline: Option<Deadline>,
}

impl Timing {
    /// The round for an attestation whose clock, [`BLOCKS`] later, read `clock`. A sum beyond the last number is
    /// never reached, which is what saturating makes of it.
    pub fn new(terms: &Terms, beacon: &Beacon, clock: Moment) -> Self {
        let round = beacon.round_after(clock.time.saturating_add(terms.delay.into()));
        let due = beacon.time_of(round);
        let limit = window(terms, Moment { time: due, ..clock }, terms.void_after);
        Self { round, due, limit, deadline: None }
    }

    /// The round was stored at `stored`, which counts if that was in time.
    pub fn arrived(mut self, terms: &Terms, stored: Moment) -> Self {
        self.deadline = (!self.limit.over(&stored)).then(|| window(terms, stored, terms.open_window));
        self
    }
}

fn window(terms: &Terms, since: Moment, seconds: u32) -> Deadline {
    Deadline { since, seconds, blocks: terms.blocks }
}

/// What openings have shown.
#[cw_serde]
#[derive(Eq, Default)]
pub struct Progress {
    /// Draws opened so far, the false one included.
    pub opened: u32,
    pub finding: Finding,
}

#[cw_serde]
#[derive(Eq, Default)]
pub enum Finding {
    #[default]
    Open,
    /// All draws agreed; the last was opened then.
    Genuine(Moment),
    False(Mismatch),
    /// Somebody showed what is wrong.
    Refuted {
        by: Addr,
        wrong: Mismatch,
    },
}

/// The answer now. `timing` is `None` while the clock has not moved on.
pub fn verdict(finding: &Finding, terms: &Terms, timing: Option<&Timing>, now: &Moment) -> Verdict {
    match *finding {
        Finding::False(mismatch) => Verdict::False(mismatch),
        Finding::Refuted { ref by, wrong } => Verdict::Refuted { by: by.to_string(), wrong },
        // A window of 0 seconds is none, and waits for no blocks.
        Finding::Genuine(_) if terms.audit_window == 0 => Verdict::Genuine {},
        Finding::Genuine(since) => match window(terms, since, terms.audit_window) {
            until if until.over(now) => Verdict::Genuine {},
            until => Verdict::GenuineSoFar { until },
        },
        Finding::Open => match timing {
            Some(Timing { deadline: Some(deadline), .. }) if deadline.over(now) => Verdict::Lapsed {},
            Some(Timing { deadline: None, limit, .. }) if limit.over(now) => Verdict::Void {},
            _ => Verdict::Pending {},
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMS: Terms = Terms { delay: 30, open_window: 600, void_after: 86_400, audit_window: 60, blocks: 100 };

    fn beacon() -> Beacon {
        Beacon { public_key: vec![].into(), genesis: 1_000, period: 3 }
    }

    fn moment(time: u64, block: u64) -> Moment {
        Moment { time, block }
    }

    fn timing(clock: u64) -> Timing {
        Timing::new(&TERMS, &beacon(), moment(clock, 10))
    }

    #[test]
    fn the_round_is_strictly_later_than_clock_and_delay() {
        for clock in 2_000..2_010 {
            let timing = timing(clock);
            assert!(timing.due > clock + 30 && timing.due <= clock + 33, "{timing:?}");
            assert_eq!(beacon().time_of(timing.round), timing.due);
        }
    }

    #[test]
    fn a_beacon_that_has_not_begun_gives_its_first_round() {
        assert_eq!((timing(5).round, timing(5).due), (1, 1_000));
    }

    #[test]
    fn a_round_counts_up_to_its_limit() {
        let (absent, last) = (timing(2_000), timing(2_000).due + 86_400);
        for (stored, counts) in [
            (moment(last, 10_000), true),
            (moment(last + 1, 109), true),
            (moment(last + 1, 110), false),
            (moment(u64::MAX, 109), true),
        ] {
            let deadline = Deadline { since: stored, seconds: 600, blocks: 100 };
            assert_eq!(absent.arrived(&TERMS, stored).deadline, counts.then_some(deadline), "{stored}");
        }
    }

    #[test]
    fn verdicts_by_time_and_blocks() {
        let absent = timing(2_000);
        let due = absent.due;
        let arrived = absent.arrived(&TERMS, moment(due, 20));
        let open = Finding::Open;
        let table = [
            (None, moment(u64::MAX, u64::MAX), Verdict::Pending {}),
            (Some(&absent), moment(due + 86_400, 110), Verdict::Pending {}),
            (Some(&absent), moment(due + 86_401, 109), Verdict::Pending {}),
            (Some(&absent), moment(due + 86_401, 110), Verdict::Void {}),
            (Some(&arrived), moment(due + 600, 120), Verdict::Pending {}),
            (Some(&arrived), moment(due + 601, 119), Verdict::Pending {}),
            (Some(&arrived), moment(due + 601, 120), Verdict::Lapsed {}),
            (Some(&arrived), moment(due + 86_401, 120), Verdict::Lapsed {}),
        ];
        for (timing, now, expected) in table {
            assert_eq!(verdict(&open, &TERMS, timing, &now), expected, "{timing:?} at {now}");
        }
    }

    #[test]
    fn genuine_so_far_until_the_audit_window_is_over() {
        let since = moment(2_000, 20);
        let until = Deadline { since, seconds: 60, blocks: 100 };
        for (now, expected) in [
            (moment(2_060, 120), Verdict::GenuineSoFar { until }),
            (moment(2_061, 119), Verdict::GenuineSoFar { until }),
            (moment(2_061, 120), Verdict::Genuine {}),
        ] {
            assert_eq!(verdict(&Finding::Genuine(since), &TERMS, None, &now), expected, "{now}");
        }
        let none = Terms { audit_window: 0, ..TERMS };
        assert_eq!(verdict(&Finding::Genuine(since), &none, None, &since), Verdict::Genuine {});
    }

    #[test]
    fn sums_beyond_the_last_number_are_never_reached() {
        let forever = Terms { delay: u32::MAX, open_window: u32::MAX, void_after: u32::MAX, ..TERMS };
        let timing = Timing::new(&forever, &beacon(), moment(u64::MAX, 0));
        let end = moment(u64::MAX, u64::MAX);
        assert_eq!(verdict(&Finding::Open, &forever, Some(&timing), &end), Verdict::Pending {});
    }
}
