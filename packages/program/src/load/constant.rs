//! Constant data as the file packs it becomes canonical bytes.

use tequio_tensor::DType;

use super::names::Entry;
use crate::refused::Refused;

/// Serialisers pad data to a multiple of this.
const ALIGNMENT: usize = 8;

/// The canonical bytes of a constant: little-endian, int4 one byte, int48 six, bool 0 or 1.
pub fn decode(entry: &Entry<'_>) -> Result<Vec<u8>, Refused> {
    let elements = entry.ty.shape.elements() as usize;
    let wanted = match entry.ty.dtype {
        DType::I4 => elements.div_ceil(2),
        _ => entry.ty.bytes(),
    };
    let data = entry.file.data().map_or(&[][..], |data| data.bytes());
    if data.len() < wanted || data.len() > wanted.next_multiple_of(ALIGNMENT) {
        return Err(Refused::Data { tensor: entry.name.into(), found: data.len(), wanted });
    }
    let data = &data[..wanted];
    Ok(match entry.ty.dtype {
        DType::Bool => data.iter().map(|&byte| (byte != 0) as u8).collect(),
        DType::I4 => (0..elements).map(|at| nibble(data, at)).collect(),
        _ => data.to_vec(),
    })
}

/// Element `at` of packed int4, sign-extended to a byte. The low nibble comes first.
fn nibble(data: &[u8], at: usize) -> u8 {
    let byte = data[at / 2];
    let high = if at.is_multiple_of(2) { byte << 4 } else { byte & 0xf0 };
    ((high as i8) >> 4) as u8
}
