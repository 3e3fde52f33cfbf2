//! Random programs, plans and shards; every subset of replayed tensors, steers and guesses.

use tequio_program::{Commit, Graph, Plan, TensorSource, compile, load};
use tequio_tests::model::noise;
use tequio_tosa::{Attribute, Conv, DType, Op, Program, conv};

use crate::measured::{LEAST, MARGIN, Measured};

type Shape = [i32; 4];

/// Programs tried where nobody says how many.
const PROGRAMS: u64 = 250;
/// Elements above which a tensor isn't made larger, and a program isn't tried.
const LARGE: i32 = 4_000;
const ALL: u32 = 20_000;
/// Shards that are measured, and others.
const MEASURED: u64 = 16;
const UNSEEN: u64 = 24;
/// Most committed tensors of a program that is tried.
const COMMITTED: u32 = 7;

pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// Uniform below `count`.
    pub fn below(&mut self, count: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (((mixed ^ (mixed >> 27)) >> 33) % u64::from(count.max(1))) as u32
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u32) as usize]
    }
}

/// A program as it grows.
struct Draft {
    p: Program,
    random: Random,
    /// What there is of int8, with its shape.
    pool: Vec<(String, Shape)>,
    count: usize,
}

/// The names of the inputs: of the shard, and one that is the job's in some runs.
const INPUTS: [&str; 2] = ["x", "j"];

impl Draft {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let shape = [1, 2 + random.below(6) as i32, 2 + random.below(6) as i32, *random.pick(&[1, 3, 4, 7, 16])];
        let mut p = Program::default();
        p.scalars();
        p.find("shift").data = Some(vec![38]);
        p.constant("shift_one", DType::INT8, &[1], vec![30]);
        p.constant("shift_half", DType::INT8, &[1], vec![31]);
        let mut pool = vec![];
        for name in INPUTS {
            p.input(name, DType::INT8, &shape);
            pool.push((name.to_owned(), shape));
        }
        Self { p, random, pool, count: 0 }
    }

    fn name(&mut self) -> String {
        self.count += 1;
        format!("t{}", self.count)
    }

    fn any(&mut self) -> (String, Shape) {
        let last = self.pool.len() - 1;
        if self.random.below(3) > 0 { self.pool[last].clone() } else { self.random.pick(&self.pool).clone() }
    }

    fn alike(&mut self, shape: Shape) -> String {
        let alike: Vec<_> =
            self.pool.iter().filter(|(_, other)| *other == shape).map(|(name, _)| name.clone()).collect();
        self.random.pick(&alike).clone()
    }

    fn op(&mut self, op: Op, attribute: Attribute, inputs: &[&str], shape: Shape) {
        let to = self.name();
        self.p.op(op, attribute, inputs, (&to, DType::INT8, &shape));
        self.pool.push((to, shape));
    }

    fn step(&mut self) {
        let (from, shape) = self.any();
        match self.random.below(6) {
            0 | 1 => self.dense(from, shape),
            2 => self.narrow(from, shape),
            3 => self.join(from, shape),
            4 => self.choose(from, shape),
            _ => self.shuffle(from, shape),
        }
    }

    fn dense(&mut self, from: String, shape: Shape) {
        let [_, h, w, c] = shape;
        let to = self.name();
        let out = match self.random.below(4) {
            0 if h > 1 && w > 1 => {
                let stride = 1 + (self.random.below(2) == 0 && h % 2 == 0 && w % 2 == 0) as i32;
                self.p.layer((&from, shape), &to, Conv { channels: 6, kernel: 2, stride, pad: [0, 0] })
            }
            1 => {
                let sum = format!("{to}_sum");
                let out = self.p.depthwise((&from, shape), &sum, conv(1 + (c < 5) as i32, 3));
                self.p.rescale(&sum, &to, &out, [DType::INT32, DType::INT8]);
                out
            }
            2 => return self.product(from, shape, to),
            _ => {
                let (kernel, channels) = (*self.random.pick(&[1, 3]), *self.random.pick(&[2, 5, 12]));
                self.p.layer((&from, shape), &to, conv(channels, kernel))
            }
        };
        self.pool.push((to, out));
    }

    /// Each pixel with each: both operands are computed.
    fn product(&mut self, from: String, [n, h, w, c]: Shape, to: String) {
        let rows = h * w;
        if rows > 24 || n * rows * rows > LARGE {
            return;
        }
        let names = ["shape", "rows", "turned", "sum", "small", "back"].map(|part| format!("{to}_{part}"));
        let [shape, left, right, sum, small, back] = names.each_ref().map(String::as_str);
        self.p.shape(shape, &[n, rows, c].map(i64::from));
        self.p.op(Op::RESHAPE, Attribute::None, &[&from, shape], (left, DType::INT8, &[n, rows, c]));
        let perms = Attribute::Perms(vec![0, 2, 1]);
        self.p.op(Op::TRANSPOSE, perms, &[left], (right, DType::INT8, &[n, c, rows]));
        let inputs = [left, right, "zero8", "zero8"];
        self.p.op(Op::MATMUL, Attribute::None, &inputs, (sum, DType::INT32, &[n, rows, rows]));
        self.p.rescale(sum, small, &[n, rows, rows], [DType::INT32, DType::INT8]);
        self.p.shape(back, &[n, 1, rows, rows].map(i64::from));
        let out = [n, 1, rows, rows];
        self.p.op(Op::RESHAPE, Attribute::None, &[small, back], (&to, DType::INT8, &out));
        self.pool.push((to, out));
    }

    fn narrow(&mut self, from: String, shape: Shape) {
        let [n, h, w, c] = shape;
        let kernel = [h.min(1 + self.random.below(3) as i32), w.min(1 + self.random.below(3) as i32)];
        let out = [n, h - kernel[0] + 1, w - kernel[1] + 1, c];
        let pool = Attribute::Pool { kernel: kernel.to_vec(), stride: vec![1, 1], pad: vec![0; 4] };
        match self.random.below(4) {
            0 => self.op(Op::MAX_POOL2D, pool, &[&from], out),
            1 => self.op(Op::AVG_POOL2D, pool, &[&from, "zero8", "zero8"], out),
            2 => self.codes(from, shape),
            _ => {
                // The difference to the sum along an axis.
                let axis = self.random.below(4) as usize;
                let mut reduced = shape;
                reduced[axis] = 1;
                let to = self.name();
                let [wide, sum, left] = ["wide", "sum", "left"].map(|part| format!("{to}_{part}"));
                self.p.rescale(&from, &wide, &shape, [DType::INT8, DType::INT32]);
                self.p.op(Op::REDUCE_SUM, Attribute::Axis(axis as i32), &[&wide], (&sum, DType::INT32, &reduced));
                self.p.op(Op::SUB, Attribute::None, &[&wide, &sum], (&left, DType::INT32, &shape));
                self.p.rescale(&left, &to, &shape, [DType::INT32, DType::INT8]);
                self.pool.push((to, shape));
            }
        }
    }

    /// The largest channel's row of a codebook.
    fn codes(&mut self, from: String, [n, h, w, c]: Shape) {
        let to = self.name();
        let names = ["code", "flat", "codes", "book", "rows", "image"].map(|part| format!("{to}_{part}"));
        let [code, flat, codes, book, rows, image] = names.each_ref().map(String::as_str);
        self.p.op(Op::ARGMAX, Attribute::Axis(3), &[&from], (code, DType::INT32, &[n, h, w]));
        self.p.shape(flat, &[n, h * w].map(i64::from));
        self.p.op(Op::RESHAPE, Attribute::None, &[code, flat], (codes, DType::INT32, &[n, h * w]));
        self.p.constant(book, DType::INT8, &[n, c, 6], noise(31, (n * c * 6) as usize));
        self.p.op(Op::GATHER, Attribute::None, &[book, codes], (rows, DType::INT8, &[n, h * w, 6]));
        let out = [n, h, w, 6];
        self.p.shape(image, &out.map(i64::from));
        self.p.op(Op::RESHAPE, Attribute::None, &[rows, image], (&to, DType::INT8, &out));
        self.pool.push((to, out));
    }

    fn join(&mut self, from: String, shape: Shape) {
        let other = self.alike(shape);
        if self.random.below(2) == 0 {
            let axis = 1 + self.random.below(3) as usize;
            let mut out = shape;
            out[axis] *= 2;
            if out.iter().product::<i32>() <= LARGE {
                self.op(Op::CONCAT, Attribute::Axis(axis as i32), &[&from, &other], out);
            }
            return;
        }
        let to = self.name();
        let [one, two, sum] = ["one", "two", "sum"].map(|part| format!("{to}_{part}"));
        for (from, to) in [(&from, &one), (&other, &two)] {
            self.rescale(from, to, "shift_one", shape, [DType::INT8, DType::INT32]);
        }
        self.p.op(Op::ADD, Attribute::None, &[&one, &two], (&sum, DType::INT32, &shape));
        self.rescale(&sum, &to, "shift_half", shape, [DType::INT32, DType::INT8]);
        self.pool.push((to, shape));
    }

    fn rescale(&mut self, from: &str, to: &str, shift: &str, shape: Shape, dtypes: [DType; 2]) {
        let zero = |dtype| if dtype == DType::INT8 { "zero8" } else { "zero32" };
        let rounding = tequio_tosa::RoundingMode::DOUBLE_ROUND;
        let attribute = Attribute::Rescale { scale32: true, rounding, per_channel: false };
        let inputs = [from, "multiplier", shift, zero(dtypes[0]), zero(dtypes[1])];
        self.p.op(Op::RESCALE, attribute, &inputs, (to, dtypes[1], &shape));
    }

    fn choose(&mut self, from: String, shape: Shape) {
        let (other, to) = (self.alike(shape), self.name());
        let elements = shape.iter().product::<i32>() as usize;
        let which = format!("{to}_which");
        match self.random.below(4) {
            0 => {
                let mask = noise(3, elements).iter().map(|byte| byte & 1).collect();
                self.p.constant(&which, DType::BOOL, &shape, mask);
                self.op(Op::SELECT, Attribute::None, &[&which, &from, &other], shape);
            }
            1 => {
                let third = self.alike(shape);
                self.p.op(Op::GREATER, Attribute::None, &[&from, &third], (&which, DType::BOOL, &shape));
                self.op(Op::SELECT, Attribute::None, &[&which, &from, &other], shape);
            }
            2 => {
                let clamp = Attribute::Clamp { min: vec![0], max: vec![0x60] };
                self.op(Op::CLAMP, clamp, &[&from], shape);
            }
            _ => {
                self.p.constant(&which, DType::INT8, &[256], noise(17, 256));
                self.op(Op::TABLE, Attribute::None, &[&from, &which], shape);
            }
        }
    }

    fn shuffle(&mut self, from: String, shape: Shape) {
        let (how, mut out) = (self.name(), shape);
        let axis = 1 + self.random.below(3) as usize;
        match self.random.below(5) {
            0 => {
                out.swap(axis, 3);
                let mut perms = vec![0, 1, 2, 3];
                perms.swap(axis, 3);
                self.op(Op::TRANSPOSE, Attribute::Perms(perms), &[&from], out);
            }
            1 => {
                let start = self.random.below(out[axis] as u32) as i32;
                out[axis] = 1 + self.random.below((out[axis] - start) as u32) as i32;
                let mut starts = [0; 4];
                starts[axis] = start.into();
                let size = format!("{how}_size");
                self.p.shape(&how, &starts);
                self.p.shape(&size, &out.map(i64::from));
                self.op(Op::SLICE, Attribute::None, &[&from, &how, &size], out);
            }
            2 => {
                let mut around = [0; 8];
                (around[2 * axis], around[2 * axis + 1]) = (1, self.random.below(3).into());
                out[axis] += (around[2 * axis] + around[2 * axis + 1]) as i32;
                self.p.shape(&how, &around);
                self.op(Op::PAD, Attribute::None, &[&from, &how, "zero8"], out);
            }
            3 if out.iter().product::<i32>() * 2 <= LARGE => {
                let mut times = [1; 4];
                times[axis] = 2;
                out[axis] *= 2;
                self.p.shape(&how, &times);
                self.op(Op::TILE, Attribute::None, &[&from, &how], out);
            }
            _ => {
                let [n, h, w, c] = shape;
                out = [n, c, w, h];
                self.p.shape(&how, &out.map(i64::from));
                self.op(Op::RESHAPE, Attribute::None, &[&from, &how], out);
            }
        }
    }

    /// With one output, a copy of what came last, and another one at times.
    fn finish(mut self) -> Program {
        let (last, shape) = self.pool[self.pool.len() - 1].clone();
        self.p.op(Op::IDENTITY, Attribute::None, &[&last], ("out", DType::INT8, &shape));
        self.p.output("out");
        let (other, _) = self.any();
        if other.starts_with('t') && self.random.below(4) == 0 {
            self.p.output(&other);
        }
        self.p
    }
}

/// A program of two to ten steps.
pub fn program(seed: u64) -> Program {
    let mut draft = Draft::new(seed);
    for _ in 0..2 + draft.random.below(9) {
        draft.step();
    }
    draft.finish()
}

/// How a program's shards differ.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// In all of all inputs.
    Apart,
    /// In a sixth of the first input.
    Similar,
    /// In the first input; the other is the job's.
    Job,
    /// In one input or the other, or both.
    Mixed,
}

fn shards(graph: &Graph, seed: u64, kind: Kind) -> Vec<Vec<Vec<u8>>> {
    let bytes = graph.tensors()[0].ty.bytes();
    let shard = |shard: u64| {
        let new = |port: u64| noise(40 + 1_000 * port + shard, bytes);
        match kind {
            Kind::Apart => vec![new(0), new(1)],
            Kind::Job => vec![new(0), noise(7, bytes)],
            Kind::Similar => {
                let (mut first, other) = (noise(39, bytes), new(0));
                let (from, count) = (seed as usize % bytes, (bytes / 6).max(1));
                (from..from + count).for_each(|at| first[at % bytes] = other[at % bytes]);
                vec![first, noise(7, bytes)]
            }
            Kind::Mixed => match shard % 3 {
                0 => vec![new(0), noise(7, bytes)],
                1 => vec![noise(39, bytes), new(1)],
                _ => vec![new(0), new(1)],
            },
        }
    };
    (0..MEASURED + UNSEEN).map(shard).collect()
}

/// The proposed plan with other tensors committed: some more, some fewer. `None` if that takes checks beyond limits.
fn plan(graph: &Graph, job: &[&str], random: &mut Random) -> Option<Plan> {
    let mut plan = Plan::propose_with_job(graph, job).ok()?;
    for _ in 0..random.below(3) {
        let id = random.below(graph.tensors().len() as u32);
        let tensor = &graph.tensors()[id as usize];
        match plan.committed.binary_search_by_key(&id, |commit| commit.tensor) {
            Ok(at) if !graph.outputs().iter().any(|output| output.0 == id) => {
                plan.committed.remove(at);
            }
            Err(at) if matches!(tensor.source, TensorSource::Op(_)) => {
                let (name, row) = (tensor.name.clone(), tensor.ty.shape.elements());
                plan.committed.insert(at, Commit { tensor: id, name, leaf_log2: 8, row, s: 4_096 });
            }
            _ => {}
        }
    }
    let committed = plan.committed.len();
    plan.scenarios.iter_mut().for_each(|scenario| scenario.rates = vec![16_384; committed]);
    compile(graph, &plan).ok().map(|_| plan)
}

/// What a cheat was caught with ÷ what was promised, at worst, and what there is to say about it.
struct Tried {
    seen: f64,
    unseen: f64,
    solved: f64,
    /// Layers that solvers were mounted on.
    layers: usize,
    text: String,
}

fn tried(seed: u64) -> Option<Tried> {
    let file = program(seed).bytes();
    let graph = load(&file).ok()?;
    let elements: u32 = graph.tensors().iter().map(|tensor| tensor.ty.shape.elements()).sum();
    let mut random = Random::new(!seed);
    let kind = *random.pick(&[Kind::Apart, Kind::Similar, Kind::Job, Kind::Mixed]);
    let job: &[&str] = if matches!(kind, Kind::Job) { &["j"] } else { &[] };
    let plan = plan(&graph, job, &mut random).filter(|plan| plan.committed.len() as u32 <= COMMITTED)?;
    if elements > ALL {
        return None;
    }
    let shards = shards(&graph, seed, kind);
    let (seen, unseen) = shards.split_at(MEASURED as usize);
    let measured = Measured::of(&graph, &plan, seen);
    if measured.compiled.manifest.header.cost == 0 {
        return None;
    }
    let unseen: Vec<_> = unseen.iter().map(|inputs| measured.known(inputs)).collect();
    let (seen, what) = measured.worst(2, 2, 1);
    let (unseen, other) = measured.worst_unseen(1, &unseen, 1);
    let (solved, third, layers) = measured.worst_solved(2, 2);
    let text = format!(
        "seed {seed}, {kind:?}: ratio {seen:.3}: {what}\n  unseen {unseen:.3}: {other}\n  solved {solved:.3}: {third}\n{}",
        measured.describe()
    );
    Some(Tried { seen, unseen, solved, layers, text })
}

#[test]
fn random_programs_keep_the_promise() {
    let count = std::env::var("TEQUIO_PROGRAMS").ok().and_then(|count| count.parse().ok()).unwrap_or(PROGRAMS);
    let first = std::env::var("TEQUIO_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(0);
    let all: Vec<_> = (first..first + count).filter_map(tried).collect();
    let is_broken = |tried: &&Tried| tried.seen < LEAST || tried.unseen < MARGIN || tried.solved < MARGIN;
    let broken: Vec<_> = all.iter().filter(is_broken).collect();
    let least = |of: fn(&Tried) -> f64| all.iter().map(of).fold(f64::INFINITY, f64::min);
    println!(
        "{} programs, {} broken; at worst {:.3} on what is measured, {:.3} on other shards, {:.3} of {} layers solved",
        all.len(),
        broken.len(),
        least(|tried| tried.seen),
        least(|tried| tried.unseen),
        least(|tried| tried.solved),
        all.iter().map(|tried| tried.layers).sum::<usize>()
    );
    broken.iter().for_each(|tried| println!("{}", tried.text));
    assert!(all.len() as u64 * 3 > count, "too few of them were tried: {}", all.len());
    assert!(broken.is_empty(), "{} of {}", broken.len(), all.len());
}
