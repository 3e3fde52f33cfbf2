//! The worst programs that the limits admit.

use tequio_attestation::TensorId;
use tequio_program::{Commit, Given, Graph, Plan, Scenario, load};
use tequio_tosa::{Attribute, DType, Op, Program, noise};

/// A program that adds up what costs memory, each part below a tensor of one element.
#[derive(Default)]
pub struct Worst {
    program: Program,
    parts: Vec<String>,
}

impl Worst {
    pub fn new() -> Self {
        let mut worst = Self::default();
        worst.program.scalars();
        worst
    }

    /// `deep` virtual tensors of `wide` elements over one another.
    pub fn chain(mut self, wide: i32, deep: usize) -> Self {
        let (p, shape) = (&mut self.program, [1, wide]);
        p.input("line", DType::INT8, &shape);
        let mut at = "line".to_owned();
        for link in 1..deep {
            let to = format!("link{link}");
            p.op(Op::BITWISE_NOT, Attribute::None, &[&at], (&to, DType::INT8, &shape));
            at = to;
        }
        p.op(Op::CAST, Attribute::None, &[&at], ("line_wide", DType::INT32, &shape));
        p.op(Op::REDUCE_SUM, Attribute::Axis(1), &["line_wide"], ("line_sum", DType::INT32, &[1, 1]));
        self.part("line_sum")
    }

    /// `deep` virtual tensors over one another, of each of which one column of `tall` is read: what is kept lies far apart.
    pub fn column(mut self, tall: i32, deep: usize) -> Self {
        let (p, shape) = (&mut self.program, [tall, 64]);
        p.input("corner", DType::INT8, &[1, 1]);
        p.shape("corners", &[tall.into(), 64]);
        p.op(Op::TILE, Attribute::None, &["corner", "corners"], ("column1", DType::INT8, &shape));
        p.op(Op::CAST, Attribute::None, &["column1"], ("column2", DType::INT32, &shape));
        for link in 3..=deep {
            let [from, to] = [link - 1, link].map(|link| format!("column{link}"));
            p.op(Op::BITWISE_NOT, Attribute::None, &[&from], (&to, DType::INT32, &shape));
        }
        let last = format!("column{deep}");
        p.op(Op::REDUCE_SUM, Attribute::Axis(0), &[&last], ("column_sums", DType::INT32, &[1, 64]));
        p.shape("column_start", &[0, 0]);
        p.shape("column_size", &[1, 1]);
        let slice = ["column_sums", "column_start", "column_size"];
        p.op(Op::SLICE, Attribute::None, &slice, ("column_sum", DType::INT32, &[1, 1]));
        self.part("column_sum")
    }

    /// `taps` leaves of one byte, one in `apart` of a line; between them are digests.
    pub fn dust(mut self, taps: i32, apart: i32) -> Self {
        let [x, weight, sum, to] = ["", "_weight", "_sum", "_flat"].map(|end| format!("dust{}{end}", self.parts.len()));
        let p = &mut self.program;
        p.input(&x, DType::INT8, &[1, 1, apart * (taps - 1) + 1, 1]);
        p.constant(&weight, DType::INT8, &[1, 1, taps, 1], noise(taps as usize));
        let window =
            Attribute::Conv { pad: vec![0; 4], stride: vec![1; 2], dilation: vec![1, apart], acc: DType::INT32 };
        let inputs = [&x, weight.as_str(), "zero32", "zero8", "zero8"];
        p.op(Op::CONV2D, window, &inputs, (&sum, DType::INT32, &[1; 4]));
        self.flat(&sum, &to)
    }

    /// `many` committed sums, each of `deep` virtual tensors of `wide` elements that one element is repeated to: little to
    /// open, much to keep.
    pub fn repeats(mut self, many: usize, wide: i32, deep: usize) -> Self {
        let (p, shape) = (&mut self.program, [1, wide]);
        p.input("repeated", DType::INT8, &[1, 1]);
        p.shape("repeats", &[1, wide.into()]);
        for number in 0..many {
            let mut at = format!("repeat{number}_1");
            p.op(Op::TILE, Attribute::None, &["repeated", "repeats"], (&at, DType::INT8, &shape));
            for link in 2..deep {
                let to = format!("repeat{number}_{link}");
                p.op(Op::BITWISE_NOT, Attribute::None, &[&at], (&to, DType::INT8, &shape));
                at = to;
            }
            let [lines, sum] = ["repeat_wide", "member_repeat"].map(|name| format!("{name}{number}"));
            p.op(Op::CAST, Attribute::None, &[&at], (&lines, DType::INT32, &shape));
            p.op(Op::REDUCE_SUM, Attribute::Axis(1), &[&lines], (&sum, DType::INT32, &[1, 1]));
            self.parts.push(sum);
        }
        self
    }

    /// `groups` × 64 committed tensors of one element each.
    pub fn crowd(mut self, groups: usize) -> Self {
        let (p, one) = (&mut self.program, [1, 1]);
        p.input("crowd", DType::INT8, &one);
        for group in 0..groups {
            let members: Vec<_> = (0..64).map(|member| format!("member{group}_{member}")).collect();
            let members: Vec<_> = members.iter().map(String::as_str).collect();
            for member in &members {
                p.op(Op::BITWISE_NOT, Attribute::None, &["crowd"], (member, DType::INT8, &one));
            }
            let [all, most, part] = ["all", "most", "part"].map(|name| format!("{name}{group}"));
            p.op(Op::CONCAT, Attribute::Axis(1), &members, (&all, DType::INT8, &[1, 64]));
            p.op(Op::REDUCE_MAX, Attribute::Axis(1), &[&all], (&most, DType::INT8, &one));
            p.op(Op::CAST, Attribute::None, &[&most], (&part, DType::INT32, &one));
            self.parts.push(part);
        }
        self
    }

    /// Convolutions and scales over one another, as deep as a call stack has to be.
    pub fn stack(mut self, deep: usize) -> Self {
        let (p, shape) = (&mut self.program, [1, 1, 1, 1]);
        p.input("stack", DType::INT8, &shape);
        p.constant("one", DType::INT8, &shape, vec![1]);
        let mut at = "stack".to_owned();
        for level in 0..deep / 2 {
            let [sum, to] = ["sum", "scaled"].map(|name| format!("stack{level}_{name}"));
            let window =
                Attribute::Conv { pad: vec![0; 4], stride: vec![1; 2], dilation: vec![1; 2], acc: DType::INT32 };
            p.op(Op::CONV2D, window, &[&at, "one", "zero32", "zero8", "zero8"], (&sum, DType::INT32, &shape));
            p.rescale(&sum, &to, &shape, [DType::INT32, DType::INT8]);
            at = to;
        }
        p.op(Op::CAST, Attribute::None, &[&at], ("stack_wide", DType::INT32, &shape));
        self.flat("stack_wide", "stack_flat")
    }

    fn flat(mut self, from: &str, to: &str) -> Self {
        let shape = format!("{to}_shape");
        self.program.shape(&shape, &[1, 1]);
        self.program.op(Op::RESHAPE, Attribute::None, &[from, &shape], (to, DType::INT32, &[1, 1]));
        self.part(to)
    }

    fn part(mut self, name: &str) -> Self {
        self.parts.push(name.into());
        self
    }

    /// The sum of all parts, the only output.
    pub fn graph(mut self) -> Graph {
        let p = &mut self.program;
        let mut level = 0;
        while self.parts.len() > 1 {
            level += 1;
            let all = std::mem::take(&mut self.parts);
            for (at, pair) in all.chunks(2).enumerate() {
                let [one, other] = pair else {
                    self.parts.extend_from_slice(pair);
                    continue;
                };
                let to = format!("level{level}_{at}");
                p.op(Op::ADD, Attribute::None, &[one, other], (&to, DType::INT32, &[1, 1]));
                self.parts.push(to);
            }
        }
        p.op(Op::IDENTITY, Attribute::None, &[&self.parts[0]], ("out", DType::INT32, &[1, 1]));
        p.output("out");
        load(&p.bytes()).unwrap()
    }
}

/// The plan that commits to the output, to the crowd and to sums of what is repeated, and makes every byte of dust a leaf.
pub fn plan(graph: &Graph) -> Plan {
    let mut smallest = Program::default();
    smallest.input("x", DType::INT8, &[1]);
    smallest.output("x");
    let mut plan = Plan::propose(&load(&smallest.bytes()).unwrap()).unwrap();
    (plan.given, plan.committed) = (vec![], vec![]);
    for (tensor, about) in (0..).zip(graph.tensors()) {
        let (name, elements) = (about.name.clone(), about.ty.shape.elements());
        let is_dust = (tensor as usize) < graph.inputs() && name.starts_with("dust");
        let is_committed = graph.outputs().contains(&TensorId(tensor)) || name.starts_with("member");
        if about.node().is_none() {
            let (leaf_log2, row) = if is_dust { (6, 1) } else { (10, elements) };
            plan.given.push(Given { tensor, name, leaf_log2, row });
        } else if is_committed {
            plan.committed.push(Commit { tensor, name, leaf_log2: 6, row: elements, s: 0 });
        }
    }
    differ(graph, &mut plan);
    plan
}

/// All inputs differ, and no committed tensor keeps anything.
pub fn differ(graph: &Graph, plan: &mut Plan) {
    let (differs, rates) = ((0..graph.inputs() as u32).collect(), vec![0; plan.committed.len()]);
    plan.scenarios = vec![Scenario { differs, shared: vec![], routes: vec![], rates }];
}
