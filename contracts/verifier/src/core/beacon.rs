//! drand's quicknet scheme, as far as it needs no curve.

use sha2::{Digest as _, Sha256};
use tequio_contract::bounds::within;
use tequio_protocol::{
    Digest,
    verifier::{Beacon, MAX_PERIOD},
};

use crate::core::error::CoreError;

/// Bytes of a compressed G1 point: a signature.
pub const SIGNATURE_BYTES: usize = 48;
/// Bytes of a compressed G2 point: a public key.
pub const KEY_BYTES: usize = 96;
/// Most beacons not in effect yet, so that finding the one in effect is bounded.
pub const MAX_PENDING: usize = 4;

/// What is signed for a round: SHA-256 of its number.
pub fn message(round: u64) -> [u8; 32] {
    Sha256::digest(round.to_be_bytes()).into()
}

/// A round's randomness: SHA-256 of its signature.
pub fn randomness(signature: &[u8]) -> Digest {
    Digest(Sha256::digest(signature).into())
}

/// What can be said of a beacon in effect from `effective` on without a curve: it has begun by then, ticks, and its
/// key is as long as a key and not the point at infinity, for which everyone can sign.
pub fn check(beacon: &Beacon, effective: u64) -> Result<(), CoreError> {
    within("period", beacon.period, 1, MAX_PERIOD)?;
    within("genesis", beacon.genesis, 0, effective)?;
    let infinity = beacon.public_key.first().is_none_or(|flags| flags & 0x40 != 0);
    if beacon.public_key.len() != KEY_BYTES || infinity {
        return Err(CoreError::BadKey { bytes: beacon.public_key.len() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tequio_contract::bounds::OutOfBounds;

    use super::*;

    fn beacon() -> Beacon {
        Beacon { public_key: vec![0x80; KEY_BYTES].into(), genesis: 100, period: 3 }
    }

    #[test]
    fn a_beacon_has_begun_when_it_takes_effect() {
        check(&beacon(), 100).unwrap();
        let late = OutOfBounds::Number { name: "genesis", value: 100, min: 0, max: 99 }.into();
        assert_eq!(check(&beacon(), 99), Err(late));
    }

    #[test]
    fn a_beacon_ticks() {
        for period in [0, MAX_PERIOD + 1] {
            let wrong = OutOfBounds::Number { name: "period", value: period, min: 1, max: MAX_PERIOD }.into();
            assert_eq!(check(&Beacon { period, ..beacon() }, 100), Err(wrong));
        }
    }

    #[test]
    fn everyone_can_sign_for_the_point_at_infinity() {
        let mut infinity = vec![0; KEY_BYTES];
        infinity[0] = 0xc0;
        for key in [infinity, vec![], vec![0x80; KEY_BYTES - 1], vec![0x80; KEY_BYTES + 1]] {
            let wrong = CoreError::BadKey { bytes: key.len() };
            assert_eq!(check(&Beacon { public_key: key.into(), ..beacon() }, 100), Err(wrong));
        }
    }

    #[test]
    fn the_message_is_the_round_in_big_endian() {
        assert_eq!(message(1000), <[u8; 32]>::from(Sha256::digest([0, 0, 0, 0, 0, 0, 3, 232])));
    }
}
