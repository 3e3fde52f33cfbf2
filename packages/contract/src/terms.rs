//! Bounds on the terms of an attestation: on who sets them, and on what is attested to.

use tequio_protocol::verifier::{
    Arbitration, MAX_BLOCKS, MAX_WAIT, MIN_ANSWER_WINDOW, MIN_BLOCKS, MIN_DELAY, MIN_OPEN_WINDOW, MIN_ROUNDS,
    MIN_VOID_AFTER, Terms,
};

use crate::bounds::{OutOfBounds, some, within};

/// Refuses terms outside the bounds.
pub fn check(terms: &Terms) -> Result<(), OutOfBounds> {
    let Terms { delay, open_window, void_after, audit_window, blocks } = *terms;
    let wait = |name, seconds, least: u32| within(name, seconds, least.into(), MAX_WAIT.into());
    wait("delay", delay, MIN_DELAY)?;
    wait("open_window", open_window, MIN_OPEN_WINDOW)?;
    wait("void_after", void_after, MIN_VOID_AFTER)?;
    wait("audit_window", audit_window, 0)?;
    within("blocks", blocks, MIN_BLOCKS.into(), MAX_BLOCKS.into())
}

/// Refuses an arbitration outside the bounds. Its addresses are not looked at.
pub fn check_arbitration(arbitration: &Arbitration) -> Result<(), OutOfBounds> {
    let Arbitration { bond, rerun_bond, answer_window, spacing, longest_hold, rate, .. } = *arbitration;
    some("bond", bond)?;
    some("rerun_bond", rerun_bond)?;
    within("answer_window", answer_window, MIN_ANSWER_WINDOW.into(), MAX_WAIT.into())?;
    // Without spacing a queue has no end, and everything in it is due at once.
    within("spacing", spacing, 1, MAX_WAIT.into())?;
    // A walk from the shard roots to a leaf: each step is an answer, the queue's spacing and a turn.
    let round = u64::from(answer_window).saturating_mul(2).saturating_add(spacing.into());
    within("longest_hold", longest_hold, round.saturating_mul(MIN_ROUNDS), MAX_WAIT.into())?;
    within("rate", rate, 1, u32::MAX.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Set<T> = fn(&mut T, u32);

    fn check_ends<T: Clone>(
        good: &T,
        fields: &[(&'static str, u32, u32, Set<T>)],
        check: impl Fn(&T) -> Result<(), OutOfBounds>,
    ) {
        for &(name, min, max, set) in fields {
            let with = |value| {
                let mut changed = good.clone();
                set(&mut changed, value);
                check(&changed)
            };
            assert_eq!((with(min), with(max)), (Ok(()), Ok(())), "{name}");
            for value in [min.checked_sub(1), max.checked_add(1)].into_iter().flatten() {
                let (value, min, max) = (value.into(), min.into(), max.into());
                let error = OutOfBounds::Number { name, value, min, max };
                assert_eq!(with(value as u32), Err(error));
            }
        }
    }

    #[test]
    fn terms_have_bounds() {
        let good = Terms { delay: 30, open_window: 3_600, void_after: 86_400, audit_window: 0, blocks: 100 };
        let fields: [(_, _, _, Set<Terms>); 5] = [
            ("delay", MIN_DELAY, MAX_WAIT, |t, v| t.delay = v),
            ("open_window", MIN_OPEN_WINDOW, MAX_WAIT, |t, v| t.open_window = v),
            ("void_after", MIN_VOID_AFTER, MAX_WAIT, |t, v| t.void_after = v),
            ("audit_window", 0, MAX_WAIT, |t, v| t.audit_window = v),
            ("blocks", MIN_BLOCKS, MAX_BLOCKS, |t, v| t.blocks = v),
        ];
        check_ends(&good, &fields, check);
    }

    #[test]
    fn arbitrations_have_bounds() {
        let good = Arbitration {
            arbiter: "arbiter".into(),
            principal: "client".into(),
            bond: 1,
            rerun_bond: 1,
            answer_window: 60,
            spacing: 60,
            longest_hold: 1_080,
            rate: 1,
        };
        let fields: [(_, _, _, Set<Arbitration>); 2] =
            [("longest_hold", 1_080, MAX_WAIT, |a, v| a.longest_hold = v), ("rate", 1, u32::MAX, |a, v| a.rate = v)];
        check_ends(&good, &fields, check_arbitration);
        let most = Arbitration { longest_hold: MAX_WAIT, ..good.clone() };
        for (seconds, good) in
            [(MIN_ANSWER_WINDOW - 1, false), (MIN_ANSWER_WINDOW, true), ((MAX_WAIT - 360) / 12, true)]
        {
            let changed = Arbitration { answer_window: seconds, ..most.clone() };
            assert_eq!(check_arbitration(&changed).is_ok(), good, "{seconds}");
        }
        let beyond = Arbitration { answer_window: MAX_WAIT, spacing: MAX_WAIT, ..most };
        assert!(matches!(check_arbitration(&beyond), Err(OutOfBounds::Number { name: "longest_hold", .. })));
        let close = |spacing| check_arbitration(&Arbitration { spacing, ..good.clone() });
        let error = OutOfBounds::Number { name: "spacing", value: 0, min: 1, max: MAX_WAIT.into() };
        assert_eq!((close(1), close(0)), (Ok(()), Err(error)));
        let zero = |name| Err(OutOfBounds::Zero { name });
        assert_eq!(check_arbitration(&Arbitration { bond: 0, ..good.clone() }), zero("bond"));
        assert_eq!(check_arbitration(&Arbitration { rerun_bond: 0, ..good.clone() }), zero("rerun_bond"));
    }
}
