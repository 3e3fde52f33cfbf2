//! Who may send a message, and what may come with it. Written beside the messages, enforced by the contracts, pinned in
//! golden files.

use strum::Display;

/// Who may send a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display)]
#[strum(serialize_all = "snake_case")]
pub enum Permission {
    Anyone,
    /// The contract's owner (`cw-ownable`).
    Governance,
    /// To whom the owner offers the contract.
    PendingOwner,
    /// The owner key of a registered provider.
    Provider,
    /// An operator of the provider that the message names or touches, or its owner key.
    Operator,
    /// A lien holder whose grant is in effect.
    Holder,
    /// A lien holder that was ever granted: in effect, not yet, or revoked.
    AnyHolder,
    /// A source whose grant is in effect.
    Source,
    /// A source that was ever granted: in effect, not yet, or revoked.
    AnySource,
    /// The client of the job named.
    Client,
    /// The arbiter that the subject of the attestation names.
    Arbiter,
    /// The reward token's contract.
    Token,
}

/// The native funds that a message takes, in the contract's one denom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display)]
#[strum(serialize_all = "snake_case")]
pub enum Funds {
    None,
    /// Any amount, or nothing.
    Optional,
    /// Any amount but nothing.
    Required,
    /// The amount that the contract reckons, which may be nothing.
    Exact,
}

/// The permission and the funds of every message, one line each.
pub trait Permissioned {
    /// Who may send this message.
    fn permission(&self) -> Permission;

    /// What may come with it.
    fn funds(&self) -> Funds {
        Funds::None
    }
}
