//! What the contract runs: recompute the drawn elements from an opening, and compare.

use std::{collections::BTreeMap, rc::Rc};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Descriptor, Draw, Header, Malformed, Position, Source, Statement, TensorId,
    codec::Reader,
    evaluate::{Evaluator, LeafKey, Supply},
    layout::depth,
    roots::Taken,
};

/// What an opening shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The next `draws` draws were opened and each agrees.
    Agreed { draws: u32 },
    /// A drawn element does not follow from what it reads.
    Disagreed(Mismatch),
}

/// The first drawn element that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mismatch {
    pub draw: u32,
    /// The job's shard.
    #[serde(with = "crate::decimal")]
    #[schemars(schema_with = "crate::decimal::schema")]
    pub shard: u64,
    pub tensor: u32,
    pub element: u32,
    /// What was committed to. No element is longer than 48 bits.
    pub claimed: i64,
    /// What follows from what it reads.
    pub computed: i64,
}

/// Takes descriptors and leaves from an opening as they are first needed.
struct Stream<'a> {
    opening: Reader<'a>,
    /// Every descriptor taken.
    descriptors: BTreeMap<TensorId, Vec<u8>>,
}

impl Supply for Stream<'_> {
    fn descriptor(&mut self, id: TensorId) -> Result<Descriptor, Malformed> {
        let from = self.opening.position();
        let descriptor = Descriptor::decode_shown(&mut self.opening)?;
        self.descriptors.insert(id, self.opening.since(from).to_vec());
        Ok(descriptor)
    }

    fn leaf(&mut self, _: LeafKey, _: &Descriptor, len: usize) -> Result<Rc<[u8]>, Malformed> {
        self.opening.leaf(len)
    }
}

/// Checks the opening of an attestation's next draws, `opened` of which were opened before.
///
/// An error says nothing about the attestation: these bytes do not open it. Exactly one string of bytes opens given
/// draws of a given attestation.
pub fn check(statement: &Statement, opened: u32, opening: &[u8]) -> Result<Outcome, Malformed> {
    let left = statement.subject.draws.saturating_sub(opened);
    judge(statement, opening, left, |nth| {
        let number = opened.saturating_add(nth);
        Asked { number, at: At::Drawn(statement.draw(number)) }
    })
}

/// Checks the opening of one element that somebody chose, of the tensor that the opening names. The seed plays no part.
///
/// As in [`check`], an error says nothing about the attestation, and one string of bytes opens a given element.
pub fn refute(statement: &Statement, position: Position, opening: &[u8]) -> Result<Outcome, Malformed> {
    if position.shard >= statement.subject.count {
        return Err(Malformed::Counts);
    }
    judge(statement, opening, 1, |_| Asked { number: 0, at: At::Chosen(position) })
}

/// An element that an opening is for, whichever its tensor.
struct Asked {
    number: u32,
    at: At,
}

enum At {
    Drawn(Draw),
    Chosen(Position),
}

fn judge(statement: &Statement, opening: &[u8], most: u32, asked: impl Fn(u32) -> Asked) -> Result<Outcome, Malformed> {
    let mut reader = Reader::new(opening);
    let header = Header::decode(&mut reader)?;
    let draws = reader.varint32()?;
    if draws == 0 || draws > most {
        return Err(Malformed::Draws { draws });
    }
    let mut evaluator = Evaluator::new(Stream { opening: reader, descriptors: BTreeMap::new() }, statement);
    let mut mismatch = None;
    for nth in 0..draws {
        let found = check_element(statement, &mut evaluator, asked(nth))?;
        mismatch = mismatch.or(found);
    }
    let Evaluator { supply: Stream { opening: rest, descriptors }, known, leaves, .. } = evaluator;
    Taken { descriptors, known, leaves, rest }.lies_under(statement, &header)?;
    Ok(mismatch.map_or(Outcome::Agreed { draws }, Outcome::Disagreed))
}

fn check_element(
    statement: &Statement,
    evaluator: &mut Evaluator<Stream<'_>>,
    Asked { number, at }: Asked,
) -> Result<Option<Mismatch>, Malformed> {
    let id = TensorId(evaluator.supply.opening.varint32()?);
    let tensor = evaluator.tensor(id)?;
    let Source::Committed { interval, .. } = tensor.descriptor.source else {
        return Err(Malformed::NotDrawn { tensor: id.0 });
    };
    let Position { shard, element } = match at {
        At::Drawn(draw) if interval.contains(draw.ticket) => {
            Position { shard: draw.shard, element: draw.element(tensor.descriptor.ty.shape.elements()) }
        }
        At::Drawn(_) => return Err(Malformed::NotDrawn { tensor: id.0 }),
        At::Chosen(position) => position,
    };
    let (claimed, computed) = evaluator.claimed_and_computed(&tensor, shard, element)?;
    let shard = statement.subject.first_shard.saturating_add(shard);
    let mismatch = Mismatch { draw: number, shard, tensor: id.0, element, claimed, computed };
    Ok((claimed != computed).then_some(mismatch))
}

/// Bytes that the levels above a shard add to one draw's opening: of the attester's tree and of the inputs' tree.
pub fn shard_path_bytes(count: u64, total_shards: u64) -> u64 {
    32 * (depth(count) as u64 + depth(total_shards) as u64)
}
