//! A beacon of one's own: drand quicknet's scheme with a local key, for chains that nobody else has a stake in.

use ark_bls12_381::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{PrimeField, Zero};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use cosmwasm_crypto::{HashFunction, bls12_381_hash_to_g1, bls12_381_pairing_equality};
use sha2::{Digest, Sha256};
use tequio_protocol::verifier::{Beacon, DST};

/// A beacon whose secret key is here.
#[derive(Clone, Debug)]
pub struct LocalBeacon {
    secret: Fr,
    beacon: Beacon,
}

impl LocalBeacon {
    /// The beacon whose secret follows from `seed`: round 1 at `genesis`, then every `period` seconds.
    pub fn new(seed: &[u8], genesis: u64, period: u64) -> Self {
        let secret = secret(seed);
        let key = (G2Affine::generator() * secret).into_affine();
        Self { secret, beacon: Beacon { public_key: compressed(&key).into(), genesis, period } }
    }

    /// What the verifier knows of it.
    pub fn public(&self) -> &Beacon {
        &self.beacon
    }

    /// The signature of a round: a compressed G1 point, 48 bytes.
    pub fn sign(&self, round: u64) -> Vec<u8> {
        let message = Sha256::digest(round.to_be_bytes());
        let hash = bls12_381_hash_to_g1(HashFunction::Sha256, &message, DST);
        let point = G1Affine::deserialize_compressed(&hash[..]).expect("hashing gives a point of prime order");
        compressed(&(point * self.secret).into_affine())
    }
}

/// Whether a beacon signed a round with this: what the verifier checks, for those who check it again without a chain.
pub fn signed(beacon: &Beacon, round: u64, signature: &[u8]) -> bool {
    let hash = bls12_381_hash_to_g1(HashFunction::Sha256, &Sha256::digest(round.to_be_bytes()), DST);
    let generator = compressed(&G2Affine::generator());
    bls12_381_pairing_equality(signature, &generator, &hash, &beacon.public_key).unwrap_or(false)
}

/// A scalar from 64 bytes of hash, so that its bias is negligible.
fn secret(seed: &[u8]) -> Fr {
    let wide: Vec<u8> = (0u8..2)
        .flat_map(|half| {
            Sha256::new().chain_update(b"tequio local beacon").chain_update([half]).chain_update(seed).finalize()
        })
        .collect();
    let scalar = Fr::from_be_bytes_mod_order(&wide);
    assert!(!scalar.is_zero(), "no seed is known that hashes to 0");
    scalar
}

fn compressed(point: &impl CanonicalSerialize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(point.compressed_size());
    point.serialize_compressed(&mut bytes).expect("writing to memory does not fail");
    bytes
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::{Api, BLS12_381_G2_GENERATOR, testing::MockApi};

    use super::*;

    fn verifies(key: &[u8], round: u64, signature: &[u8]) -> bool {
        let hash = bls12_381_hash_to_g1(HashFunction::Sha256, &Sha256::digest(round.to_be_bytes()), DST);
        MockApi::default().bls12_381_pairing_equality(signature, &BLS12_381_G2_GENERATOR, &hash, key).unwrap()
    }

    #[test]
    fn its_signatures_verify_under_its_key_and_for_their_round_only() {
        let beacon = LocalBeacon::new(b"seed", 0, 3);
        let key = &beacon.public().public_key;
        let signature = beacon.sign(7);
        assert_eq!((key.len(), signature.len()), (96, 48));
        assert!(verifies(key, 7, &signature));
        assert!(!verifies(key, 8, &signature));
        assert!(!verifies(&LocalBeacon::new(b"other", 0, 3).public().public_key, 7, &signature));
    }

    #[test]
    fn what_is_signed_is_known_without_a_chain() {
        let beacon = LocalBeacon::new(b"seed", 0, 3);
        let (public, signature) = (beacon.public(), beacon.sign(7));
        assert!(signed(public, 7, &signature));
        assert!(!signed(public, 8, &signature));
        assert!(!signed(LocalBeacon::new(b"other", 0, 3).public(), 7, &signature));
        assert!(!signed(public, 7, &signature[1..]));
        assert!(!signed(public, 7, &[]));
    }

    #[test]
    fn the_same_seed_is_the_same_beacon() {
        let [a, b] = [LocalBeacon::new(b"seed", 0, 3), LocalBeacon::new(b"seed", 0, 3)];
        assert_eq!((a.public(), a.sign(1)), (b.public(), b.sign(1)));
    }

    /// drand quicknet's own key and its round 1000.
    #[test]
    fn the_scheme_is_quicknets() {
        let key = hex::decode(
            "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec75\
             8c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
        );
        let signature = hex::decode(
            "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
        );
        assert!(verifies(&key.unwrap(), 1000, &signature.unwrap()));
    }
}
