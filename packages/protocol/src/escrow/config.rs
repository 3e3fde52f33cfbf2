//! What governance may set, and what a job keeps of it.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Decimal, Uint64, Uint128};

use crate::verifier::Terms;

/// What governance may set, within the bounds below; a change touches only jobs posted later.
#[cw_serde]
#[derive(Eq)]
pub struct Config {
    /// How far the lien exceeds break-even, in basis points: [`MIN_MARGIN_BPS`] to [`MAX_MARGIN_BPS`].
    pub margin_bps: u32,
    /// Upper bound of the reward token's value in the payment denom, unit for unit: at most [`MAX_TOKEN_VALUE`].
    pub token_value: Decimal,
    /// Seconds after assigning in which an assignment can be given back: [`MIN_GIVE_BACK_WINDOW`] to
    /// [`MAX_GIVE_BACK_WINDOW`].
    pub give_back_window: u32,
    /// Fee for giving back, of the assignment's payment, in basis points: 1 to [`MAX_GIVE_BACK_FEE_BPS`].
    pub give_back_fee_bps: u16,
    /// Share of the lien forfeited when nothing was attested, in basis points: [`MIN_ABSENCE_BPS`] to
    /// [`MAX_ABSENCE_BPS`], and no less than the fee for giving back.
    pub absence_bps: u16,
    /// Most a client gets for a job besides its escrow, of all slashes and fees: its gas. At most the `max_gas` of the
    /// instantiation.
    pub client_gas: Uint128,
    /// Most that whoever ends an assignment gets of its slash: what ending one of many adds to their gas. At most the
    /// `max_gas` of the instantiation.
    pub reporter_tip: Uint128,
    /// Terms of every attestation; of the audit window, those of jobs that name none.
    pub terms: Terms,
    /// Who may hold attestations back in their audit windows; nobody if `None`.
    pub arbitration: Option<Arbiter>,
    /// Most draws × bytes of one draw's opening that a job may need: [`MIN_OPENING_BYTES`] to [`MAX_OPENING_BYTES`].
    pub max_opening_bytes: Uint64,
    /// Most bytes of one draw's opening, which travels in one message: [`MIN_DRAW_BYTES`] to [`MAX_DRAW_BYTES`].
    pub max_draw_bytes: u32,
    /// Most elements that checking one draw may read: [`MIN_READS`] to [`MAX_READS`].
    pub max_reads: u32,
    /// Gas given to each message to `rewards` that must not hold up a payment: [`MIN_REWARDS_GAS`] to
    /// [`MAX_REWARDS_GAS`]. Retries, which nothing waits for, have no limit but the transaction's.
    pub rewards_gas: u64,
}

/// The arbiter of later jobs, and what its demands cost and take.
#[cw_serde]
#[derive(Eq)]
pub struct Arbiter {
    pub address: String,
    /// What the gas of answering one demand costs, at most the `max_gas` of the instantiation. Bonds are 5/4 of what a demand costs the attester: this, or this and the
    /// shard's P + M̄.
    pub answer_gas: Uint128,
    /// Seconds to answer a demand, and of the turn that follows a reveal.
    pub answer_window: u32,
    /// Seconds between the answers that one queue asks for.
    pub spacing: u32,
    /// Seconds by which demands may hold an attestation back beyond its audit window.
    pub longest_hold: u32,
    /// Bytes of outputs that are delivered in a second.
    pub rate: u32,
}

/// Least `margin_bps`.
pub const MIN_MARGIN_BPS: u32 = 20_000;
/// Highest `margin_bps`: an honest provider has its stake locked for it.
pub const MAX_MARGIN_BPS: u32 = 100_000;
/// Highest `token_value`: 10¹⁵. A thousand coins of 18 decimals for a token of 6.
pub const MAX_TOKEN_VALUE: Decimal = Decimal::raw(10u128.pow(33));
/// Least `give_back_window`: one minute.
pub const MIN_GIVE_BACK_WINDOW: u32 = 60;
/// Longest `give_back_window`: one hour.
pub const MAX_GIVE_BACK_WINDOW: u32 = 3_600;
/// Least `give_back_fee_bps`: nobody locks up a job for nothing.
pub const MIN_GIVE_BACK_FEE_BPS: u16 = 1;
/// Highest `give_back_fee_bps`.
pub const MAX_GIVE_BACK_FEE_BPS: u16 = 1_000;
/// Least `absence_bps`.
pub const MIN_ABSENCE_BPS: u16 = 100;
/// Highest `absence_bps`.
pub const MAX_ABSENCE_BPS: u16 = 2_000;
/// Who refutes an attestation gets, of its slash, at most the tip and this many times the most that a shard can cost,
/// P + M̄, and never more than the `max_gas` of the instantiation: the gas of a walk to the false element. It repays and is no
/// income, for a cheat can be the first to refute itself.
pub const REFUTER_SHARDS: u64 = 16;
/// Absences after which a provider takes no more of a job.
pub const MAX_ABSENCES: u8 = 3;
/// Least `max_opening_bytes`: 64 KiB.
pub const MIN_OPENING_BYTES: u64 = 64 << 10;
/// Highest `max_opening_bytes`: 64 MiB, which take hundreds of messages.
pub const MAX_OPENING_BYTES: u64 = 64 << 20;
/// Least `max_draw_bytes`: 16 KiB.
pub const MIN_DRAW_BYTES: u32 = 16 << 10;
/// Highest `max_draw_bytes`: 512 KiB, which as base64 fit into a transaction of 1 MiB.
pub const MAX_DRAW_BYTES: u32 = 512 << 10;
/// Least `max_reads`.
pub const MIN_READS: u32 = 1 << 10;
/// Highest `max_reads`: what checking bears (docs/attestation.md, section 10).
pub const MAX_READS: u32 = tequio_attestation::MAX_READS;
/// Least `rewards_gas`: with less, no reward would ever be counted at once.
pub const MIN_REWARDS_GAS: u64 = 200_000;
/// Highest `rewards_gas`: else a `rewards` that eats its gas could make settling too dear for a block.
pub const MAX_REWARDS_GAS: u64 = 5_000_000;
/// Least `attest_window`: one minute.
pub const MIN_ATTEST_WINDOW: u32 = 60;
/// Longest `attest_window` and `audit_window`: 30 days.
pub const MAX_WINDOW: u32 = 2_592_000;
/// Least audit window of a commons job, which nobody pays for and its principal must watch: one hour.
pub const MIN_COMMONS_AUDIT: u32 = 3_600;
/// Longest time from posting to a job's end: 90 days. A job keeps its token value for that long, and a margin of 2
/// bears a doubling.
pub const MAX_DURATION: u64 = 7_776_000;
/// Most shards of a job.
pub const MAX_SHARDS: u64 = 1 << 32;
/// Most `takers` of a job.
pub const MAX_TAKERS: usize = 32;
/// Most bytes of a job's `data`.
pub const MAX_DATA: usize = 512;

/// The part of the config that a job keeps, whatever governance sets later.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Rules {
    pub give_back_window: u32,
    pub give_back_fee_bps: u16,
    pub absence_bps: u16,
    pub client_gas: Uint128,
    pub reporter_tip: Uint128,
    pub rewards_gas: u64,
}

impl From<&Config> for Rules {
    fn from(config: &Config) -> Self {
        Self {
            give_back_window: config.give_back_window,
            give_back_fee_bps: config.give_back_fee_bps,
            absence_bps: config.absence_bps,
            client_gas: config.client_gas,
            reporter_tip: config.reporter_tip,
            rewards_gas: config.rewards_gas,
        }
    }
}
