//! What a part of an element's multiply-accumulates says of it.

use std::collections::{BTreeMap, BTreeSet};

use tequio_attestation::{Manifest, Node, Operand, Source, TensorId};
use tequio_tensor::{Elements, Op, Type, evaluate, is_dense, is_elementwise};

use crate::known::Known;

/// Parts that are tried, in tenths.
const TENTHS: [usize; 2] = [1, 3];
/// Most shards that are learnt from, and as many that are tried.
const SHARDS: usize = 16;
/// Most intervals into which a channel's partial sums are sorted, and least sums in each.
const BINS: usize = 16;
const SUMS: usize = 64;

/// Elements of one channel whose sums of the largest weights lie in one bin are guessed alike.
pub struct Part {
    /// What a guess saves of an element.
    pub saves: f64,
    /// By class: how often its best guess was right where it was learnt.
    pub learnt: Vec<f64>,
    /// Elements of what is tried.
    pub tried: Vec<Tried>,
}

pub struct Tried {
    pub class: usize,
    /// Within an item.
    pub place: usize,
    pub is_right: bool,
}

/// What a class is guessed to be.
#[derive(Clone, Copy)]
enum Guess {
    Value(i64),
    /// What is most frequent at the position.
    Mode,
    /// The element before in the channel.
    Before,
}

/// Of a committed tensor with items of `item` elements of which `modes` are the most frequent values.
pub fn parts(
    manifest: &Manifest,
    id: TensorId,
    [learnt, tried]: [&[Known]; 2],
    item: usize,
    modes: &[i64],
) -> Vec<Part> {
    let Some(dense) = source(manifest, id) else { return vec![] };
    let [learnt, tried] = [learnt, tried].map(|shards| &shards[..shards.len().min(SHARDS)]);
    let shape = manifest.descriptor(dense).ty.shape;
    let channels = shape.dims().last().map_or(1, |last| *last as usize);
    let bins = (learnt.len() * shape.elements() as usize / channels / SUMS).min(BINS);
    if bins < 2 || !item.is_multiple_of(channels) {
        return vec![];
    }
    let part = |tenths: usize| {
        let sum = |shards: &[Known]| -> (Vec<i64>, f64) {
            let sums: Vec<_> = shards.iter().map(|known| partial(manifest, dense, known, tenths)).collect();
            let saves = sums.first().map_or(0.0, |(_, saves)| *saves);
            (sums.into_iter().flat_map(|(sums, _)| sums).collect(), saves)
        };
        let truth = |shards: &[Known]| -> Vec<i64> {
            shards.iter().flat_map(|known| known.values[id.0 as usize].iter().copied()).collect()
        };
        let ((sums, saves), values) = (sum(learnt), truth(learnt));
        let bounds = bounds(&sums, channels, bins);
        let class = |at: usize, sum: i64| {
            let channel = at % channels;
            channel * bins + bounds[channel].partition_point(|bound| *bound <= sum)
        };
        let is_right = |guess: Guess, values: &[i64], at: usize| match guess {
            Guess::Value(value) => value == values[at],
            Guess::Mode => modes[at % item] == values[at],
            Guess::Before => at % item >= channels && values[at - channels] == values[at],
        };
        let mut seen = vec![BTreeMap::<i64, usize>::new(); channels * bins];
        let mut right = vec![[0usize; 2]; channels * bins];
        for (at, sum) in sums.iter().enumerate() {
            let class = class(at, *sum);
            *seen[class].entry(values[at]).or_default() += 1;
            for (count, guess) in right[class].iter_mut().zip([Guess::Mode, Guess::Before]) {
                *count += usize::from(is_right(guess, &values, at));
            }
        }
        let best = |(seen, [mode, before]): (&BTreeMap<i64, usize>, &[usize; 2])| {
            let (value, most) = seen.iter().max_by_key(|(_, count)| **count).map_or((0, 0), |(at, of)| (*at, *of));
            let all = [(most, Guess::Value(value)), (*mode, Guess::Mode), (*before, Guess::Before)];
            let (most, guess) = all.into_iter().max_by_key(|(count, _)| *count).unwrap_or(all[0]);
            (guess, most as f64 / seen.values().sum::<usize>().max(1) as f64)
        };
        let (guesses, rates): (Vec<Guess>, Vec<f64>) = seen.iter().zip(&right).map(best).unzip();
        let (sums, values) = (sum(tried).0, truth(tried));
        let of_element = |(at, sum): (usize, &i64)| {
            let class = class(at, *sum);
            Tried { class, place: at % item, is_right: is_right(guesses[class], &values, at) }
        };
        Part { saves, learnt: rates, tried: sums.iter().enumerate().map(of_element).collect() }
    };
    TENTHS.into_iter().map(part).filter(|part| part.saves > 0.0).collect()
}

/// The convolution or product that a committed tensor follows from element by element, the one with most terms.
pub fn source(manifest: &Manifest, id: TensorId) -> Option<TensorId> {
    let (mut seen, mut todo, mut found) = (BTreeSet::new(), vec![id], vec![]);
    while let Some(at) = todo.pop() {
        let tensor = manifest.descriptor(at);
        let is_inside = at == id || matches!(tensor.source, Source::Virtual { .. });
        let Some(node) = tensor.node().filter(|_| is_inside && seen.insert(at)) else { continue };
        if is_dense(&node.op) {
            found.push((Terms::of(manifest, node).count, at));
        }
        if !is_elementwise(&node.op) && !matches!(node.op, Op::Reshape | Op::Identity) {
            continue;
        }
        for operand in &node.operands {
            if let Operand::Tensor(read) = operand
                && (node.op == Op::Reshape || manifest.descriptor(*read).ty.shape == tensor.ty.shape)
            {
                todo.push(*read);
            }
        }
    }
    found.into_iter().max().map(|(_, at)| at)
}

/// The zero point of a dense op's second operand.
pub fn weight_zero_point(node: &Node, known: &Known) -> i64 {
    match node.operands.get(if node.op == Op::MatMul { 3 } else { 4 }) {
        Some(Operand::Scalar { value, .. }) => *value,
        Some(Operand::Tensor(id)) => known.values[id.0 as usize].first().copied().unwrap_or(0),
        None => 0,
    }
}

/// What an output element sums: products with so many elements of the second operand, so far apart.
struct Terms {
    count: usize,
    step: usize,
}

impl Terms {
    fn of(manifest: &Manifest, node: &Node) -> Self {
        let shape = manifest.operand_type(&node.operands[1]).shape;
        let product = |axes: std::ops::Range<usize>| axes.map(|axis| shape.dim(axis) as usize).product();
        match node.op {
            Op::Conv2d(_) | Op::TransposeConv2d(_) => Self { count: product(1..4), step: 1 },
            Op::Conv3d(_) => Self { count: product(1..5), step: 1 },
            Op::DepthwiseConv2d(_) => Self { count: product(0..2), step: product(2..4) },
            _ => Self { count: shape.dim(1) as usize, step: shape.dim(2) as usize },
        }
    }
}

/// The sums of the terms with the largest weights, some tenths of them, or of the first where both operands are computed;
/// and the share of the terms that is left out.
fn partial(manifest: &Manifest, id: TensorId, known: &Known, tenths: usize) -> (Vec<i64>, f64) {
    let tensor = manifest.descriptor(id);
    let Some(node) = tensor.node() else { return (vec![], 0.0) };
    let zero = weight_zero_point(node, known);
    let Operand::Tensor(weights) = node.operands[1] else { return (vec![], 0.0) };
    let all = &known.values[weights.0 as usize];
    let Terms { count, step } = Terms::of(manifest, node);
    let kept = (count * tenths).div_ceil(10);
    let mut left = vec![zero; all.len()];
    for first in (0..all.len()).filter(|at| at / step % count == 0) {
        let mut terms: Vec<usize> = (0..count).map(|term| first + term * step).collect();
        if matches!(manifest.descriptor(weights).source, Source::Constant { .. }) {
            terms.sort_by_key(|at| std::cmp::Reverse(all[*at].abs_diff(zero)));
        }
        terms.iter().take(kept).for_each(|at| left[*at] = all[*at]);
    }
    let operand = |(at, operand): (usize, &Operand)| match *operand {
        Operand::Tensor(_) if at == 1 => Elements::All(&left),
        Operand::Tensor(id) => Elements::All(&known.values[id.0 as usize]),
        Operand::Scalar { value, .. } => Elements::Scalar(value),
    };
    let operands: Vec<Elements<'_>> = node.operands.iter().enumerate().map(operand).collect();
    let types: Vec<Type> = node.operands.iter().map(|operand| manifest.operand_type(operand)).collect();
    let sums = evaluate(&node.op, &types, &tensor.ty, &operands).collect();
    (sums, 1.0 - kept as f64 / count as f64)
}

/// By channel: what lies between bins of equal size.
fn bounds(sums: &[i64], channels: usize, bins: usize) -> Vec<Vec<i64>> {
    let of_channel = |channel: usize| {
        let mut sums: Vec<i64> = sums[channel..].iter().step_by(channels).copied().collect();
        sums.sort_unstable();
        (1..bins).map(|bin| sums[sums.len() * bin / bins]).collect()
    };
    (0..channels).map(of_channel).collect()
}
