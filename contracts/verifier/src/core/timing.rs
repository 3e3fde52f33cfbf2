//! When an attestation is drawn, until when it is opened, and what follows.

use cosmwasm_schema::cw_serde;
use tequio_protocol::{
    BeaconId,
    verifier::{Beacon, Config, Mismatch, Verdict},
};

/// Blocks from an attestation to the block whose time decides its round: block time can be behind real time, but not
/// two blocks later.
pub const BLOCKS: u64 = 2;

/// What an attestation keeps of beacon and config, so that later changes do not touch it.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Windows {
    pub beacon: BeaconId,
    pub delay: u64,
    pub open_window: u64,
    pub void_after: u64,
}

impl Windows {
    pub fn new(beacon: BeaconId, config: &Config) -> Self {
        Self { beacon, delay: config.delay, open_window: config.open_window, void_after: config.void_after }
    }
}

/// The round an attestation is drawn from, and what its arrival sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    pub round: u64,
    pub due: u64,
    /// Last moment at which the round's arrival counts.
    pub limit: u64,
    /// Last moment to open, once the round has arrived in time.
    pub deadline: Option<u64>,
}

impl Timing {
    /// The round for an attestation whose clock, [`BLOCKS`] later, read `clock`. A sum beyond the last number is
    /// never reached, which is what saturating makes of it.
    pub fn new(windows: &Windows, beacon: &Beacon, clock: u64) -> Self {
        let round = beacon.round_after(clock.saturating_add(windows.delay));
        let due = beacon.time_of(round);
        Self { round, due, limit: due.saturating_add(windows.void_after), deadline: None }
    }

    /// The round was stored at `stored`, which counts if that was in time.
    pub fn arrived(mut self, windows: &Windows, stored: u64) -> Self {
        if stored <= self.limit {
            self.deadline = Some(stored.saturating_add(windows.open_window));
        }
        self
    }
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
    Genuine,
    False(Mismatch),
}

impl Finding {
    /// The answer as long as no time limit has passed.
    pub fn verdict(&self) -> Verdict {
        match *self {
            Self::Open => Verdict::Pending {},
            Self::Genuine => Verdict::Genuine {},
            Self::False(mismatch) => Verdict::False(mismatch),
        }
    }
}

/// The answer at time `now`. `timing` is `None` while the clock has not moved on.
pub fn verdict(finding: &Finding, timing: Option<&Timing>, now: u64) -> Verdict {
    let Some(timing) = timing.filter(|_| *finding == Finding::Open) else {
        return finding.verdict();
    };
    match timing.deadline {
        Some(deadline) if now > deadline => Verdict::Lapsed {},
        None if now > timing.limit => Verdict::Void {},
        _ => Verdict::Pending {},
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOWS: Windows = Windows { beacon: BeaconId(1), delay: 30, open_window: 600, void_after: 86_400 };

    fn beacon() -> Beacon {
        Beacon { public_key: vec![].into(), genesis: 1_000, period: 3 }
    }

    #[test]
    fn the_round_is_strictly_later_than_clock_and_delay() {
        for clock in 2_000..2_010 {
            let timing = Timing::new(&WINDOWS, &beacon(), clock);
            assert!(timing.due > clock + 30 && timing.due <= clock + 33, "{timing:?}");
            assert_eq!(beacon().time_of(timing.round), timing.due);
        }
    }

    #[test]
    fn a_beacon_that_has_not_begun_gives_its_first_round() {
        let timing = Timing::new(&WINDOWS, &beacon(), 5);
        assert_eq!((timing.round, timing.due), (1, 1_000));
    }

    #[test]
    fn a_round_counts_up_to_its_limit() {
        let timing = Timing::new(&WINDOWS, &beacon(), 2_000);
        assert_eq!(timing.arrived(&WINDOWS, timing.limit).deadline, Some(timing.limit + 600));
        assert_eq!(timing.arrived(&WINDOWS, timing.limit + 1).deadline, None);
    }

    #[test]
    fn verdicts_by_time() {
        let absent = Timing::new(&WINDOWS, &beacon(), 2_000);
        let arrived = absent.arrived(&WINDOWS, absent.due);
        let deadline = absent.due + 600;
        let open = Finding::Open;
        let table = [
            (None, u64::MAX, Verdict::Pending {}),
            (Some(&absent), absent.limit, Verdict::Pending {}),
            (Some(&absent), absent.limit + 1, Verdict::Void {}),
            (Some(&arrived), deadline, Verdict::Pending {}),
            (Some(&arrived), deadline + 1, Verdict::Lapsed {}),
            (Some(&arrived), absent.limit + 1, Verdict::Lapsed {}),
        ];
        for (timing, now, expected) in table {
            assert_eq!(verdict(&open, timing, now), expected, "{timing:?} at {now}");
            assert_eq!(verdict(&Finding::Genuine, timing, now), Verdict::Genuine {});
        }
    }

    #[test]
    fn sums_beyond_the_last_number_are_never_reached() {
        let forever = Windows { delay: u64::MAX, open_window: u64::MAX, void_after: u64::MAX, ..WINDOWS };
        let timing = Timing::new(&forever, &beacon(), u64::MAX);
        assert_eq!(verdict(&Finding::Open, Some(&timing), u64::MAX), Verdict::Pending {});
    }
}
