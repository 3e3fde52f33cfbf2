//! Programs to post: a small one by hand, the digits, and whatever else a test writes.

use std::sync::{Arc, LazyLock};

use tequio_attestation::{Inputs, Manifest, ShardTrace};
use tequio_backend::{Backend, Executable, cpu::Cpu};
use tequio_program::{Compiled, Plan, compile, load};

/// A program as its client has it.
pub struct Model {
    /// The TOSA flatbuffer.
    pub program: Vec<u8>,
    pub plan: Plan,
    pub compiled: Compiled,
    pub executable: Arc<dyn Executable>,
}

impl Model {
    /// Compiles a program with `plan`, or with the plain one: all layers are committed, for a cheat to choose from.
    pub fn new(program: Vec<u8>, plan: Option<Plan>) -> Arc<Self> {
        let graph = load(&program).expect("a test's program loads");
        let plan = plan.unwrap_or_else(|| Plan::plain(&graph).expect("a test's program has a plan"));
        let compiled = compile(&graph, &plan).expect("a test's plan fits");
        let executable = Cpu::default().prepare(compiled.manifest.clone()).expect("what is compiled can be run");
        Arc::new(Self { program, plan, compiled, executable })
    }

    pub fn manifest(&self) -> &Manifest {
        &self.compiled.manifest
    }

    /// Bytes of one shard of each input.
    pub fn input_bytes(&self) -> Vec<usize> {
        self.manifest().inputs().iter().map(|tensor| tensor.ty.bytes()).collect()
    }

    /// Bytes that look like inputs, for each input `shards` shards of them, or one value for the job.
    pub fn noise(&self, shards: usize) -> Vec<Vec<u8>> {
        let count = |port: usize| if self.manifest().tensors[port].is_of_job() { 1 } else { shards };
        let each = self.input_bytes().into_iter().enumerate();
        each.map(|(port, bytes)| noise(port as u64, bytes * count(port))).collect()
    }

    /// One shard, run honestly.
    pub fn trace(&self, inputs: &[Vec<u8>]) -> ShardTrace {
        let inputs = Inputs::new(self.manifest(), inputs.to_vec()).expect("inputs of one shard");
        self.executable.trace(&inputs, 0).expect("the program's inputs")
    }
}

/// The inputs of shard `shard` of inputs that hold `shards` of them.
pub fn shard_of(inputs: &[Vec<u8>], shards: usize, shard: usize) -> Vec<Vec<u8>> {
    let of = |input: &Vec<u8>| input.chunks(input.len() / shards).nth(shard).unwrap_or_default().to_vec();
    inputs.iter().map(of).collect()
}

/// Pseudo-random bytes.
pub fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d;
    let step = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as u8
    };
    (0..len).map(step).collect()
}

/// Four equal convolutions with rectified outputs, all committed: nothing in it is narrower or cheaper than the rest.
pub fn layers() -> Arc<Model> {
    static LAYERS: LazyLock<Arc<Model>> = LazyLock::new(|| Model::new(written::layers().bytes(), None));
    LAYERS.clone()
}

/// A wide tensor, averaged to a narrow one from which most of the work is done.
pub fn bottleneck() -> Arc<Model> {
    static BOTTLENECK: LazyLock<Arc<Model>> = LazyLock::new(|| Model::new(written::bottleneck().bytes(), None));
    BOTTLENECK.clone()
}

/// The digit classifier that comes with the binary.
pub fn digits() -> Arc<Model> {
    static DIGITS: LazyLock<Arc<Model>> = LazyLock::new(|| {
        let digits = tequio_models::digits();
        Model::new(digits.program.to_vec(), Some(digits.plan))
    });
    DIGITS.clone()
}

/// The same with all layers committed, measured.
pub fn layered_digits() -> Arc<Model> {
    static DIGITS: LazyLock<Arc<Model>> = LazyLock::new(|| {
        let program = tequio_models::digits().program;
        let graph = load(program).expect("the digits load");
        let plain = Plan::plain(&graph).expect("the digits have a plan");
        let shards: Vec<_> =
            images(16)[0].chunks(digits().input_bytes()[0]).map(|shard| vec![shard.to_vec()]).collect();
        Model::new(program.to_vec(), Some(plain.measured(&graph, &shards).expect("the digits are measured")))
    });
    DIGITS.clone()
}

/// The first `shards` of 90 shards of test images.
pub fn images(shards: usize) -> Vec<Vec<u8>> {
    let mut bytes = tequio_models::digits().inputs;
    bytes.truncate(shards * digits().input_bytes()[0]);
    vec![bytes]
}

mod written {
    //! Programs written by hand.

    use tequio_tosa::{Attribute, DType, Op, Program, conv};

    /// Zero points, and a scale that keeps most of what a convolution of noise gives inside int8.
    pub fn scalars(program: &mut Program) {
        program.constant("zero8", DType::INT8, &[1], vec![0]);
        program.constant("zero32", DType::INT32, &[1], vec![0; 4]);
        program.constant("multiplier", DType::INT32, &[1], (1i32 << 30).to_le_bytes().to_vec());
        program.constant("shift", DType::INT8, &[1], vec![40]);
    }

    pub fn bottleneck() -> Program {
        let mut program = Program::default();
        scalars(&mut program);
        program.input("x", DType::INT8, &[1, 8, 8, 4]);
        let wide = program.layer(("x", [1, 8, 8, 4]), "wide", conv(8, 3));
        let pool = Attribute::Pool { kernel: vec![8, 8], stride: vec![1, 1], pad: vec![0; 4] };
        program.op(Op::AVG_POOL2D, pool, &["wide", "zero8", "zero8"], ("narrow", DType::INT8, &[1, 1, 1, wide[3]]));
        let first = program.layer(("narrow", [1, 1, 1, wide[3]]), "first", conv(64, 1));
        let second = program.layer(("first", first), "second", conv(512, 1));
        program.layer(("second", second), "third", conv(16, 1));
        program.output("third");
        program
    }

    pub fn layers() -> Program {
        let mut program = Program::default();
        scalars(&mut program);
        let shape = [1, 4, 4, 8];
        program.input("x", DType::INT8, &shape);
        let mut from = "x".to_string();
        for layer in 1..=4 {
            let (open, to) = (format!("open{layer}"), format!("layer{layer}"));
            program.layer((&from, shape), &open, conv(8, 3));
            let clamp = Attribute::Clamp { min: vec![0xc0], max: vec![0x7f] };
            program.op(Op::CLAMP, clamp, &[&open], (&to, DType::INT8, &shape));
            from = to;
        }
        program.output(&from);
        program
    }
}
