//! Keys: BIP-39 words, BIP-44 paths, addresses.

use bip39::Mnemonic;
use cosmrs::{
    bip32::{DerivationPath, XPrv},
    crypto::{PublicKey, secp256k1::SigningKey},
};
use rand::RngCore;
use zeroize::Zeroizing;

/// Where the wallets of this ecosystem keep the first account: coin type 118.
pub const PATH: &str = "m/44'/118'/0'/0/0";

/// Why something is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("these are no BIP-39 words: {0}")]
    Words(String),
    #[error("{0:?} is not a derivation path such as {PATH}")]
    Path(String),
    #[error("these bytes are no secp256k1 key")]
    Secret,
    #[error("{0:?} is not a prefix of addresses")]
    Prefix(String),
}

/// A secp256k1 key that signs. It is wiped from memory when it is dropped, and never printed.
pub struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// 24 new words.
    pub fn words() -> Zeroizing<String> {
        let mut entropy = Zeroizing::new([0; 32]);
        rand::rng().fill_bytes(&mut *entropy);
        let words = Mnemonic::from_entropy(&*entropy).expect("32 bytes are 24 words");
        Zeroizing::new(words.to_string())
    }

    /// The key that words stand for at a derivation path.
    pub fn recover(words: &str, path: &str) -> Result<Self, KeyError> {
        let words = Mnemonic::parse_normalized(words.trim()).map_err(|error| KeyError::Words(error.to_string()))?;
        let seed = Zeroizing::new(words.to_seed_normalized(""));
        let parsed: DerivationPath = path.parse().map_err(|_| KeyError::Path(path.into()))?;
        let derived = XPrv::derive_from_path(*seed, &parsed).map_err(|_| KeyError::Path(path.into()))?;
        Ok(Self(Zeroizing::new(derived.to_bytes())))
    }

    pub fn from_secret(secret: &[u8]) -> Result<Self, KeyError> {
        let secret: [u8; 32] = secret.try_into().map_err(|_| KeyError::Secret)?;
        let key = Self(Zeroizing::new(secret));
        SigningKey::from_slice(&*key.0).map_err(|_| KeyError::Secret)?;
        Ok(key)
    }

    pub(crate) fn secret(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn signer(&self) -> SigningKey {
        SigningKey::from_slice(&*self.0).expect("it was checked when it was made")
    }

    pub fn public(&self) -> PublicKey {
        self.signer().public_key()
    }

    /// Its account on chains whose addresses begin with `prefix`.
    pub fn address(&self, prefix: &str) -> Result<String, KeyError> {
        address(&self.public(), prefix)
    }
}

/// The account of a public key on chains whose addresses begin with `prefix`.
pub fn address(public: &PublicKey, prefix: &str) -> Result<String, KeyError> {
    Ok(public.account_id(prefix).map_err(|_| KeyError::Prefix(prefix.into()))?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &str = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

    /// The address that every wallet of this ecosystem shows for these words.
    #[test]
    fn words_lead_to_the_address_that_other_wallets_show() {
        let key = Key::recover(WORDS, PATH).unwrap();
        assert_eq!(key.address("cosmos").unwrap(), "cosmos19rl4cm2hmr8afy4kldpxz3fka4jguq0auqdal4");
        assert_ne!(Key::recover(WORDS, "m/44'/118'/1'/0/0").unwrap().address("cosmos"), key.address("cosmos"));
    }

    #[test]
    fn new_words_are_24_and_never_the_same() {
        let [a, b] = [Key::words(), Key::words()];
        assert_eq!(a.split(' ').count(), 24);
        assert_ne!(a, b);
        assert_ne!(Key::recover(&a, PATH).unwrap().secret(), Key::recover(&b, PATH).unwrap().secret());
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let refused = |words: &str, path: &str| Key::recover(words, path).err().unwrap();
        assert!(matches!(refused("abandon about", PATH), KeyError::Words(_)));
        assert!(matches!(refused(&WORDS.replace("about", "abandon"), PATH), KeyError::Words(_)));
        assert!(matches!(refused(WORDS, "44/118"), KeyError::Path(_)));
        assert_eq!(Key::from_secret(&[0; 32]).err(), Some(KeyError::Secret));
        assert_eq!(Key::from_secret(&[1; 31]).err(), Some(KeyError::Secret));
        assert!(matches!(Key::recover(WORDS, PATH).unwrap().address("a b").err(), Some(KeyError::Prefix(_))));
    }
}
