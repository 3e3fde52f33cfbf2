//! Where an assignment is.

use cosmwasm_schema::cw_serde;
use strum::{Display, EnumString};

/// Where an assignment is.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum State {
    Active,
    Ended(Ending),
}

/// How an assignment ended, for good. Its shards are free again in all but `Settled`.
#[cw_serde]
#[derive(Copy, Eq, Display, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Ending {
    GivenBack,
    /// Genuine: paid.
    Settled,
    /// False: slashed.
    Slashed,
    /// Refuted: slashed.
    Refuted,
    /// Not opened in time: slashed.
    Lapsed,
    /// Never attested: a share of the lien forfeited.
    Absent,
    /// The beacon never came: nobody lost anything.
    Void,
}
