//! Which elements of a tensor something holds for.

/// One bit for each element, written out only where they differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mask {
    None,
    All,
    /// In flat order.
    Some(Vec<bool>),
}

impl Mask {
    /// The shortest form.
    pub fn of(bits: Vec<bool>) -> Self {
        if bits.iter().all(|bit| *bit) {
            Self::All
        } else if bits.iter().any(|bit| *bit) {
            Self::Some(bits)
        } else {
            Self::None
        }
    }

    pub fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }

    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    pub fn has(&self, index: u32) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Some(bits) => bits.get(index as usize).is_some_and(|bit| *bit),
        }
    }

    /// How many of `elements` it holds for.
    pub fn count(&self, elements: u32) -> u64 {
        match self {
            Self::None => 0,
            Self::All => elements.into(),
            Self::Some(bits) => bits.iter().filter(|bit| **bit).count() as u64,
        }
    }

    /// Where both hold.
    pub fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::None, _) | (_, Self::None) => Self::None,
            (Self::All, mask) | (mask, Self::All) => mask.clone(),
            (Self::Some(one), Self::Some(two)) => Self::of(one.iter().zip(two).map(|(a, b)| *a && *b).collect()),
        }
    }

    /// Where one of them holds.
    pub fn or(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => Self::All,
            (Self::None, mask) | (mask, Self::None) => mask.clone(),
            (Self::Some(one), Self::Some(two)) => Self::of(one.iter().zip(two).map(|(a, b)| *a || *b).collect()),
        }
    }
}
