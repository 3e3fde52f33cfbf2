//! `tequio program attack`: what cheats would save and how often one draw would catch them, without a chain.

use std::{collections::BTreeSet, fmt};

use anyhow::{Result, bail};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use tequio_adversary::{Cheat, Known, Target, guesses, steers};

use crate::{
    model::{Model, Named, first_shards},
    output::table,
};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    program: Named,
    /// As for `run`, at least two shards of them; random elements if there are none.
    #[arg(long, num_args = 1..)]
    inputs: Vec<String>,
    /// Shards whose traces are replayed or replaced; what can be guessed is learnt from half of all of them.
    #[arg(long, default_value_t = 4)]
    shards: usize,
}

/// Most committed tensors of which every subset is replayed; of more, tails, heads and each alone, then what is worst
/// with more or fewer of them.
const SUBSETS: u32 = 10;
/// Least caught ÷ promised of what the plan's own traces show.
const LEAST: f64 = 0.97;
/// Share of the work that counts: where γ lacks less, a small ratio is of what is hardly saved, and of what noise of so
/// few shards is.
const COUNTS: f64 = 0.005;
/// Shards that are made up where no inputs are given.
const RANDOM_SHARDS: usize = 16;
/// Rows that are shown.
const ROWS: usize = 12;

/// The cheats that were tried. Last are those that break the promise, else those that break it for less than counts, the
/// one with the smallest ratio at the end.
#[derive(Serialize)]
pub struct Attacked {
    delta: f64,
    gamma: f64,
    /// How many were tried.
    tried: usize,
    /// The bound on ratios.
    least: f64,
    /// What γ may lack.
    counts: f64,
    /// Those with the smallest ratios.
    cheats: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    cheat: String,
    /// Share of the work.
    saved: f64,
    /// By one draw, at least.
    promised: f64,
    /// By one draw.
    caught: f64,
    /// Caught ÷ promised.
    ratio: f64,
    /// What γ lacks for the promise to hold: the share that is saved for nothing.
    lacks: f64,
}

impl Row {
    fn breaks(&self) -> bool {
        self.ratio < LEAST && self.lacks > COUNTS
    }
}

impl Attacked {
    /// Whether any cheat that saves enough to count is caught less often than it should be.
    pub fn is_broken(&self) -> bool {
        self.cheats.iter().any(Row::breaks)
    }
}

impl fmt::Display for Attacked {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut rows =
            table(["cheat", "saved", "promised", "caught", "caught ÷ promised", "γ lacks"], &[1, 2, 3, 4, 5]);
        for Row { cheat, saved, promised, caught, ratio, lacks } in &self.cheats {
            rows.add_row([
                cheat.clone(),
                format!("{:.2} %", saved * 100.0),
                format!("{:.4} %", promised * 100.0),
                format!("{:.4} %", caught * 100.0),
                format!("{ratio:.3}"),
                format!("{:.2} %", lacks * 100.0),
            ]);
        }
        writeln!(f, "{rows}")?;
        write!(f, "{} cheats tried, δ {:.4}, γ {:.4}", self.tried, self.delta, self.gamma)?;
        let Some(Row { cheat, ratio, lacks, .. }) = self.cheats.last().filter(|row| row.ratio < LEAST) else {
            return Ok(());
        };
        write!(f, "\n`{cheat}` is caught {ratio:.3} times as often as promised: γ lacks {:.2} %", lacks * 100.0)?;
        let limit = COUNTS * 100.0;
        if self.is_broken() {
            write!(f, "\nbroken: that is more than {limit} %")
        } else {
            write!(f, "\nno cheat gains more than {limit} % of the work, which is too little to count")
        }
    }
}

pub fn run(args: Args) -> Result<Attacked> {
    let model = args.program.read()?;
    let shards = shards(&model, &args)?;
    let manifest = model.manifest();
    let target = Target { manifest, costs: &model.compiled.costs };
    let known: Vec<Known> = shards.iter().map(|inputs| Known::new(manifest, inputs)).collect();
    let mut tried = Tried { target, rows: vec![] };
    let (old, news) = (&known[0], &known[1..known.len().min(args.shards.max(2))]);
    tried.replays("", old, news);
    for new in news.iter().take(1) {
        steers(target, old, new).into_iter().for_each(|(what, cheat)| tried.add(what, cheat));
    }
    let items = usize::try_from(model.batch())?;
    let (learnt, others) = known.split_at(known.len() / 2);
    guesses(target, learnt, others, items).into_iter().for_each(|(what, cheat)| tried.add(what, cheat));
    if manifest.inputs().len() > 1 {
        model.plan.scenarios.iter().for_each(|scenario| tried.scenario(old, &known[1], &scenario.differs));
    }
    Ok(tried.done())
}

/// Each shard's inputs.
fn shards(model: &Model, args: &Args) -> Result<Vec<Vec<Vec<u8>>>> {
    if args.inputs.is_empty() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let inputs = model.manifest().inputs();
        let fixed: Vec<Vec<u8>> = inputs.iter().map(|input| random(input, &mut rng)).collect();
        let mut shard = || {
            let input = |(input, fixed): (&tequio_attestation::Descriptor, &Vec<u8>)| {
                if input.is_of_job() { fixed.clone() } else { random(input, &mut rng) }
            };
            inputs.iter().zip(&fixed).map(input).collect()
        };
        return Ok((0..RANDOM_SHARDS).map(|_| shard()).collect());
    }
    let shards = first_shards(&model.read_first(&args.inputs)?);
    if shards.len() < 2 {
        bail!("the inputs make one shard; an attack takes two");
    }
    Ok(shards)
}

fn random(input: &tequio_attestation::Descriptor, rng: &mut ChaCha8Rng) -> Vec<u8> {
    let dtype = input.ty.dtype;
    (0..input.ty.shape.elements()).flat_map(|_| dtype.write(dtype.wrap(rng.next_u64() as i64))).collect()
}

struct Tried<'a> {
    target: Target<'a>,
    rows: Vec<Row>,
}

impl Tried<'_> {
    fn add(&mut self, cheat: String, of: Cheat) {
        let (promised, ratio) = (self.target.promised(of.saved), self.target.ratio(of));
        if ratio.is_finite() {
            let lacks = (of.saved - self.target.gamma() - of.caught / self.target.delta()).max(0.0);
            self.rows.push(Row { cheat, saved: of.saved, promised, caught: of.caught, ratio, lacks });
        }
    }

    /// Replays of `old` for each of `news`: of all subsets of few committed tensors; of many, cuts, and the worst of them
    /// with one more or fewer as long as that makes it worse.
    fn replays(&mut self, how: &str, old: &Known, news: &[Known]) {
        let cheat = |tried: &Self, slots: &BTreeSet<u32>| {
            let differs = |new: &&Known| {
                slots.iter().any(|slot| old.trace.slots[*slot as usize] != new.trace.slots[*slot as usize])
            };
            let cheats: Vec<Cheat> =
                news.iter().filter(differs).map(|new| tried.target.replay(old, new, slots)).collect();
            let mean = |of: fn(&Cheat) -> f64| cheats.iter().map(of).sum::<f64>() / cheats.len() as f64;
            (!cheats.is_empty()).then(|| Cheat { saved: mean(|cheat| cheat.saved), caught: mean(|cheat| cheat.caught) })
        };
        let mut worst: Option<(f64, BTreeSet<u32>)> = None;
        let mut queue = self.target.cuts(SUBSETS);
        let mut seen: BTreeSet<BTreeSet<u32>> = queue.iter().cloned().collect();
        let count = self.target.manifest.header.committed;
        loop {
            let before = worst.clone();
            for slots in queue {
                let Some(cheat) = cheat(self, &slots) else { continue };
                let ratio = self.target.ratio(cheat);
                self.add(format!("replay{how} {}", list(&slots)), cheat);
                if worst.as_ref().is_none_or(|(least, _)| ratio < *least) {
                    worst = Some((ratio, slots));
                }
            }
            let Some((_, slots)) = worst.as_ref().filter(|_| count > SUBSETS && worst != before) else { return };
            let other = |slot: u32| slots.symmetric_difference(&BTreeSet::from([slot])).copied().collect();
            queue = (0..count).map(other).filter(|slots: &BTreeSet<u32>| !slots.is_empty()).collect();
            queue.retain(|slots| seen.insert(slots.clone()));
        }
    }

    /// Replays where just these inputs are new: old data under new inputs of the job, and the other way round.
    fn scenario(&mut self, old: &Known, other: &Known, differs: &[u32]) {
        let manifest = self.target.manifest;
        let mut inputs = old.inputs.clone();
        for port in differs.iter().map(|port| *port as usize) {
            inputs[port].clone_from(&other.inputs[port]);
            if inputs[port] == old.inputs[port] {
                let width = manifest.tensors[port].ty.dtype.bytes();
                inputs[port] = old.inputs[port].rchunks(width).flatten().copied().collect();
            }
        }
        let new = Known::new(manifest, &inputs);
        let ports = differs.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
        self.replays(&format!(", of the inputs {ports} are new,"), old, std::slice::from_ref(&new));
    }

    fn done(mut self) -> Attacked {
        self.rows
            .sort_by(|one, other| one.breaks().cmp(&other.breaks()).then_with(|| other.ratio.total_cmp(&one.ratio)));
        let tried = self.rows.len();
        let cheats = self.rows.split_off(tried.saturating_sub(ROWS));
        Attacked { delta: self.target.delta(), gamma: self.target.gamma(), tried, least: LEAST, counts: COUNTS, cheats }
    }
}

fn list(slots: &BTreeSet<u32>) -> String {
    let ranges = slots.iter().fold(Vec::<(u32, u32)>::new(), |mut ranges, &slot| {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == slot => *last = slot,
            _ => ranges.push((slot, slot)),
        }
        ranges
    });
    let text =
        |(first, last): &(u32, u32)| if first == last { format!("{first}") } else { format!("{first}–{last}") };
    format!("slots {}", ranges.iter().map(text).collect::<Vec<_>>().join(", "))
}
