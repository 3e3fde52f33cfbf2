//! A program with a plan measured on some shards, and these shards' traces.

use std::collections::BTreeSet;

use tequio_adversary::{Cheat, Known, Target, guesses, solves, steers};
use tequio_program::{Compiled, Graph, Plan, compile, load};
use tequio_tests::model::noise;

/// Least of what is caught ÷ promised on the plan's own traces.
pub const LEAST: f64 = 0.97;
/// The same on traces that the plan has not seen, and of solvers: what the lien's margin is for.
pub const MARGIN: f64 = 0.5;
/// Share of the work by which what is guessed of so few unseen shards may look better than it is.
const UNSEEN: f64 = 0.02;
/// Unseen shards for which old ones are replayed.
const REPLAYED: usize = 3;
/// Most committed tensors of which every subset is replayed.
const SUBSETS: u32 = 7;

pub struct Measured {
    pub plan: Plan,
    pub compiled: Compiled,
    pub known: Vec<Known>,
}

impl Measured {
    /// `job` names the inputs of job scope; `shards` are the measured shards' inputs.
    pub fn new(file: &[u8], job: &[&str], shards: &[Vec<Vec<u8>>]) -> Self {
        let graph = load(file).expect("a test's program loads");
        let plan = Plan::propose_with_job(&graph, job).expect("a test's program has a plan");
        Self::of(&graph, &plan, shards)
    }

    /// With another plan than the proposed one.
    pub fn of(graph: &Graph, plan: &Plan, shards: &[Vec<Vec<u8>>]) -> Self {
        let plan = plan.measured(graph, shards).expect("whole shards");
        let compiled = compile(graph, &plan).expect("what was measured fits");
        let known = shards.iter().map(|inputs| Known::new(&compiled.manifest, inputs)).collect();
        Self { plan, compiled, known }
    }

    pub fn target(&self) -> Target<'_> {
        Target { manifest: &self.compiled.manifest, costs: &self.compiled.costs }
    }

    pub fn known(&self, inputs: &[Vec<u8>]) -> Known {
        Known::new(&self.compiled.manifest, inputs)
    }

    /// The slots of committed tensors by name.
    pub fn slot(&self, name: &str) -> u32 {
        let slot = self.plan.committed.iter().position(|commit| commit.name == name);
        slot.unwrap_or_else(|| panic!("`{name}` is not committed")) as u32
    }

    /// The mean of a cheat over several new shards.
    pub fn mean<'a>(&self, new: impl Iterator<Item = &'a Known>, cheat: impl Fn(&Known) -> Cheat) -> Cheat {
        let all: Vec<Cheat> = new.map(cheat).collect();
        let mean = |of: fn(&Cheat) -> f64| all.iter().map(of).sum::<f64>() / all.len() as f64;
        Cheat { saved: mean(|cheat| cheat.saved), caught: mean(|cheat| cheat.caught) }
    }

    /// Replays every subset of few committed tensors, cuts of many, steers, guesses; gives the worst ratio and its cheat.
    pub fn worst(&self, olds: usize, news: usize, items: usize) -> (f64, String) {
        let pairs = (0..olds.min(self.known.len())).map(|old| {
            let new = (0..self.known.len()).filter(|at| *at != old).take(news).map(|at| &self.known[at]);
            (&self.known[old], new.collect())
        });
        self.worst_of(pairs.collect(), &self.known, items, 0.0)
    }

    /// The same for shards that were not measured: old traces are of those that were, and guesses are learnt from them.
    pub fn worst_unseen(&self, olds: usize, unseen: &[Known], items: usize) -> (f64, String) {
        let pairs = self.known.iter().take(olds).map(|old| (old, unseen.iter().take(REPLAYED).collect()));
        self.worst_of(pairs.collect(), unseen, items, UNSEEN)
    }

    /// Of solvers that steer through dense layers: what is worst, and how many layers they were mounted on.
    pub fn worst_solved(&self, olds: usize, news: usize) -> (f64, String, usize) {
        let (target, mut worst, mut count) = (self.target(), (f64::INFINITY, String::new()), 0);
        for old in 0..olds.min(self.known.len()) {
            let new = (0..self.known.len()).filter(|at| *at != old).take(news);
            for (what, cheat) in new.flat_map(|new| solves(target, &self.known[old], &self.known[new])) {
                count += 1;
                let ratio = target.ratio(cheat);
                if ratio < worst.0 {
                    worst = (ratio, format!("{what}: saved {:.4}, caught {:.6}", cheat.saved, cheat.caught));
                }
            }
        }
        (worst.0, worst.1, count)
    }

    /// A cheat that saves no more than γ and `slack` counts for nothing.
    fn worst_of(&self, pairs: Vec<(&Known, Vec<&Known>)>, tried: &[Known], items: usize, slack: f64) -> (f64, String) {
        let target = self.target();
        let mut worst = (f64::INFINITY, String::new());
        let mut try_one = |what: String, cheat: Cheat| {
            let ratio = target.ratio(cheat);
            if ratio < worst.0 && cheat.saved > target.gamma() + slack {
                worst = (ratio, format!("{what}: saved {:.4}, caught {:.6}", cheat.saved, cheat.caught));
            }
        };
        for (number, (old, news)) in pairs.into_iter().enumerate() {
            for slots in target.cuts(SUBSETS) {
                // Where all of them are what they were, showing them is right.
                let differs = |new: &&Known| {
                    slots.iter().any(|slot| old.trace.slots[*slot as usize] != new.trace.slots[*slot as usize])
                };
                let news: Vec<&Known> = news.iter().copied().filter(differs).collect();
                if !news.is_empty() {
                    let cheat = self.mean(news.into_iter(), |new| target.replay(old, new, &slots));
                    try_one(format!("replay {number} in {slots:?}"), cheat);
                }
            }
            for new in news {
                steers(target, old, new).into_iter().for_each(|(what, cheat)| try_one(what, cheat));
            }
        }
        guesses(target, &self.known, tried, items).into_iter().for_each(|(what, cheat)| try_one(what, cheat));
        worst
    }

    pub fn describe(&self) -> String {
        let target = self.target();
        let commits = self.plan.committed.iter().zip(&self.compiled.weights);
        let rates = |at: usize| {
            let all = self.plan.scenarios.iter().map(|scenario| scenario.rates[at] as f64 / 65_536.0);
            all.map(|rate| format!("{rate:.2}")).collect::<Vec<_>>().join("/")
        };
        let lines = commits.enumerate().map(|(at, (commit, weight))| {
            format!("  {} w {weight} ρ {} s {:.2}\n", commit.name, rates(at), commit.s as f64 / 65_536.0)
        });
        let scenarios = self.plan.scenarios.iter().map(|scenario| {
            let routes: Vec<_> = scenario.routes.iter().map(|route| (&route.name, route.operand)).collect();
            format!("  differs {:?} shared {:?} routes {routes:?}\n", scenario.differs, scenario.shared)
        });
        let text = lines.chain(scenarios).collect::<String>();
        format!("δ {:.4} γ {:.4}\n{text}", target.delta(), target.gamma())
    }
}

/// Shards of noise: every input by its own seed, or the same one for all.
pub fn shards(file: &[u8], count: u64, is_shared: impl Fn(usize) -> bool) -> Vec<Vec<Vec<u8>>> {
    let graph = load(file).expect("a test's program loads");
    let inputs = &graph.tensors()[..graph.inputs()];
    let shard = |shard: u64| {
        let input = |(port, tensor): (usize, &tequio_program::Tensor)| {
            noise(if is_shared(port) { 7 + port as u64 } else { 1_000 + 97 * port as u64 + shard }, tensor.ty.bytes())
        };
        inputs.iter().enumerate().map(input).collect()
    };
    (0..count).map(shard).collect()
}

/// Every tail of the committed tensors.
pub fn tails(count: u32) -> impl Iterator<Item = BTreeSet<u32>> {
    (0..count).map(move |from| (from..count).collect())
}
