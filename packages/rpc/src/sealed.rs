//! What keyrings seal secrets in: a compact JWE under a password, PBES2-HS256+A128KW and A256GCM (RFC 7516, 7518).

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use aes_kw::KekAes128;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use pbkdf2::pbkdf2_hmac_array;
use rand::RngCore;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

const ALG: &str = "PBES2-HS256+A128KW";
const ENC: &str = "A256GCM";
/// What the keyrings of this ecosystem take, and the most that is worked through for a file that says otherwise.
const ROUNDS: u32 = 8_192;
const MAX_ROUNDS: u32 = 10_000_000;
const TAG: usize = 16;

/// Why something cannot be unsealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsealable {
    #[error("the password is wrong, or the file was changed")]
    Password,
    #[error("it is not a sealed key as keyrings write it")]
    Form,
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    created: String,
    enc: String,
    p2c: u32,
    p2s: String,
}

/// Seals `plain`, which was made at the time `created`.
pub fn seal(plain: &[u8], password: &str, created: &str) -> String {
    let (mut salt, mut nonce, mut key) = ([0; 12], [0; 12], Zeroizing::new([0; 32]));
    let mut dice = rand::rng();
    dice.fill_bytes(&mut salt);
    dice.fill_bytes(&mut nonce);
    dice.fill_bytes(&mut *key);
    let (alg, enc, created) = (ALG.into(), ENC.into(), created.into());
    let header = Header { alg, created, enc, p2c: ROUNDS, p2s: BASE64.encode(salt) };
    let header = BASE64.encode(serde_json::to_vec(&header).expect("a header is JSON"));
    let wrapped = wrapping(password, &salt, ROUNDS).wrap_vec(&*key).expect("32 bytes are wrapped");
    let payload = Payload { msg: plain, aad: header.as_bytes() };
    let cipher = Aes256Gcm::new((&*key).into());
    let mut sealed = cipher.encrypt(&nonce.into(), payload).expect("it is short");
    let tag = sealed.split_off(sealed.len() - TAG);
    [header, BASE64.encode(wrapped), BASE64.encode(nonce), BASE64.encode(sealed), BASE64.encode(tag)].join(".")
}

/// What was sealed.
pub fn unseal(sealed: &str, password: &str) -> Result<Zeroizing<Vec<u8>>, Unsealable> {
    let [header, wrapped, nonce, body, tag] =
        <[&str; 5]>::try_from(sealed.trim().split('.').collect::<Vec<_>>()).map_err(|_| Unsealable::Form)?;
    let bytes = |part: &str| BASE64.decode(part).map_err(|_| Unsealable::Form);
    let said: Header = serde_json::from_slice(&bytes(header)?).map_err(|_| Unsealable::Form)?;
    if said.alg != ALG || said.enc != ENC || !(1..=MAX_ROUNDS).contains(&said.p2c) {
        return Err(Unsealable::Form);
    }
    let kek = wrapping(password, &bytes(&said.p2s)?, said.p2c);
    let key = Zeroizing::new(kek.unwrap_vec(&bytes(wrapped)?).map_err(|_| Unsealable::Password)?);
    let nonce: [u8; 12] = bytes(nonce)?.try_into().map_err(|_| Unsealable::Form)?;
    let cipher = Aes256Gcm::new_from_slice(&key).map_err(|_| Unsealable::Form)?;
    let sealed = [bytes(body)?, bytes(tag)?].concat();
    let payload = Payload { msg: &sealed, aad: header.as_bytes() };
    Ok(Zeroizing::new(cipher.decrypt(&nonce.into(), payload).map_err(|_| Unsealable::Password)?))
}

/// The key that wraps keys: RFC 7518 §4.8.1.1 has the algorithm's name before the salt.
fn wrapping(password: &str, salt: &[u8], rounds: u32) -> KekAes128 {
    let salt = [ALG.as_bytes(), &[0], salt].concat();
    let key = Zeroizing::new(pbkdf2_hmac_array::<Sha256, 16>(password.as_bytes(), &salt, rounds));
    KekAes128::from(*key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_unsealed_with_its_password_only() {
        let sealed = seal(b"secret", "correct horse", "now");
        assert!(!sealed.contains("secret"));
        assert_eq!(&*unseal(&sealed, "correct horse").unwrap(), b"secret");
        assert_eq!(unseal(&sealed, "correct horsf"), Err(Unsealable::Password));
        assert_ne!(sealed, seal(b"secret", "correct horse", "now"), "salt, nonce and key are new each time");
    }

    #[test]
    fn what_was_changed_is_not_unsealed() {
        let sealed = seal(b"secret", "p", "now");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert!(unseal(std::str::from_utf8(&changed).unwrap(), "p").is_err(), "{at}");
        }
        for wrong in ["", "a.b.c", "....", &sealed[..sealed.len() / 2]] {
            assert_eq!(unseal(wrong, "p").err(), Some(Unsealable::Form), "{wrong}");
        }
    }
}
