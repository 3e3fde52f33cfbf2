//! Balances: what a contract holds for an address until it is withdrawn.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Uint128;
use strum::{Display, EnumIter, EnumString};

use crate::{attributes, event};

/// Why a balance grew.
#[cw_serde]
#[derive(Copy, Eq, Display, EnumIter, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Reason {
    /// To a provider, for settled shards.
    Payment,
    /// To a client, for shards that nobody will compute any more.
    Refund,
    /// To a client, from a provider that gave an assignment back.
    GiveBackFee,
    /// To a client, of a slash.
    SlashClient,
    /// To a reporter, of a slash.
    SlashReporter,
    /// To an attester, of the bond of a demand that was met.
    Answer,
    /// To a demander, the bond of a demand that was not met, or of an attestation that was refuted or withheld.
    BondReturned,
}

attributes!(Reason);

event!(
    /// A balance grew. Amounts of zero are not reported.
    Credited = "credited" { address: String, amount: Uint128, reason: Reason }
);
event!(
    /// What was sent to `address`.
    Withdrawn = "withdrawn" { address: String, amount: Uint128 }
);
