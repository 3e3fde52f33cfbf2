//! The two hashes: BLAKE3 for trees, tagged SHA-256 for everything people compare.

use sha2::{Digest as _, Sha256};

use crate::Digest;

/// The digest of a subtree that holds no leaf. Nothing is known to hash to it, and which subtrees are absent follows
/// from counts alone, so no level needs another value.
pub const ABSENT: Digest = Digest([0; 32]);

/// `derive_key("tequio v1 leaf")`: keys leaf hashes.
pub const LEAF_KEY: [u8; 32] = [
    0x3c, 0x0b, 0xd9, 0xd4, 0x47, 0x94, 0xaa, 0x01, 0xa7, 0x08, 0xc4, 0x9a, 0x80, 0x39, 0x62, 0x7c, 0xed, 0x13, 0xa7,
    0xea, 0xa0, 0xc4, 0x1d, 0xe7, 0x6c, 0x39, 0x8b, 0xef, 0x09, 0xb9, 0x71, 0x43,
];
/// `derive_key("tequio v1 node")`: keys node hashes.
pub const NODE_KEY: [u8; 32] = [
    0x0e, 0xce, 0xc7, 0x45, 0xd6, 0xd7, 0xdf, 0x2b, 0x96, 0x16, 0xcf, 0xc7, 0x61, 0x18, 0x34, 0x2b, 0x9d, 0x3c, 0x65,
    0x49, 0x21, 0x5f, 0xe6, 0x13, 0x25, 0x6a, 0xc6, 0xa6, 0xb8, 0x27, 0x17, 0x63,
];

/// Keyed hash of a payload padded with zeros to a multiple of 64 bytes, at most 1,024: one compression for each 64.
pub fn leaf(payload: &[u8]) -> Digest {
    const ZEROS: [u8; 64] = [0; 64];
    let mut hasher = blake3::Hasher::new_keyed(&LEAF_KEY);
    hasher.update(payload);
    let padding = payload.len().wrapping_neg() % 64;
    let padding = if payload.is_empty() { 64 } else { padding };
    hasher.update(&ZEROS[..padding]);
    Digest(*hasher.finalize().as_bytes())
}

/// Keyed hash of two children: one compression.
pub fn node(left: &Digest, right: &Digest) -> Digest {
    let mut pair = [0; 64];
    pair[..32].copy_from_slice(&left.0);
    pair[32..].copy_from_slice(&right.0);
    Digest(*blake3::keyed_hash(&NODE_KEY, &pair).as_bytes())
}

/// `TH(tag, x) = SHA256(SHA256(tag) ‖ SHA256(tag) ‖ x)`, x given in parts.
pub fn tagged(tag: &str, parts: &[&[u8]]) -> Digest {
    let tag = Sha256::digest(tag.as_bytes());
    let mut hasher = Sha256::new();
    hasher.update(tag);
    hasher.update(tag);
    for part in parts {
        hasher.update(part);
    }
    Digest(hasher.finalize().into())
}

/// A name as ids bind it: its length (u32) and its bytes.
pub fn name(text: &str) -> Vec<u8> {
    [&(text.len() as u32).to_be_bytes(), text.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_derived_from_their_contexts() {
        assert_eq!(blake3::derive_key("tequio v1 leaf", b""), LEAF_KEY);
        assert_eq!(blake3::derive_key("tequio v1 node", b""), NODE_KEY);
    }

    #[test]
    fn padding_is_zeros_to_the_next_block() {
        assert_eq!(leaf(&[7; 3]), leaf(&[7, 7, 7, 0, 0]));
        assert_ne!(leaf(&[7; 64]), leaf(&[&[7; 64][..], &[0]].concat()));
        assert_eq!(leaf(&[]), leaf(&[0; 64]));
    }
}
