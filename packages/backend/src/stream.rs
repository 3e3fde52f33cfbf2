//! Many shards at once, their results one after the other.

use std::{
    collections::BTreeMap,
    ops::{ControlFlow, Range},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::mpsc::{Receiver, TryRecvError, channel},
};

use rayon::{Yield, current_num_threads, in_place_scope, yield_now};

/// Results that are there or on their way, for each thread of the pool: enough for a slow shard not to stop the others.
const WINDOW: u64 = 4;

/// Calls `each` for every shard on the current rayon pool, and `sink` on this thread with what that gave, in the order
/// of the shards, until it breaks. At most `WINDOW` results a thread exist that `sink` hasn't taken.
pub fn in_order<T: Send, B>(
    shards: Range<u64>,
    each: impl Fn(u64) -> T + Sync,
    mut sink: impl FnMut(u64, T) -> ControlFlow<B>,
) -> ControlFlow<B> {
    // One is run right here: no other thread could help.
    if shards.end.saturating_sub(shards.start) <= 1 {
        return shards.into_iter().try_for_each(|shard| sink(shard, each(shard)));
    }
    let (sender, receiver) = channel();
    let window = WINDOW * current_num_threads() as u64;
    in_place_scope(|scope| {
        let start = |shard: u64| {
            let (sender, each) = (sender.clone(), &each);
            scope.spawn(move |_| {
                // Whoever waits for this result must wake. Nobody does once the sink breaks.
                let _ = sender.send((shard, catch_unwind(AssertUnwindSafe(|| each(shard)))));
            });
        };
        let mut waiting = shards.clone();
        waiting.by_ref().take(window as usize).for_each(start);
        let mut early = BTreeMap::new();
        for shard in shards {
            let result = loop {
                if let Some(result) = early.remove(&shard) {
                    break result;
                }
                let (shard, result) = receive(&receiver);
                early.insert(shard, result);
            };
            waiting.next().into_iter().for_each(start);
            sink(shard, result.unwrap_or_else(|panic| resume_unwind(panic)))?;
        }
        ControlFlow::Continue(())
    })
}

/// The next result. If this thread belongs to the pool it works on the shards while it waits: there may be no other.
fn receive<T>(receiver: &Receiver<T>) -> T {
    loop {
        match receiver.try_recv() {
            Ok(result) => return result,
            Err(TryRecvError::Disconnected) => unreachable!("the caller holds a sender"),
            Err(TryRecvError::Empty) => {}
        }
        match yield_now() {
            Some(Yield::Executed) => {}
            Some(Yield::Idle) => std::thread::yield_now(),
            None => return receiver.recv().unwrap_or_else(|_| unreachable!("the caller holds a sender")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicU64, Ordering},
        thread::sleep,
        time::Duration,
    };

    use rayon::ThreadPoolBuilder;

    use super::*;

    /// The later of neighbours are done first.
    fn slow(shard: u64) -> u64 {
        sleep(Duration::from_micros(100 * (7 - shard % 8)));
        shard * shard
    }

    #[test]
    fn results_come_in_order_on_any_pool() {
        for threads in [1, 2, 5] {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            // From inside the pool, whose only thread may be this one, and from outside.
            for inside in [false, true] {
                let run = || {
                    let mut seen = vec![];
                    let flow = in_order(3..200, slow, |shard, result| {
                        seen.push((shard, result));
                        ControlFlow::<()>::Continue(())
                    });
                    (flow, seen)
                };
                let (flow, seen) = if inside { pool.install(run) } else { run() };
                assert_eq!(flow, ControlFlow::Continue(()));
                assert_eq!(seen, (3..200).map(|shard| (shard, shard * shard)).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn no_more_than_the_window_is_ahead() {
        let pool = ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        let (started, window) = (AtomicU64::new(0), 3 * WINDOW);
        let each = |shard| {
            started.fetch_add(1, Ordering::SeqCst);
            shard
        };
        let flow = pool.install(|| {
            in_order(0..500, each, |shard, _| {
                // This one was taken, and the one for its place may have begun.
                assert!(started.load(Ordering::SeqCst) <= shard + 1 + window);
                if shard == 300 { ControlFlow::Break(shard) } else { ControlFlow::Continue(()) }
            })
        });
        assert_eq!(flow, ControlFlow::Break(300));
        assert!(started.into_inner() <= 301 + window);
    }

    #[test]
    #[should_panic(expected = "shard 40")]
    fn a_panic_is_passed_on() {
        let each = |shard| if shard == 40 { panic!("shard {shard}") } else { shard };
        let _ = in_order(0..100, each, |_, _| ControlFlow::<()>::Continue(()));
    }

    #[test]
    fn none_and_one() {
        assert_eq!(in_order(5..5, slow, |_, _| ControlFlow::Break(())), ControlFlow::Continue(()));
        assert_eq!(in_order(5..6, slow, |_, result| ControlFlow::Break(result)), ControlFlow::Break(25));
    }
}
