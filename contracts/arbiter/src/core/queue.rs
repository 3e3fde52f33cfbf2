//! When a demand is due, and how far demands may hold an attestation.

use cosmwasm_schema::cw_serde;
use tequio_protocol::{
    Deadline, Moment,
    arbiter::{MAX_DELIVERY, Queue},
    verifier::{Arbitration, Terms, blocks_of, longest_hold},
};

use crate::core::error::CoreError;

/// What demands have made of one attestation.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Case {
    /// The end of its audit window.
    pub window: Deadline,
    /// When the last of the principal's demands is due.
    pub principal: Option<Deadline>,
    /// When the last of everybody else's is.
    pub public: Option<Deadline>,
    /// Seconds that delivering outputs adds to the longest hold.
    pub delivery: u64,
    /// The turn after the last reveal.
    pub turn: Option<Deadline>,
}

impl Case {
    /// Of an attestation of which nothing was demanded yet.
    pub fn new(window: Deadline) -> Self {
        Self { window, principal: None, public: None, delivery: 0, turn: None }
    }

    /// Puts one more demand into a queue, whose outputs, if it is for some, take `delivery` seconds. When it is due.
    pub fn demand(
        &mut self,
        terms: &Terms,
        arbitration: &Arbitration,
        queue: Queue,
        delivery: u64,
        now: Moment,
    ) -> Result<Deadline, CoreError> {
        self.delivery = self.delivery.saturating_add(delivery);
        if self.delivery > MAX_DELIVERY {
            return Err(CoreError::DeliveryTooLong { seconds: self.delivery, max: MAX_DELIVERY });
        }
        let last = match queue {
            Queue::Principal => &mut self.principal,
            Queue::Public => &mut self.public,
        };
        let blocks = |seconds: u64| blocks_of(terms, arbitration, seconds);
        let (window, spacing) = (u64::from(arbitration.answer_window), u64::from(arbitration.spacing));
        // One after another, the spacing apart, and never sooner than the answer window from now.
        let after = |now: u64, window: u64, last: Option<u64>, spacing: u64| {
            let soonest = now.saturating_add(window);
            last.map_or(soonest, |last| soonest.max(last.saturating_add(spacing)))
        };
        let time = after(now.time, window, last.map(|last| last.time()), spacing).saturating_add(delivery);
        let last_block = last.map(|last| last.block());
        let block = after(now.block, blocks(window), last_block, blocks(spacing)).saturating_add(blocks(delivery));

        let hold = u64::from(arbitration.longest_hold).saturating_add(self.delivery);
        let limit = Moment {
            time: self.window.time().saturating_add(hold),
            block: self.window.block().saturating_add(blocks(hold)),
        };
        let turn = time.saturating_add(window);
        let full = CoreError::QueueFull { due: time, turn, limit: limit.time, limit_block: limit.block };
        // Beyond the hold in time and in blocks: a halt of the chain ends no walk.
        if turn > limit.time && block.saturating_add(blocks(window)) > limit.block {
            return Err(full);
        }
        let (Ok(seconds), Ok(blocks)) =
            (u32::try_from(time.saturating_sub(now.time)), u32::try_from(block.saturating_sub(now.block)))
        else {
            return Err(full);
        };
        // What the verifier would refuse to write down when it is due first: then no reveal could be taken any more.
        let most = longest_hold(terms, arbitration, self.window.since);
        if seconds > most.seconds || blocks > most.blocks || most.over(&now) {
            return Err(full);
        }
        let due = Deadline { since: now, seconds, blocks };
        *last = Some(due);
        Ok(due)
    }

    /// A demand was met: the turn that follows, in which whoever reads the answer has the next move.
    pub fn meet(&mut self, terms: &Terms, arbitration: &Arbitration, now: Moment) {
        self.turn = Some(Deadline { since: now, seconds: arbitration.answer_window, blocks: terms.blocks });
    }
}

/// Seconds that outputs of so many bytes take to deliver.
pub fn delivery(arbitration: &Arbitration, bytes: u64) -> u64 {
    bytes.div_ceil(u64::from(arbitration.rate).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMS: Terms = Terms { delay: 30, open_window: 600, void_after: 86_400, audit_window: 600, blocks: 100 };
    const WINDOW: Deadline = Deadline { since: Moment { time: 10_000, block: 1_000 }, seconds: 600, blocks: 100 };

    fn arbitration() -> Arbitration {
        Arbitration {
            arbiter: String::new(),
            principal: String::new(),
            bond: 1,
            rerun_bond: 1,
            answer_window: 300,
            spacing: 30,
            longest_hold: 6 * 630,
            rate: 1_000,
        }
    }

    fn demand(case: &mut Case, queue: Queue, delivery: u64, time: u64, block: u64) -> Result<Deadline, CoreError> {
        case.demand(&TERMS, &arbitration(), queue, delivery, Moment { time, block })
    }

    #[test]
    fn answers_are_due_one_after_another() {
        let mut case = Case::new(WINDOW);
        for nth in 0..5 {
            let due = demand(&mut case, Queue::Public, 0, 10_000, 1_000).unwrap();
            assert_eq!((due.time(), due.block()), (10_300 + 30 * nth, 1_100 + 10 * nth));
        }
        // The other queue begins for itself.
        let due = demand(&mut case, Queue::Principal, 0, 10_000, 1_000).unwrap();
        assert_eq!((due.time(), due.block()), (10_300, 1_100));
        // A queue that is behind leaves the whole window.
        let due = demand(&mut case, Queue::Public, 0, 10_500, 1_020).unwrap();
        assert_eq!((due.time(), due.block()), (10_800, 1_150), "time by the window, blocks by the queue");
    }

    #[test]
    fn outputs_extend_the_hold_by_what_they_take() {
        let mut case = Case::new(WINDOW);
        assert_eq!([0, 1, 1_000, 1_001].map(|bytes| delivery(&arbitration(), bytes)), [0, 1, 1, 2]);
        let due = demand(&mut case, Queue::Principal, 9_000, 10_600, 1_100).unwrap();
        assert_eq!((due.time(), due.block()), (19_900, 4_200));
        // A walk follows all the same.
        demand(&mut case, Queue::Principal, 0, 10_600, 1_100).unwrap();
        let most = MAX_DELIVERY - 9_000;
        let error = CoreError::DeliveryTooLong { seconds: MAX_DELIVERY + 1, max: MAX_DELIVERY };
        assert_eq!(demand(&mut case.clone(), Queue::Principal, most + 1, 10_600, 1_100), Err(error));
        demand(&mut case, Queue::Principal, most, 10_600, 1_100).unwrap();
    }

    /// At the last moment of the window: six rounds of answer, spacing and turn fit.
    #[test]
    fn a_walk_fits_at_the_end_of_the_window() {
        let (mut case, mut time, mut block) = (Case::new(WINDOW), 10_600, 1_100);
        for _ in 0..6 {
            let due = demand(&mut case, Queue::Principal, 0, time, block).unwrap();
            // Met at the last moment, and the next demand comes at the last moment of the turn.
            (time, block) = (due.time() + 300, due.block() + 100);
        }
        assert!(time <= 10_600 + arbitration().longest_hold as u64);
    }

    #[test]
    fn nothing_is_due_beyond_the_hold() {
        let (mut case, mut count) = (Case::new(WINDOW), 0);
        let refused = loop {
            match demand(&mut case, Queue::Public, 0, 10_600, 1_100) {
                Ok(due) => assert!(due.time() + 300 <= 10_600 + 3_780),
                Err(refused) => break refused,
            }
            count += 1;
        };
        // Answers and turns end by 14,380: the first is due at 10,900, the last by 14,080.
        assert_eq!(count, (14_080 - 10_900) / 30 + 1);
        let limit_block = 1_100 + 1_260;
        assert_eq!(refused, CoreError::QueueFull { due: 14_110, turn: 14_410, limit: 14_380, limit_block });
        // The principal's queue is another.
        demand(&mut case, Queue::Principal, 0, 10_600, 1_100).unwrap();
        // A halt ends no walk: blocks are left.
        demand(&mut case, Queue::Principal, 0, 900_000, 1_200).unwrap();
        assert!(demand(&mut Case::new(WINDOW), Queue::Principal, 0, 900_000, 2_300).is_err());
        assert!(demand(&mut Case::new(WINDOW), Queue::Principal, 0, u64::MAX, 1_000).is_ok());
        assert!(demand(&mut Case::new(WINDOW), Queue::Principal, 0, u64::MAX, u64::MAX).is_err());
    }

    /// Where rounding up to blocks leaves a block more than the seconds, the verifier would refuse to write a demand down
    /// once it is due first, and with it the reveal before it.
    #[test]
    fn what_the_verifier_would_not_write_down_is_not_demanded() {
        let terms = Terms { audit_window: 1, blocks: 50, ..TERMS };
        let arbitration =
            Arbitration { answer_window: 200_000, spacing: 4_000, longest_hold: 2_424_001, ..arbitration() };
        let since = WINDOW.since;
        let most = longest_hold(&terms, &arbitration, since);
        let mut case = Case::new(Deadline { since, seconds: 1, blocks: 50 });
        let mut demand = |delivery| case.demand(&terms, &arbitration, Queue::Principal, delivery, since);
        let (mut last, mut count) = (demand(MAX_DELIVERY).unwrap(), 0);
        while let Ok(due) = demand(0) {
            (last, count) = (due, count + 1);
        }
        assert_eq!((last.seconds, most.seconds, count), (5_016_000, 5_016_002, 556));
        // By blocks alone one more would do.
        let hold = u64::from(arbitration.longest_hold) + MAX_DELIVERY;
        let limit_block = since.block + 50 + blocks_of(&terms, &arbitration, hold);
        assert_eq!(last.block() + 1 + 50, limit_block);
    }
}
