//! Who may send a message. Written beside the messages, enforced by the contracts, pinned in a golden file.

/// Who may send a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    Anyone,
    /// The contract's owner (`cw-ownable`).
    Governance,
    /// The owner key of a registered provider.
    Provider,
    /// The operator key of a registered provider.
    Operator,
    /// A lien holder granted by governance.
    Holder,
    /// A source opened by governance.
    Source,
    /// The client of the job named.
    Client,
    /// The reward token's contract.
    Token,
}

/// The permission of every message, one line each.
pub trait Permissioned {
    /// Who may send this message.
    fn permission(&self) -> Permission;
}
