//! What somebody does. Indices are taken modulo what there is.

mod random;

use tequio_client::Contract;
use tequio_protocol::escrow::MIN_COMMONS_AUDIT;

use crate::program::Shown;

pub use random::{act, free_act};

/// Who sends a message.
#[derive(Clone, Copy, Debug)]
pub enum By {
    /// Whoever may.
    Right,
    /// Anyone there is.
    Anyone(usize),
}

/// Funds that come with a message, against what is due.
#[derive(Clone, Copy, Debug)]
pub enum Sent {
    Due,
    Less,
    More,
    Foreign,
}

/// What is wrong with a job.
#[derive(Clone, Copy, Debug)]
pub enum Wrong {
    Shards,
    Header,
    Draws,
    Window,
    End,
    Free,
    Huge,
}

/// How an opening is spoiled on its way.
#[derive(Clone, Copy, Debug)]
pub enum Opening {
    Whole,
    /// The next two draws.
    Part,
    Truncated,
    Noise,
}

/// What is demanded of an attestation.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Of the five kinds there are.
    pub kind: u8,
    pub shard: u64,
    pub part: u64,
    pub spoiled: Option<Spoiled>,
}

/// What is wrong with a demand.
#[derive(Clone, Copy, Debug)]
pub enum Spoiled {
    Noise,
    Truncated,
    /// It lies in no shard of the attestation.
    Beyond,
    /// It is no address.
    Askew,
    /// A tensor that nobody commits to.
    Input,
}

/// How an answer is spoiled on its way.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    Whole,
    /// Of outputs, one leaf.
    Part,
    Truncated,
    Noise,
    /// Something else of the same attestation.
    Other,
}

/// What somebody shows against an attestation.
#[derive(Clone, Copy, Debug)]
pub enum Against {
    /// An element that is wrong, if there is one.
    Wrong,
    /// One that is as it should be.
    Right,
    /// One of a trace that is not the attester's.
    OtherTrace,
    Noise,
}

#[derive(Clone, Debug)]
pub struct Offer {
    pub client: usize,
    pub commons: bool,
    pub program: usize,
    pub shards: u64,
    pub price: u128,
    pub draws: u32,
    pub attest_window: u32,
    pub audit_window: Option<u32>,
    pub lasts: u64,
    pub providers: u32,
    pub least: u64,
    /// Bits of the providers that it names; 0, and anyone may take it.
    pub takers: u8,
    pub wrong: Option<Wrong>,
    pub sent: Sent,
}

impl Offer {
    /// A job that nobody refuses.
    pub fn plain(client: usize, commons: bool, shards: u64) -> Self {
        Self {
            client,
            commons,
            program: 0,
            shards,
            price: 1_000,
            draws: 8,
            attest_window: 600,
            audit_window: commons.then_some(MIN_COMMONS_AUDIT),
            lasts: 300_000,
            providers: 1,
            least: 1,
            takers: 0,
            wrong: None,
            sent: Sent::Due,
        }
    }
}

#[derive(Clone, Debug)]
pub enum Act {
    /// Nothing: what the others shrink to.
    Rest,
    Pass {
        seconds: u64,
    },
    /// The chain stands still, and then makes one block.
    Halt {
        seconds: u64,
    },
    /// The chain is exported, and begins anew at its first height.
    Export {
        seconds: u64,
    },
    /// The next message on the way of an assignment, after as long as it takes. If that is to attest, then to what is
    /// `shown`.
    Proceed {
        assignment: usize,
        shown: Shown,
    },

    /// An assignment is brought so many messages nearer to its audit window, and this is done about it.
    Dispute {
        assignment: usize,
        shown: Shown,
        steps: u8,
        acts: Vec<Act>,
    },

    Register {
        provider: usize,
        operator: Option<usize>,
        stake: u128,
    },
    Update {
        by: By,
        provider: usize,
        operator: usize,
    },
    Cap {
        by: By,
        provider: usize,
        amount: u128,
    },
    Bond {
        by: usize,
        provider: usize,
        amount: u128,
        sent: Sent,
    },
    Unbond {
        by: By,
        provider: usize,
        amount: u128,
    },
    /// Withdraws from registry.
    Collect {
        by: usize,
    },
    /// Burns what slashes left to burn.
    BurnSlashed {
        by: usize,
        /// What is burned with it.
        sent: u128,
    },
    /// Lien, release or slash by whom no lien is placed.
    Seize {
        by: usize,
        provider: usize,
        amount: u128,
        what: u8,
    },

    Post {
        by: By,
        offer: Offer,
    },
    Assign {
        by: By,
        provider: usize,
        job: usize,
        count: u64,
        /// In at most so many assignments; one if `None`.
        parts: Option<u32>,
        /// Of the free ranges; any if `None`.
        range: Option<usize>,
        at_least: Option<u64>,
        price: Option<u128>,
    },
    GiveBack {
        by: By,
        assignment: usize,
        sent: Sent,
    },
    Settle {
        by: usize,
        assignments: Vec<usize>,
    },
    Expire {
        by: usize,
        assignments: Vec<usize>,
    },
    Refund {
        by: By,
        job: usize,
        shards: Option<u64>,
    },
    TopUp {
        by: By,
        job: usize,
        range: usize,
        raise: u128,
        sent: Sent,
    },
    Withdraw {
        by: usize,
    },
    Retry {
        by: usize,
        assignment: usize,
        job: usize,
        reward: bool,
    },
    Pause {
        by: By,
        posting: bool,
        assigning: bool,
    },

    Tick {
        by: usize,
    },
    Beacon {
        by: usize,
        attestation: usize,
        forged: bool,
    },
    Attest {
        by: By,
        assignment: usize,
        shown: Shown,
    },
    Open {
        by: usize,
        attestation: usize,
        opening: Opening,
    },
    Propose {
        by: By,
        seed: u8,
    },
    Refute {
        by: usize,
        attestation: usize,
        shard: u64,
        element: u32,
        against: Against,
    },
    /// By who is no arbiter.
    Hold {
        by: usize,
        attestation: usize,
        seconds: u32,
        due: bool,
    },

    /// For the principal, if it is by whoever may.
    Demand {
        by: By,
        attestation: usize,
        asked: Asked,
        sent: Sent,
    },
    /// Whoever it is demands all there is, until the queue is full.
    Flood {
        by: By,
        attestation: usize,
    },
    Reveal {
        by: usize,
        demand: usize,
        answer: Answer,
    },
    SettleDemands {
        by: usize,
        demands: Vec<usize>,
    },
    /// Withdraws from arbiter.
    TakeBonds {
        by: usize,
    },
    /// Burns what settled demands left to burn.
    BurnBonds {
        by: usize,
    },

    Buy {
        client: usize,
        amount: u128,
        approve: Option<u128>,
    },
    Approve {
        client: usize,
        amount: u128,
    },
    Claim {
        by: usize,
        provider: Option<usize>,
    },
    /// Reserve, reward or release by who is no source, or credits by who is not the token.
    Count {
        by: usize,
        what: u8,
    },
    Hand {
        by: usize,
        to: usize,
        amount: u128,
    },
    Burn {
        by: usize,
        amount: u128,
    },

    /// Native coins sent to a contract for nothing.
    Dust {
        by: usize,
        contract: Contract,
    },
    Configure {
        by: By,
        contract: Contract,
        scale: u16,
        beyond: bool,
    },
    Usurp {
        by: usize,
        contract: Contract,
    },
    /// Grants or revokes escrow's right as lien holder or as source.
    Right {
        by: By,
        holder: bool,
        grant: bool,
    },
    /// Rewards begins or ceases to fail whatever escrow sends it.
    Fail {
        fails: bool,
    },
}
