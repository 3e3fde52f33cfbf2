//! Times programs on this machine, asked line by line: `scripts/bench/compare` does.
//!
//! `pace [--isa NAME] PROGRAM…`, with the best instruction set or one by name, first writes a line for each program, or why it was refused, and one for the machine. Then it writes for
//! each line `PROGRAM THREADS MILLISECONDS` of its input, programs by number, the best time of an item without commitments
//! and with them, in microseconds. Everything is JSON.

use std::{
    env, fs,
    hint::black_box,
    io::{self, BufRead},
    sync::Arc,
    time::{Duration, Instant},
};

use blake3::{IncrementCounter, platform::Platform};
use rayon::{ThreadPool, ThreadPoolBuilder};
use serde_json::json;
use tequio_attestation::{Inputs, Manifest, Source};
use tequio_backend::{Backend, Executable, Flow, cpu::Cpu};
use tequio_program::{Plan, compile, load};

/// Least time of one call: short shards are run many at once.
const CALL: Duration = Duration::from_millis(1);

fn main() {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    let named = arguments.first().is_some_and(|first| first == "--isa");
    let isa: Vec<String> = if named { arguments.drain(..2).skip(1).collect() } else { vec![] };
    let named = |cpu: &Cpu| isa.iter().all(|isa| cpu.isa() == isa);
    let cpu = Cpu::all().into_iter().find(named).expect("an instruction set of this machine");
    let programs: Vec<_> = arguments.iter().map(|path| Program::new(path, &cpu)).collect();
    for program in &programs {
        let refused = |error: &String| json!({ "refused": error });
        println!("{}", program.as_ref().map_or_else(refused, Program::facts));
    }
    println!("{}", json!({ "isa": cpu.isa(), "hash": format!("{:?}", Platform::detect()), "gigabytes": hash_rate() }));
    for line in io::stdin().lock().lines() {
        let line = line.expect("lines of text");
        let asked: Vec<u64> = line.split_whitespace().map(|word| word.parse().expect("a number")).collect();
        let [program, threads, millis] = asked[..] else { panic!("PROGRAM THREADS MILLISECONDS") };
        let pool = ThreadPoolBuilder::new().num_threads(threads as usize).build().expect("a pool");
        let program = programs[program as usize].as_ref().expect("a program that was not refused");
        let [plain, committed] = program.best(&pool, Duration::from_millis(millis));
        println!("{}", json!({ "plain": plain, "committed": committed }));
    }
}

struct Program {
    manifest: Arc<Manifest>,
    executable: Arc<dyn Executable>,
}

impl Program {
    fn new(path: &str, cpu: &Cpu) -> Result<Self, String> {
        let graph = load(&fs::read(path).map_err(text)?).map_err(text)?;
        let plan = Plan::propose(&graph).map_err(text)?;
        let manifest = compile(&graph, &plan).map_err(text)?.manifest;
        let executable = cpu.prepare(manifest.clone()).map_err(text)?;
        Ok(Self { manifest, executable })
    }

    /// Items of a shard, its multiply-accumulates, and the bytes that its commitments hash.
    fn facts(&self) -> serde_json::Value {
        let tensors = self.manifest.tensors.iter();
        let hashed: u64 = tensors
            .map(|tensor| match tensor.source {
                Source::Committed { layout, .. } => {
                    let leaves = u64::from(layout.leaves(&tensor.ty));
                    let row = u64::from(layout.row) * tensor.ty.dtype.bytes() as u64;
                    let rows = tensor.ty.bytes() as u64 / row;
                    let blocks = row.div_ceil(64).max(leaves / rows);
                    64 * (rows * blocks + leaves)
                }
                _ => 0,
            })
            .sum();
        json!({ "items": self.items(), "macs": self.manifest.header.cost, "hashed": hashed })
    }

    fn items(&self) -> u64 {
        self.manifest.tensors[0].ty.shape.dim(0).into()
    }

    /// So many shards of bytes that look random.
    fn inputs(&self, shards: usize) -> Inputs {
        let byte = |at: usize| (at as u32).wrapping_mul(0x9e37_79b1).to_be_bytes()[0];
        let inputs = self.manifest.inputs();
        let buffers = inputs.iter().map(|input| (0..shards * input.ty.bytes()).map(byte).collect()).collect();
        Inputs::new(&self.manifest, buffers).expect("inputs of whole shards")
    }

    /// Microseconds of an item, without commitments and with, in turns for as long as `time`.
    fn best(&self, pool: &ThreadPool, time: Duration) -> [f64; 2] {
        let one = self.time(pool, &self.inputs(1), false);
        let shards = (CALL.as_secs_f64() / one.as_secs_f64()).ceil() as usize * pool.current_num_threads();
        let inputs = self.inputs(shards);
        let start = Instant::now();
        let mut best = [Duration::MAX; 2];
        while start.elapsed() < time || best[1] == Duration::MAX {
            for (committed, best) in [false, true].into_iter().zip(&mut best) {
                *best = self.time(pool, &inputs, committed).min(*best);
            }
        }
        best.map(|best| best.as_secs_f64() * 1e6 / (shards as u64 * self.items()) as f64)
    }

    fn time(&self, pool: &ThreadPool, inputs: &Inputs, committed: bool) -> Duration {
        let shards = 0..inputs.shards();
        pool.install(|| {
            let start = Instant::now();
            let ran = if committed {
                self.executable.commit(inputs, shards, &mut |_, result| done(result))
            } else {
                self.executable.run(inputs, shards, &mut |_, outputs| done(outputs))
            };
            ran.expect("shards run");
            start.elapsed()
        })
    }
}

fn text(error: impl ToString) -> String {
    error.to_string()
}

fn done<T>(result: T) -> Flow {
    black_box(result);
    Flow::Continue(())
}

/// Gigabytes a second that one thread hashes at best: leaves of a kibibyte, as many at once as the machine has lanes.
fn hash_rate() -> f64 {
    let (platform, leaves, mut digests) = (Platform::detect(), [[7; 1024]; 16], [0; 16 * 32]);
    let messages = std::array::from_fn::<_, 16, _>(|at| &leaves[at]);
    let calls = 100;
    let call = |_| {
        let start = Instant::now();
        for _ in 0..calls {
            platform.hash_many(&messages, &[1; 8], 0, IncrementCounter::No, 16, 1, 2 | 8, &mut digests);
            black_box(&mut digests);
        }
        start.elapsed()
    };
    let best = (0..200).map(call).min().expect("some calls");
    (calls * 16 * 1024) as f64 / best.as_secs_f64() / 1e9
}
