//! Whole tensors at a time against one element at a time, on random graphs of every kind of op.

mod random;

use random::Random;
use tequio_attestation::Operand;

use super::*;
use crate::analysis::{open::open, reads::Reads};

fn by_element_of(edge: &Edge<'_>, flow: Field) -> Vec<(usize, Field)> {
    let arrived = element::spread(edge, &flow.elements());
    let some = arrived.into_iter().enumerate().filter(|(_, into)| !into.is_empty());
    some.map(|(operand, into)| (operand, Field::of_elements(dims(&edge.types[operand].shape), into))).collect()
}

/// What [`largest_arrivals`] is, by definition.
fn by_element(graph: &Graph, work: &Work, open: &[Mask], routes: &[Option<u8>]) -> Vec<u128> {
    arrivals(graph, work, open, routes, by_element_of)
}

#[test]
fn a_tensor_at_a_time_is_an_element_at_a_time() {
    for seed in 0..1_500 {
        let mut random = Random::new(seed * 7_919);
        random.grow(3, 14);
        let (open, routes) = random.case();
        let (graph, work) = (&random.graph, &random.work());
        let (whole, one) = (largest_arrivals(graph, work, &open, &routes), by_element(graph, work, &open, &routes));
        assert_eq!(whole, one, "seed {seed}: {graph:#?} {routes:?}");
    }
}

/// Every op's edges alone, so that one mistake can't hide another.
#[test]
fn what_arrives_is_the_same_at_every_element() {
    for seed in 0..1_500 {
        let mut random = Random::new(seed * 104_729);
        random.grow(6, 6);
        let (open, routes) = random.case();
        for (id, tensor) in random.graph.clone().iter() {
            let Some(edge) = Edge::of(&random.graph, tensor, routes[id.0 as usize], &open) else { continue };
            let out = dims(&edge.out.shape);
            let uniform = Field::uniform(out, (seed as u128) << 20);
            let uneven = Field::of_elements(out, (0..edge.out.shape.elements() as u128).map(|at| at * at).collect());
            for flow in [uniform, uneven] {
                let flat = |(operand, field): (usize, Field)| {
                    let elements = field.elements();
                    elements.iter().any(|value| *value > 0).then_some((operand, elements))
                };
                let expected: Vec<_> = by_element_of(&edge, flow.clone()).into_iter().filter_map(flat).collect();
                let whole: Vec<_> = spread::spread(&edge, flow).into_iter().filter_map(flat).collect();
                assert_eq!(whole, expected, "{:?} {:?}", edge.node, edge.types);
            }
        }
    }
}

/// Nothing that can be saved gets lost: what every op costs arrives at the inputs, but for what is rounded up.
#[test]
fn flow_is_conserved() {
    for seed in 0..1_500 {
        let mut random = Random::new(seed * 15_485_863);
        random.grow(3, 14);
        let (open, routes) = random.case();
        for (id, tensor) in random.graph.iter() {
            let Some(edge) = Edge::of(&random.graph, tensor, routes[id.0 as usize], &open) else { continue };
            let mut flow = Field::uniform(dims(&edge.out.shape), 0);
            flow.raise_where(&open[id.0 as usize], 1 << 40);
            let given: u128 = flow.clone().elements().iter().sum();
            let arrived = spread::spread(&edge, flow).into_iter().map(|(operand, field)| {
                let elements = (0..).zip(field.elements());
                elements.filter(|(element, _)| edge.differs(operand, *element)).map(|(_, flow)| flow).sum::<u128>()
            });
            let arrived: u128 = arrived.sum();
            assert!(arrived >= given, "seed {seed}: {given} became {arrived}: {:?} {:?}", edge.node, edge.types);
        }
    }
}

/// Of so many elements: all, none or some.
fn mask(random: &mut Random, elements: u32) -> Mask {
    match random.within(0, 3) {
        0 => Mask::All,
        1 => Mask::None,
        _ => Mask::of((0..elements).map(|_| random.within(0, 3) == 0).collect()),
    }
}

/// By position and by evaluating every element.
#[test]
fn what_reads_what_is_the_same_at_every_element() {
    for seed in 0..1_500 {
        let mut random = Random::new(seed * 32_452_843);
        random.grow(3, 14);
        let graph = random.graph.clone();
        for (_, tensor) in graph.iter() {
            let Some(node) = tensor.node() else { continue };
            let mut all = Reads::new(&graph, node, &tensor.ty);
            for operand in 0..node.operands.len() as u8 {
                let Some(edge) = Edge::of(&graph, tensor, Some(operand), &[]) else { continue };
                let (source, out) = (edge.source().shape.elements(), edge.out.shape.elements());
                let (from, to) = (mask(&mut random, source), mask(&mut random, out));
                let (mut reading, mut read) = (vec![false; out as usize], vec![false; source as usize]);
                for index in 0..out {
                    for &(_, element) in all.of(index).iter().filter(|(at, _)| *at == operand as usize) {
                        reading[index as usize] |= from.has(element);
                        read[element as usize] |= to.has(index);
                    }
                }
                let (readers, read_of) = (reach::readers(&edge, &from), reach::read(&edge, &to));
                assert_eq!(readers.is_none(), read_of.is_none());
                assert!(readers.is_none_or(|mask| mask == Mask::of(reading)), "{node:?} {:?}", edge.types);
                assert!(read_of.is_none_or(|mask| mask == Mask::of(read)), "{node:?} {:?}", edge.types);
            }
        }
    }
}

/// What may differ, and what something needs, by definition.
#[test]
fn what_is_open_or_live_is_so_by_element() {
    for seed in 0..1_500 {
        let mut random = Random::new(seed * 49_979_687);
        random.grow(3, 14);
        let committed: Vec<bool> = (0..random.graph.tensors().len()).map(|_| random.within(0, 5) == 0).collect();
        let graph = &random.graph;
        let open = open(graph, &vec![true; committed.len()], &vec![false; committed.len()]);
        let work = Work::new(graph, &committed, &vec![false; committed.len()]);
        let bits = |mask: &Mask, tensor: &Tensor| (0..tensor.ty.shape.elements()).map(|at| mask.has(at)).collect();
        let mut live: Vec<Vec<bool>> = (0..committed.len()).map(|_| vec![]).collect();
        for (id, tensor) in graph.iter() {
            live[id.0 as usize] = vec![committed[id.0 as usize]; tensor.ty.shape.elements() as usize];
        }
        for (id, tensor) in graph.iter().rev() {
            let at = id.0 as usize;
            let found: Vec<bool> = bits(&work.live[at], tensor);
            let Some(node) = tensor.node() else { continue };
            assert_eq!(found, live[at], "seed {seed}: {id:?} of {graph:#?}");
            let mut reads = Reads::new(graph, node, &tensor.ty);
            let is_whole_gather = node.op == Op::Gather && is_blind(graph, node);
            let mut opened = vec![false; found.len()];
            for index in 0..tensor.ty.shape.elements() {
                for &(operand, element) in reads.of(index) {
                    let Operand::Tensor(read) = node.operands[operand] else { continue };
                    opened[index as usize] |= open[read.0 as usize].has(element);
                    live[read.0 as usize][element as usize] |= found[index as usize];
                    if is_whole_gather && operand == 0 && found[index as usize] {
                        live[read.0 as usize].fill(true);
                    }
                }
            }
            assert_eq!(bits(&open[at], tensor), opened, "seed {seed}: {id:?} of {graph:#?}");
        }
    }
}
