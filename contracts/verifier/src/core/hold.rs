//! What an arbiter may write down, so that a final answer comes whoever it is.

use tequio_protocol::{
    Deadline, Moment,
    verifier::{Arbitration, Held, Terms, longest_hold},
};

use crate::core::error::CoreError;

/// Refuses what no demand makes of an attestation whose last draw was opened at `since`, and of which `before` was written:
/// of what is to be revealed, a window that is longer than the longest hold or began after it; of turns, any but one answer
/// window from now while something was to be revealed. That the window of what is to be revealed began when a message came,
/// and not at a moment that was never there, is for the caller to see.
pub fn check(
    (terms, arbitration): (&Terms, &Arbitration),
    since: Moment,
    before: &Held,
    held: &Held,
    now: Moment,
) -> Result<(), CoreError> {
    let limit = longest_hold(terms, arbitration, since);
    if let Some(answer_by) = &held.answer_by {
        let until = answer_by.deadline;
        if until.seconds > limit.seconds || until.blocks > limit.blocks || limit.over(&until.since) {
            return Err(CoreError::HeldTooLong { until, limit });
        }
    }
    let own = Deadline { since: now, seconds: arbitration.answer_window, blocks: terms.blocks };
    let may_begin = before.answer_by.is_some();
    match held.turn.filter(|turn| before.turn != Some(*turn) && !(may_begin && *turn == own)) {
        Some(turn) => Err(CoreError::NotATurn { turn, own }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use tequio_protocol::verifier::AnswerBy;

    use super::*;

    const TERMS: Terms = Terms { delay: 30, open_window: 600, void_after: 86_400, audit_window: 600, blocks: 100 };
    const SINCE: Moment = Moment { time: 10_000, block: 1_000 };
    const NOW: Moment = Moment { time: 10_100, block: 1_010 };

    fn arbitration() -> Arbitration {
        Arbitration {
            arbiter: String::new(),
            principal: String::new(),
            bond: 1,
            rerun_bond: 1,
            answer_window: 60,
            spacing: 30,
            longest_hold: 900,
            rate: 1_000,
        }
    }

    fn answer_by(deadline: Deadline) -> Held {
        Held { answer_by: Some(AnswerBy { demander: "client".into(), deadline }), turn: None }
    }

    fn refused(before: &Held, held: &Held) -> Option<CoreError> {
        check((&TERMS, &arbitration()), SINCE, before, held, NOW).err()
    }

    #[test]
    fn no_window_is_longer_than_the_longest_hold_or_begins_after_it() {
        let limit = longest_hold(&TERMS, &arbitration(), SINCE);
        let of = |since, seconds, blocks| refused(&Held::default(), &answer_by(Deadline { since, seconds, blocks }));
        let too_long =
            |since, seconds, blocks| Some(CoreError::HeldTooLong { until: Deadline { since, seconds, blocks }, limit });
        let (seconds, blocks) = (limit.seconds, limit.blocks);
        let (last, first) = (limit.time(), limit.block());
        assert_eq!(of(NOW, seconds, blocks), None);
        for (more_seconds, more_blocks) in [(1, 0), (0, 1)] {
            let (seconds, blocks) = (seconds + more_seconds, blocks + more_blocks);
            assert_eq!(of(NOW, seconds, blocks), too_long(NOW, seconds, blocks));
        }
        for (time, block, taken) in
            [(last, first, true), (last + 1, first - 1, true), (last + 1, first, false), (u64::MAX, u64::MAX, false)]
        {
            let since = Moment { time, block };
            assert_eq!(of(since, 60, 100), if taken { None } else { too_long(since, 60, 100) }, "{since}");
        }
    }

    #[test]
    fn a_turn_is_one_answer_window_after_a_reveal() {
        let own = Deadline { since: NOW, seconds: 60, blocks: 100 };
        let open = answer_by(own);
        let turn = |turn| Held { answer_by: None, turn: Some(turn) };
        assert_eq!(refused(&open, &turn(own)), None);
        // None follows a turn, but it may stay.
        let error = |turn| Some(CoreError::NotATurn { turn, own });
        let before = Deadline { since: SINCE, ..own };
        assert_eq!(refused(&Held::default(), &turn(own)), error(own));
        assert_eq!(refused(&turn(before), &turn(own)), error(own));
        assert_eq!(refused(&turn(before), &turn(before)), None);
        assert_eq!(refused(&turn(before), &Held::default()), None);
        for other in [
            Deadline { since: SINCE, ..own },
            Deadline { since: Moment { time: NOW.time + 1, ..NOW }, ..own },
            Deadline { seconds: 61, ..own },
            Deadline { blocks: 101, ..own },
        ] {
            assert_eq!(refused(&open, &turn(other)), error(other));
        }
    }
}
