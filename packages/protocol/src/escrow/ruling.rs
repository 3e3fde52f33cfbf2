//! When an assignment may be settled, expired or given back: one answer for the contract, for whoever sends the message,
//! and for the tests.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Uint128;
use thiserror::Error;

use super::{
    config::Rules,
    state::{Ending, State},
};
use crate::{
    Deadline, Moment, bps, errors,
    verifier::{AttestationResponse, Verdict},
};

/// What the rules look at.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    pub state: State,
    /// Until when the attestation must be there; it begins when the assignment does.
    pub attest_by: Deadline,
    /// What is paid if it settles.
    pub payment: Uint128,
    /// The job's.
    pub rules: Rules,
    /// The attestation of its operator for its subject, whenever that was taken, if there is one.
    pub attestation: Option<&'a AttestationResponse>,
}

/// What may be done about an assignment. Settling and expiring exclude each other.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Ruling {
    /// `settle` ends it now.
    Settle(Settlement),
    /// `expire` ends it now.
    Expire(Expiry),
    /// Nothing ends it yet, but perhaps [`Case::give_back`].
    Wait(NotYet),
    /// It ended before.
    Over(Ending),
}

/// What `settle` carries out.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Settlement {
    /// Genuine and audited: it is paid.
    Genuine,
    /// A drawn element was false: the whole lien is slashed.
    False,
    /// Somebody showed an element that is false: the whole lien is slashed, and who showed it is the reporter.
    Refuted,
    /// Something demanded was not revealed: the whole lien is slashed, and who demanded it is the reporter.
    Withheld,
}

/// What `expire` carries out.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Expiry {
    /// Not opened in time: the whole lien is slashed.
    Lapsed,
    /// Never attested, or too late or too early: a share of the lien is slashed.
    Absent,
    /// The beacon never came: nothing is lost.
    Void,
}

impl From<Settlement> for Ending {
    fn from(settlement: Settlement) -> Self {
        match settlement {
            Settlement::Genuine => Self::Settled,
            Settlement::False => Self::Slashed,
            Settlement::Refuted => Self::Refuted,
            Settlement::Withheld => Self::Withheld,
        }
    }
}

impl From<Expiry> for Ending {
    fn from(expiry: Expiry) -> Self {
        match expiry {
            Expiry::Lapsed => Self::Lapsed,
            Expiry::Absent => Self::Absent,
            Expiry::Void => Self::Void,
        }
    }
}

errors! {
    /// Why an assignment cannot end yet.
    #[cw_serde]
    #[derive(Copy, Eq, Error)]
    pub enum NotYet {
        #[error("no attestation yet; there is time until {attest_by}, now is {now}")]
        Unattested { attest_by: Deadline, now: Moment },
        /// The verifier's answer comes after `deadline` at the latest, if that is known yet.
        #[error("the verdict is pending")]
        Pending { deadline: Option<Deadline> },
        #[error("genuine, but it can be audited until {until}, now is {now}")]
        Audit { until: Deadline, now: Moment },
    }
}

impl NotYet {
    /// When this reason is gone if nothing happens meanwhile; `None` if that is not known yet.
    pub fn until(&self) -> Option<Deadline> {
        match *self {
            Self::Unattested { attest_by: last, .. } | Self::Audit { until: last, .. } => Some(last),
            Self::Pending { deadline } => deadline,
        }
    }
}

/// What giving back takes.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct GiveBack {
    /// Last moment.
    pub until: Deadline,
    /// To send along, for the client.
    pub fee: Uint128,
}

errors! {
    /// Why an assignment cannot be given back.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
    pub enum Kept {
        #[error("is over: {0}")]
        Over(Ending),
        #[error("could be given back until {until}, now is {now}")]
        Closed { until: Deadline, now: Moment },
        #[error("was attested at {attested}")]
        Attested { attested: Moment },
    }
}

impl Case<'_> {
    /// What may be done now.
    pub fn ruling(&self, now: Moment) -> Ruling {
        let attest_by = self.attest_by;
        if let State::Ended(ending) = self.state {
            return Ruling::Over(ending);
        }
        let Some(attestation) = self.counting() else {
            return match attest_by.over(&now) {
                true => Ruling::Expire(Expiry::Absent),
                false => Ruling::Wait(NotYet::Unattested { attest_by, now }),
            };
        };
        match attestation.verdict {
            Verdict::Pending {} => {
                let deadline = attestation.round.as_ref().and_then(|round| round.deadline);
                Ruling::Wait(NotYet::Pending { deadline })
            }
            Verdict::GenuineSoFar { until } => Ruling::Wait(NotYet::Audit { until, now }),
            Verdict::Genuine {} => Ruling::Settle(Settlement::Genuine),
            Verdict::False { .. } => Ruling::Settle(Settlement::False),
            Verdict::Refuted { .. } => Ruling::Settle(Settlement::Refuted),
            Verdict::Withheld { .. } => Ruling::Settle(Settlement::Withheld),
            Verdict::Lapsed {} => Ruling::Expire(Expiry::Lapsed),
            Verdict::Void {} => Ruling::Expire(Expiry::Void),
        }
    }

    /// What giving it back takes now. That its provider gives back once for each job is not looked at here.
    pub fn give_back(&self, now: Moment) -> Result<GiveBack, Kept> {
        if let State::Ended(ending) = self.state {
            return Err(Kept::Over(ending));
        }
        // Past `attest_by` it is absent, and giving back would be the cheaper way out.
        let seconds = self.rules.give_back_window.min(self.attest_by.seconds);
        let until = Deadline { seconds, ..self.attest_by };
        if until.over(&now) {
            return Err(Kept::Closed { until, now });
        }
        // Any attestation, in time or not: its draws may be known.
        if let Some(attestation) = self.attestation {
            return Err(Kept::Attested { attested: attestation.attested });
        }
        // A share of more than the whole, which no config has, is the whole.
        let fee = bps::ceil(self.payment, self.rules.give_back_fee_bps).unwrap_or(self.payment);
        Ok(GiveBack { until, fee })
    }

    /// The attestation, if it counts: not older than the assignment, and in time. Where time stands still a block's number
    /// tells: before a halt in that very second the round of an attestation two blocks old is fixed, and after it it is
    /// known, so that who takes shards then would choose among draws. Time comes first, as heights may begin anew.
    fn counting(&self) -> Option<&AttestationResponse> {
        let assigned = self.attest_by.since;
        self.attestation.filter(|AttestationResponse { attested, .. }| {
            (assigned.time, assigned.block) <= (attested.time, attested.block) && !self.attest_by.over(attested)
        })
    }
}
