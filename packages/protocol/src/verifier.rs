//! `verifier`: the authority over beacon rounds, attestations and verdicts.

use cosmwasm_schema::{
    QueryResponses, cw_serde,
    serde::{Deserialize, Deserializer},
};
use cosmwasm_std::{Binary, HexBinary, Uint64};
use cw_ownable::cw_ownable_execute;
use strum::IntoStaticStr;

pub use tequio_attestation::{Arbitration, Mismatch, Subject, Terms};

pub use crate::governance::{Configured, OwnershipChanged};
use crate::{
    AttestationId, BeaconId, Deadline, Digest, Moment, Permission, Permissioned, ProgramId, SubjectId, events,
    governance,
};

#[cw_serde]
pub struct InstantiateMsg {
    /// Governance.
    pub owner: String,
    pub config: Config,
    /// The first beacon.
    pub beacon: Beacon,
}

/// What governance may set, within the bounds below; a change touches only later attestations.
#[cw_serde]
#[derive(Eq)]
pub struct Config {
    /// Seconds from proposing a beacon to its use. From [`MIN_TIMELOCK`] to [`MAX_WAIT`].
    pub timelock: u64,
    /// Most draws of one attestation. It can only be raised: jobs count on it.
    pub max_draws: u32,
}

/// Least `delay` of an attestation's terms, in seconds.
pub const MIN_DELAY: u32 = 30;
/// Least `open_window`: two minutes.
pub const MIN_OPEN_WINDOW: u32 = 120;
/// Least `void_after`: one day.
pub const MIN_VOID_AFTER: u32 = 86_400;
/// Least `blocks`.
pub const MIN_BLOCKS: u32 = 50;
/// Most `blocks`.
pub const MAX_BLOCKS: u32 = 1_000_000;
/// Least `answer_window` of an arbitration: one minute.
pub const MIN_ANSWER_WINDOW: u32 = 60;
/// How many rounds of answer, spacing and turn `longest_hold` has at least.
pub const MIN_ROUNDS: u64 = 6;
/// Least `timelock` for a new beacon: two days, longer than the shortest thaw.
pub const MIN_TIMELOCK: u64 = 172_800;
/// Longest of all these times: 30 days. Every attestation ends in bounded time, whoever governs.
pub const MAX_WAIT: u32 = 2_592_000;
/// Longest `period` of a beacon: one hour.
pub const MAX_PERIOD: u64 = 3_600;

/// Blocks that go with so many seconds of an arbitration, as its answer window's go with it.
pub fn blocks_of(terms: &Terms, arbitration: &Arbitration, seconds: u64) -> u64 {
    // No window is 0 (the bounds on arbitrations), and none of these numbers is above 32 bits.
    let blocks = u64::from(terms.blocks).saturating_mul(seconds);
    blocks.div_ceil(u64::from(arbitration.answer_window).max(1))
}

/// In this window an arbiter may begin to hold an attestation whose last draw was opened at `since`, and no single thing
/// holds it longer: its audit window, its longest hold, and [`MAX_WAIT`] for outputs. Whoever the arbiter is, a final answer
/// comes.
pub fn longest_hold(terms: &Terms, arbitration: &Arbitration, since: Moment) -> Deadline {
    let hold = arbitration.longest_hold.saturating_add(MAX_WAIT);
    let blocks = blocks_of(terms, arbitration, hold.into()).saturating_add(terms.blocks.into());
    let seconds = terms.audit_window.saturating_add(hold);
    Deadline { since, seconds, blocks: u32::try_from(blocks).unwrap_or(u32::MAX) }
}

/// Domain separation of hashing a beacon's round to G1, as drand quicknet has it.
pub const DST: &[u8] = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";

/// A drand beacon with signatures in G1 and keys in G2 (the scheme of quicknet: unchained, RFC 9380 hash to curve).
#[cw_serde]
#[derive(Eq)]
pub struct Beacon {
    /// Compressed G2 point, 96 bytes.
    pub public_key: HexBinary,
    /// Time of round 1; not after the beacon takes effect.
    pub genesis: u64,
    /// Seconds between rounds, from 1 to [`MAX_PERIOD`].
    pub period: u64,
}

impl Beacon {
    /// When `round` is due. Rounds count from 1.
    pub fn time_of(&self, round: u64) -> u64 {
        self.genesis.saturating_add(round.saturating_sub(1).saturating_mul(self.period))
    }

    /// The first round due strictly later than `time`.
    pub fn round_after(&self, time: u64) -> u64 {
        match time.checked_sub(self.genesis) {
            None => 1,
            Some(since) => since.checked_div(self.period).unwrap_or(since).saturating_add(2),
        }
    }
}

#[cw_ownable_execute]
#[cw_serde]
pub enum ExecuteMsg {
    /// Records the clock, as every message does, and nothing else.
    Tick {},
    /// Posts a round's signature (compressed G1, 48 bytes) once it is due.
    Beacon { beacon: BeaconId, round: u64, signature: HexBinary },
    /// Commits the sender to the root of its tree over all shards. The first for a subject stays; no other is taken.
    Attest { subject: Subject, root: Digest },
    /// Opens the next draws of an attestation, all or some. Anyone may relay it.
    Open { attestation: AttestationId, opening: Binary },
    /// Shows one committed element that does not follow from what it reads, as an opening of one draw of the sender's own
    /// choice: of `shard`, as the job numbers it. From the attestation until a final answer; what follows is an error.
    Refute { attestation: AttestationId, shard: Uint64, element: u32, opening: Binary },
    /// Writes down what holds an attestation in its audit window: from the arbiter that its subject names.
    Hold { attestation: AttestationId, held: Held },
    /// Proposes another beacon, for attestations made after the timelock.
    Propose { beacon: Beacon },
    /// Sets the config for later attestations.
    Configure { config: Config },
}

impl Permissioned for ExecuteMsg {
    fn permission(&self) -> Permission {
        match self {
            Self::Tick {} | Self::Beacon { .. } | Self::Attest { .. } | Self::Open { .. } | Self::Refute { .. } => {
                Permission::Anyone
            }
            Self::Hold { .. } => Permission::Arbiter,
            Self::Propose { .. } | Self::Configure { .. } => Permission::Governance,
            Self::UpdateOwnership(action) => governance::permission(action),
        }
    }
}

#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    #[returns(Config)]
    Config {},
    /// Beacons known, by id.
    #[returns(Vec<BeaconResponse>)]
    Beacons { start_after: Option<BeaconId>, limit: Option<u32> },
    /// The randomness of a round, if it was posted.
    #[returns(Option<RoundResponse>)]
    Round { beacon: BeaconId, round: u64 },
    /// An attestation by id.
    #[returns(AttestationResponse)]
    Attestation { attestation: AttestationId },
    /// This block, as deadlines count it.
    #[returns(Moment)]
    Now {},
    /// The attestation of `attester` for a subject, if there is one.
    #[returns(AttestedResponse)]
    Attested { attester: String, subject: Subject },
    /// Attestations of `attester` by id.
    #[returns(Vec<AttestationResponse>)]
    Attestations { attester: String, start_after: Option<AttestationId>, limit: Option<u32> },
    /// Attestations for a subject by attester.
    #[returns(Vec<AttestationResponse>)]
    OfSubject { subject: SubjectId, start_after: Option<String>, limit: Option<u32> },
    #[returns(crate::Conservation)]
    Conservation {},
    #[returns(cw_ownable::Ownership<String>)]
    Ownership {},
}

#[cw_serde]
pub struct MigrateMsg {}

#[cw_serde]
pub struct BeaconResponse {
    pub id: BeaconId,
    pub beacon: Beacon,
    /// When attestations begin to use it.
    pub effective: u64,
}

#[cw_serde]
pub struct RoundResponse {
    /// SHA-256 of the signature.
    pub randomness: Digest,
    /// When it was posted.
    pub stored: Moment,
}

#[cw_serde]
pub struct AttestedResponse {
    /// The block of this answer.
    pub now: Moment,
    #[serde(deserialize_with = "apart")]
    pub attestation: Option<AttestationResponse>,
}

/// Reads a value in a function of its own: all of an answer in one would have more locals than a virtual machine takes.
#[inline(never)]
fn apart<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    T::deserialize(from)
}

#[cw_serde]
pub struct AttestationResponse {
    pub id: AttestationId,
    pub attester: String,
    #[serde(deserialize_with = "apart")]
    pub subject: Subject,
    pub root: Digest,
    /// When it was taken.
    pub attested: Moment,
    /// What its draws come from, once the clock has moved two blocks on.
    pub round: Option<DrawnFrom>,
    /// Draws opened so far.
    pub opened: u32,
    pub verdict: Verdict,
}

/// The round an attestation is drawn from.
#[cw_serde]
#[derive(Eq)]
pub struct DrawnFrom {
    pub beacon: BeaconId,
    pub round: u64,
    /// When the round is due.
    pub due: u64,
    /// Until when the round must be posted.
    pub limit: Deadline,
    /// The seed of the draws, once the round is posted in time.
    pub seed: Option<Digest>,
    /// Until when the opening must be complete, once the round is posted in time.
    pub deadline: Option<Deadline>,
}

/// What holds an attestation in its audit window and beyond, as its arbiter writes it down.
#[cw_serde]
#[derive(Eq, Default)]
pub struct Held {
    /// What was demanded and is due first, if anything is: past it the attestation is withheld.
    pub answer_by: Option<AnswerBy>,
    /// The end of the turn after the last reveal: before it the attestation is not genuine.
    pub turn: Option<Deadline>,
}

#[cw_serde]
#[derive(Eq)]
pub struct AnswerBy {
    pub demander: String,
    pub deadline: Deadline,
}

/// The verifier's answer. All but the first two are final.
#[cw_serde]
#[derive(Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Verdict {
    Pending {},
    /// Every draw was opened and agreed; the audit window is not over, or something is to be revealed or was just now.
    GenuineSoFar {
        /// When the answer changes if nothing happens.
        until: Deadline,
    },
    /// Every draw was opened and agreed, and the audit window is over.
    Genuine {},
    /// A drawn element does not follow from what it reads.
    False(Mismatch),
    /// Somebody showed an element that does not follow from what it reads.
    Refuted {
        by: String,
        wrong: Mismatch,
    },
    /// Something that `from` demanded was not revealed in time.
    Withheld {
        from: String,
    },
    /// Not completely opened by the deadline.
    Lapsed {},
    /// The beacon never came.
    Void {},
}

impl Verdict {
    /// Whether every draw was opened and agreed, whatever its audit window is to show.
    pub fn agreed(&self) -> bool {
        matches!(self, Self::GenuineSoFar { .. } | Self::Genuine {})
    }

    /// Whether nothing changes it any more.
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Pending {} | Self::GenuineSoFar { .. })
    }

    /// One word, as events and tables give it.
    pub fn word(&self) -> &'static str {
        self.into()
    }
}

events! {
    use Configured, OwnershipChanged;
    RoundStored = "round_stored" { beacon: BeaconId, round: u64, randomness: Digest }
    /// The clock was recorded, as the first message of a block does.
    Ticked = "ticked" {
        /// The height, if heights never began anew.
        block: u64,
        time: u64,
    }
    /// An attestation was taken. Its round is not known yet: it is the beacon's first due later than `delay` after the
    /// time of the first `ticked` in block `clock_block` or later.
    Attested = "attested" {
        attestation: AttestationId,
        attester: String,
        /// The id of the subject; what follows is in the subject.
        subject: SubjectId,
        program_id: ProgramId,
        input_root: Digest,
        first_shard: Uint64,
        count: Uint64,
        draws: u32,
        context: Digest,
        root: Digest,
        beacon: BeaconId,
        delay: u32,
        clock_block: u64,
    }
    /// Draws of `round` were opened; `verdict` is pending, genuine so far, genuine or false.
    Opened = "opened" { attestation: AttestationId, round: u64, opened: u32, draws: u32, verdict: String }
    /// An element that does not follow from what it reads was shown.
    Refuted = "refuted" {
        attestation: AttestationId,
        by: String,
        /// The job's.
        shard: Uint64,
        tensor: u32,
        element: u32,
        claimed: i64,
        computed: i64,
    }
    /// What holds an attestation from now on. Nothing is due if `answer_by` is left out.
    Holding = "holding" { attestation: AttestationId, demander: Option<String>, answer_by: Option<u64>, turn: Option<u64> }
    BeaconProposed = "beacon_proposed" { beacon: BeaconId, effective: u64 }
}
