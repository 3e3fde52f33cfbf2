//! Migration keeps all state; it only checks that the code continues what is stored.

use cosmwasm_std::{Response, StdError, Storage};
use semver::Version;
use tequio_protocol::errors;
use thiserror::Error;

errors! {
    #[derive(Debug, PartialEq, Error)]
    pub enum BadMigration {
        #[error(transparent)]
        Std(#[from] StdError),
        #[error("cannot migrate {found} to {expected}")]
        WrongContract { expected: &'static str, found: String },
        #[error("cannot migrate from version {stored} to {code}")]
        NewerVersion { stored: String, code: &'static str },
        #[error("what version {stored} stored is not what version {code} reads")]
        OtherRecords { stored: String, code: &'static str },
        #[error("{version:?} is not a version")]
        BadVersion { version: String },
    }
}

/// To the same or a later compatible version of the same contract, as `cw2` knows it.
pub fn migrate(
    storage: &mut dyn Storage,
    contract: &'static str,
    code: &'static str,
) -> Result<Response, BadMigration> {
    let stored = cw2::get_contract_version(storage)?;
    if stored.contract != contract {
        return Err(BadMigration::WrongContract { expected: contract, found: stored.contract });
    }
    let (before, now) = (version(&stored.version)?, version(code)?);
    if before > now {
        return Err(BadMigration::NewerVersion { stored: stored.version, code });
    }
    // Records have no names: they are read as they were written only by versions that semver calls compatible.
    if before.major != now.major || before.major == 0 && before.minor != now.minor {
        return Err(BadMigration::OtherRecords { stored: stored.version, code });
    }
    cw2::set_contract_version(storage, contract, code)?;
    Ok(Response::new())
}

fn version(text: &str) -> Result<Version, BadMigration> {
    Version::parse(text).map_err(|_| BadMigration::BadVersion { version: text.into() })
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::testing::MockStorage;

    use super::*;

    const NAME: &str = "crates.io:tequio-inn";

    fn from(contract: &str, version: &str) -> Result<String, BadMigration> {
        let mut storage = MockStorage::new();
        cw2::set_contract_version(&mut storage, contract, version)?;
        migrate(&mut storage, NAME, "1.10.0")?;
        Ok(cw2::get_contract_version(&storage)?.version)
    }

    #[test]
    fn from_the_same_or_an_older_version_of_the_same_contract_only() {
        for version in ["1.0.0", "1.9.0", "1.10.0-rc.1", "1.10.0"] {
            assert_eq!(from(NAME, version), Ok("1.10.0".into()), "{version}");
        }
        for version in ["1.10.1", "99.0.0"] {
            assert_eq!(from(NAME, version), Err(BadMigration::NewerVersion { stored: version.into(), code: "1.10.0" }));
        }
        for version in ["0.0.1", "0.99.0"] {
            assert_eq!(from(NAME, version), Err(BadMigration::OtherRecords { stored: version.into(), code: "1.10.0" }));
        }
        for version in ["", "1", "one"] {
            assert_eq!(from(NAME, version), Err(BadMigration::BadVersion { version: version.into() }));
        }
        let wrong = BadMigration::WrongContract { expected: NAME, found: "crates.io:another".into() };
        assert_eq!(from("crates.io:another", "0.0.1"), Err(wrong));
        assert!(matches!(migrate(&mut MockStorage::new(), NAME, "1.10.0"), Err(BadMigration::Std(_))));
    }
}
