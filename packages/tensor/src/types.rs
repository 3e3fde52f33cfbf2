//! Element types, shapes and tensor types.

use core::{fmt, num::NonZeroU32};

/// Highest rank of a tensor, as TOSA's level 8K allows.
pub const MAX_RANK: usize = 6;
/// Most elements of one tensor: flat indices are `u32` everywhere.
const MAX_ELEMENTS: u64 = 1 << 31;

/// Element type. Every element is read and returned as a sign-extended `i64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum DType {
    Bool = 0,
    I4 = 1,
    I8 = 2,
    I16 = 3,
    I32 = 4,
    I48 = 5,
}

impl DType {
    pub const ALL: [DType; 6] = [Self::Bool, Self::I4, Self::I8, Self::I16, Self::I32, Self::I48];

    /// Width in bits.
    pub const fn bits(self) -> u32 {
        match self {
            Self::Bool => 1,
            Self::I4 => 4,
            Self::I8 => 8,
            Self::I16 => 16,
            Self::I32 => 32,
            Self::I48 => 48,
        }
    }

    /// Bytes of one element in a leaf: little-endian two's complement, bool and int4 one byte, int48 six.
    pub const fn bytes(self) -> usize {
        match self {
            Self::Bool | Self::I4 | Self::I8 => 1,
            Self::I16 => 2,
            Self::I32 => 4,
            Self::I48 => 6,
        }
    }

    /// Smallest value. A bool is 0 or 1.
    pub const fn min(self) -> i64 {
        match self {
            Self::Bool => 0,
            _ => i64::MIN >> self.unused(),
        }
    }

    /// Largest value.
    pub const fn max(self) -> i64 {
        match self {
            Self::Bool => 1,
            _ => i64::MAX >> self.unused(),
        }
    }

    /// `value` reduced to this width in two's complement; a bool keeps its lowest bit.
    pub const fn wrap(self, value: i64) -> i64 {
        match self {
            Self::Bool => value & 1,
            _ => (value << self.unused()) >> self.unused(),
        }
    }

    /// `value`'s bits at this width, read as an unsigned number.
    pub const fn zero_extend(self, value: i64) -> i64 {
        value & self.unsigned_max()
    }

    /// Largest value when the bits are read as an unsigned number.
    pub const fn unsigned_max(self) -> i64 {
        (u64::MAX >> self.unused()) as i64
    }

    /// TOSA's name: `bool`, `int4`, …
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::I4 => "int4",
            Self::I8 => "int8",
            Self::I16 => "int16",
            Self::I32 => "int32",
            Self::I48 => "int48",
        }
    }

    /// The element whose canonical bytes (see [`Self::bytes`]) are the first of `bytes`, sign-extended; 0 if they end
    /// before it does. Bytes that no element of the type has, as 2 for a bool, give what they say.
    pub fn read(self, bytes: &[u8]) -> i64 {
        let element = match self {
            Self::Bool | Self::I4 | Self::I8 => bytes.first_chunk().map(|word| i64::from(i8::from_le_bytes(*word))),
            Self::I16 => bytes.first_chunk().map(|word| i64::from(i16::from_le_bytes(*word))),
            Self::I32 => bytes.first_chunk().map(|word| i64::from(i32::from_le_bytes(*word))),
            Self::I48 => bytes.first_chunk().map(|[a, b, c, d, e, f]| {
                let wide = i64::from_le_bytes([0, 0, *a, *b, *c, *d, *e, *f]);
                wide >> self.unused()
            }),
        };
        element.unwrap_or(0)
    }

    /// The canonical bytes of an element, as [`Self::read`] reads them. `value` is one of the type's; of any other the
    /// lowest bytes.
    pub fn write(self, value: i64) -> impl Iterator<Item = u8> {
        value.to_le_bytes().into_iter().take(self.bytes())
    }

    /// Bits of an `i64` that this type leaves unused. A constant for every type, so the shifts by it can't overflow.
    const fn unused(self) -> u32 {
        64u32.wrapping_sub(self.bits())
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Row-major shape of rank 0 to [`MAX_RANK`], every dimension at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    rank: u8,
    dims: [u32; MAX_RANK],
}

/// Why a list of dimensions is not a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadShape {
    /// More than [`MAX_RANK`] dimensions.
    Rank(usize),
    /// A dimension of zero.
    Zero,
    /// More than 2³¹ elements.
    Elements,
}

impl Shape {
    /// A scalar: rank 0, one element.
    pub(crate) const SCALAR: Shape = Shape { rank: 0, dims: [1; MAX_RANK] };

    pub fn new(dims: &[u32]) -> Result<Self, BadShape> {
        if dims.len() > MAX_RANK {
            return Err(BadShape::Rank(dims.len()));
        }
        let mut shape = Self { rank: dims.len() as u8, dims: [1; MAX_RANK] };
        let mut elements = 1u64;
        for (slot, &dim) in shape.dims.iter_mut().zip(dims) {
            if dim == 0 {
                return Err(BadShape::Zero);
            }
            elements = elements.saturating_mul(dim as u64);
            if elements > MAX_ELEMENTS {
                return Err(BadShape::Elements);
            }
            *slot = dim;
        }
        Ok(shape)
    }

    /// `rank` dimensions of 1.
    pub fn ones(rank: usize) -> Self {
        Self { rank: rank.min(MAX_RANK) as u8, dims: [1; MAX_RANK] }
    }

    pub fn rank(&self) -> usize {
        self.rank as usize
    }

    pub fn dims(&self) -> &[u32] {
        self.dims.get(..self.rank as usize).unwrap_or(&self.dims)
    }

    /// Length along `axis`; 1 past the rank.
    pub fn dim(&self, axis: usize) -> u32 {
        self.dims.get(axis).copied().unwrap_or(1)
    }

    /// All [`MAX_RANK`] lengths, 1 past the rank.
    pub(crate) fn padded(&self) -> [u32; MAX_RANK] {
        self.dims
    }

    /// The shape of `rank` whose lengths are those of `dims` capped by `cap`'s. Lengths past the rank are 1.
    pub(crate) fn capped(rank: usize, dims: [u32; MAX_RANK], cap: &Shape) -> Self {
        let mut shape = Self::ones(rank);
        for ((slot, dim), cap) in shape.dims.iter_mut().zip(dims).zip(cap.dims).take(rank) {
            *slot = dim.clamp(1, cap.max(1));
        }
        shape
    }

    /// Number of elements that one step along `axis` passes: the product of the lengths after it.
    pub fn stride(&self, axis: usize) -> u32 {
        self.dims.iter().skip(axis.saturating_add(1)).fold(1, |product: u32, &dim| product.wrapping_mul(dim))
    }

    /// Number of elements, at most 2³¹.
    pub fn elements(&self) -> u32 {
        self.dims.iter().fold(1, |product: u32, &dim| product.wrapping_mul(dim))
    }

    /// Coordinates of a flat row-major index. Axes past the rank are 0; an index past the end starts again.
    pub fn coords(&self, mut index: u32) -> [u32; MAX_RANK] {
        let mut at = [0; MAX_RANK];
        for (slot, &dim) in at.iter_mut().zip(&self.dims).rev() {
            let dim = NonZeroU32::new(dim).unwrap_or(NonZeroU32::MIN);
            *slot = index % dim;
            index /= dim;
        }
        at
    }

    /// Flat row-major index of coordinates inside the shape.
    pub fn index(&self, at: &[u32]) -> u32 {
        let mut index = 0u32;
        for (dim, at) in self.dims().iter().zip(at) {
            index = index.wrapping_mul(*dim).wrapping_add(*at);
        }
        index
    }
}

/// Element type and shape of a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Type {
    pub dtype: DType,
    pub shape: Shape,
}

impl Type {
    pub fn new(dtype: DType, dims: &[u32]) -> Result<Self, BadShape> {
        Ok(Self { dtype, shape: Shape::new(dims)? })
    }

    /// Bytes of all elements as leaves hold them.
    pub fn bytes(&self) -> usize {
        (self.shape.elements() as usize).saturating_mul(self.dtype.bytes())
    }
}

/// As in `4x25x5x64xint8`, or `int8` alone for rank 0.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shape.dims().iter().try_for_each(|dim| write!(f, "{dim}x"))?;
        write!(f, "{}", self.dtype)
    }
}
