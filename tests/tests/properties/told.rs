//! What events told, each checked against the chain when it comes.

use std::collections::{BTreeMap, BTreeSet};

use tequio_client::{Executed, Token};
use tequio_embedded::Embedded;
use tequio_protocol::registry::{self, Burned, LienResponse, Slashed};
use tequio_protocol::rewards::{Claimed, CreditsBought, Rewarded};
use tequio_protocol::verifier::{self, AttestationResponse, Verdict};
use tequio_protocol::{
    escrow::{
        self, Assigned, AssignmentResponse, Credited, Ended, Ending, MAX_ABSENCE_BPS, Posted, Reason, Refunded,
        RewardPending, Withdrawn,
    },
    verifier::AttestedResponse,
};
use tequio_tests::wait;

use crate::demands::Demands;
use crate::stage::Stage;

/// Sums and lists of what events told.
pub struct Told {
    /// All there was of the denom and of the token at first.
    pub genesis: u128,
    pub token_genesis: u128,
    /// In the denom: of slashes and of fees to be burned; and burned, what was sent for that included.
    pub to_burn: u128,
    pub fees_to_burn: u128,
    pub burned: u128,
    /// Tokens claimed, and tokens burned for credits or for nothing.
    pub minted: u128,
    pub bought: u128,
    pub token_burned: u128,
    /// Credits consumed, and tokens earned by it.
    pub consumed: u128,
    pub earned: u128,
    /// What clients got of their jobs' gas.
    pub gas: BTreeMap<u64, u128>,
    /// Every assignment that ended, once.
    pub ended: BTreeMap<u64, Ended>,
    /// Assignments that rewards counted, once.
    pub counted: BTreeSet<u64>,
    /// Those whose counting failed.
    pub pending: BTreeSet<u64>,
    /// What escrow owes to whom.
    pub owed: BTreeMap<String, u128>,
    /// Coins that came to a contract for nothing.
    pub dust: BTreeMap<String, u128>,
    pub demands: Demands,
}

impl Told {
    pub fn new(chain: &Embedded) -> Self {
        let (genesis, token_genesis) = (chain.supply(), wait(Token(chain).supply()));
        Self {
            genesis: genesis.expect("a bank").u128(),
            token_genesis: token_genesis.expect("a token").u128(),
            to_burn: 0,
            fees_to_burn: 0,
            burned: 0,
            minted: 0,
            bought: 0,
            token_burned: 0,
            consumed: 0,
            earned: 0,
            gas: BTreeMap::new(),
            ended: BTreeMap::new(),
            counted: BTreeSet::new(),
            pending: BTreeSet::new(),
            owed: BTreeMap::new(),
            dust: BTreeMap::new(),
            demands: Demands::default(),
        }
    }

    pub fn owe(&mut self, to: &str, amount: u128) {
        *self.owed.entry(to.into()).or_default() += amount;
    }
}

impl Stage {
    /// Takes note of a message that was taken.
    pub fn heed(&mut self, outcome: &Executed) {
        let contracts = self.chain.deployment().clone();
        let by_escrow = &contracts.escrow;
        self.heed_demands(outcome);
        for Posted { job, .. } in outcome.emitted_by::<Posted>(by_escrow) {
            self.jobs += 1;
            assert_eq!(job.0, self.jobs);
            let config: escrow::ConfigResponse = self.ask(escrow::QueryMsg::Config {});
            self.rules.insert(job.0, config.config);
        }
        for Assigned { assignment, provider, .. } in outcome.emitted_by::<Assigned>(by_escrow) {
            self.assignments += 1;
            assert_eq!(assignment.0, self.assignments);
            let query = registry::QueryMsg::Liens { provider, start_after: None, limit: None };
            let liens: Vec<LienResponse> = self.ask(query);
            assert!(liens.iter().all(|lien| lien.placed <= lien.cap), "more than the provider allows: {liens:?}");
        }
        let ended: Vec<Ended> = outcome.emitted_by(by_escrow);
        let slashes: Vec<Slashed> = outcome.emitted_by(&contracts.registry);
        let slashed: Vec<&Ended> = ended.iter().filter(|ended| !ended.slashed.is_zero()).collect();
        assert_eq!(slashed.len(), slashes.len());
        for (ended, slash) in slashed.into_iter().zip(&slashes) {
            self.heed_slash(ended, slash);
        }
        for Burned { amount, sent } in outcome.emitted_by(&contracts.registry) {
            assert_eq!((amount - sent).u128(), std::mem::take(&mut self.told.to_burn));
            self.told.burned += amount.u128();
        }
        for escrow::Burned { amount } in outcome.emitted_by(by_escrow) {
            assert_eq!(amount.u128(), self.told.fees_to_burn);
            self.told.burned += std::mem::take(&mut self.told.fees_to_burn);
        }
        self.heed_credits(&ended, &outcome.emitted_by(by_escrow), &outcome.emitted_by(by_escrow));
        for ended in ended {
            self.heed_end(ended);
        }
        for Withdrawn { address, amount } in outcome.emitted_by(by_escrow) {
            assert_eq!(self.told.owed.remove(&address), Some(amount.u128()));
        }
        for RewardPending { assignment } in outcome.emitted_by(by_escrow) {
            self.told.pending.insert(assignment.0);
            assert!(!self.told.counted.contains(&assignment.0));
        }
        for rewarded in outcome.emitted_by(&contracts.rewards) {
            self.heed_reward(rewarded);
        }
        let claimed: Vec<Claimed> = outcome.emitted_by(&contracts.rewards);
        self.told.minted += claimed.iter().map(|claimed| claimed.amount.u128()).sum::<u128>();
        let bought: Vec<CreditsBought> = outcome.emitted_by(&contracts.rewards);
        self.told.bought += bought.iter().map(|bought| bought.amount.u128()).sum::<u128>();
    }

    /// Who is paid or refunded, or gets a fee, is credited with that, and nobody else with anything.
    fn heed_credits(&mut self, ended: &[Ended], refunds: &[Refunded], credits: &[Credited]) {
        let client = |job| self.ask::<escrow::JobResponse>(escrow::QueryMsg::Job { job }).client;
        let mut due = BTreeMap::new();
        let mut owe = |address: String, reason: Reason, amount: u128| {
            if amount > 0 {
                *due.entry((address, reason.to_string())).or_insert(0) += amount;
            }
        };
        for Ended { job, provider, paid, fee, to_burn, .. } in ended {
            owe(provider.clone(), Reason::Payment, paid.u128());
            owe(client(*job), Reason::GiveBackFee, (*fee - *to_burn).u128());
        }
        for Refunded { job, amount, .. } in refunds {
            owe(client(*job), Reason::Refund, amount.u128());
        }
        let mut told = BTreeMap::new();
        for Credited { address, amount, reason } in credits {
            *told.entry((address.clone(), reason.to_string())).or_insert(0) += amount.u128();
        }
        assert_eq!(told, due);
        for Credited { address, amount, .. } in credits {
            self.told.owe(address, amount.u128());
        }
    }

    /// At least four fifths burn; the reporter gets no more than the job's rules allow.
    fn heed_slash(&mut self, ended: &Ended, slash: &Slashed) {
        assert_eq!((&slash.provider, slash.amount), (&ended.provider, ended.slashed));
        assert_eq!(slash.amount, slash.to_burn + slash.client_amount + slash.reporter_amount);
        assert!(5 * slash.to_burn.u128() >= 4 * slash.amount.u128(), "{slash:?}");
        let (whom, most) = self.thanks(ended);
        assert!(slash.reporter_amount.u128() <= most, "{slash:?}");
        assert!(whom.is_none() || slash.reporter.is_none() || whom == slash.reporter, "{slash:?}, not {whom:?}");
        *self.told.gas.entry(ended.job.0).or_default() += slash.client_amount.u128();
        assert_eq!(
            (slash.client.is_none(), slash.reporter.is_none()),
            (slash.client_amount.is_zero(), slash.reporter_amount.is_zero())
        );
        self.told.to_burn += slash.to_burn.u128();
    }

    /// An assignment ends once, as the verifier says, and is paid exactly its price.
    fn heed_end(&mut self, ended: Ended) {
        let assignment: AssignmentResponse = self.ask(escrow::QueryMsg::Assignment { assignment: ended.assignment });
        let (attest_by, now) = (assignment.attest_by, self.chain.moment());
        let attestation = self.attested(&assignment);
        if let Some(attestation) = &attestation {
            let claim = self.claims.iter().find(|claim| claim.attestation == attestation.id).copied();
            self.follows(claim.expect("an attestation of ours"), attestation);
        }
        let verdict = attestation
            .as_ref()
            .filter(|found| attest_by.since.time <= found.attested.time && !attest_by.over(&found.attested))
            .map(|attestation| attestation.verdict.clone());
        let price = assignment.price.u128() * u128::from(assignment.count);
        let lien = assignment.lien.u128();
        let absence = u128::from(self.rules[&ended.job.0].absence_bps);
        assert!(absence <= MAX_ABSENCE_BPS.into());
        let (fits, paid, slashed) = match ended.ending {
            Ending::Settled => (verdict == Some(Verdict::Genuine {}), price, 0),
            Ending::Slashed => (matches!(verdict, Some(Verdict::False { .. })), 0, lien),
            Ending::Refuted => (matches!(verdict, Some(Verdict::Refuted { .. })), 0, lien),
            Ending::Withheld => (matches!(verdict, Some(Verdict::Withheld { .. })), 0, lien),
            Ending::Lapsed => (verdict == Some(Verdict::Lapsed {}), 0, lien),
            Ending::Void => (verdict == Some(Verdict::Void {}), 0, 0),
            // Before its deadline only its owner ends it, and only without any attestation.
            Ending::Absent => {
                let due = attest_by.over(&now) || attestation.is_none();
                (verdict.is_none() && due, 0, (lien * absence).div_ceil(10_000))
            }
            Ending::GivenBack => (attestation.is_none(), 0, 0),
        };
        assert!(fits, "{ended:?} with {attestation:?}");
        assert_eq!((ended.paid.u128(), ended.slashed.u128()), (paid, slashed), "{ended:?}");
        assert!(ended.to_burn <= ended.fee, "{ended:?}");
        *self.told.gas.entry(ended.job.0).or_default() += (ended.fee - ended.to_burn).u128();
        self.told.fees_to_burn += ended.to_burn.u128();
        let before = self.told.ended.insert(ended.assignment.0, ended);
        assert_eq!(before, None, "an assignment ended twice");
    }

    /// A settled assignment counts once, with all its shards: alone, or with the others of its job and provider that were
    /// settled with it and whose counting did not fail.
    fn heed_reward(&mut self, rewarded: Rewarded) {
        let number = rewarded.number.u64();
        let first = self.told.ended.get(&number).expect("what is counted has ended").clone();
        let uncounted = self.told.ended.iter().filter(|(id, ended)| {
            let same = (ended.ending, ended.job, &ended.provider) == (Ending::Settled, first.job, &first.provider);
            same && !self.told.counted.contains(id)
        });
        let together: Vec<u64> = match first.shards == rewarded.shards {
            true => vec![number],
            false => uncounted.map(|(id, _)| *id).filter(|id| !self.told.pending.contains(id)).collect(),
        };
        let shards: u64 = together.iter().map(|id| self.told.ended[id].shards).sum();
        assert_eq!(first.ending, Ending::Settled);
        assert_eq!((shards, &first.provider), (rewarded.shards, &rewarded.provider), "{rewarded:?}");
        assert!(rewarded.earned < rewarded.consumed || rewarded.earned.is_zero(), "{rewarded:?}");
        assert!(together.contains(&number), "{rewarded:?}");
        for id in together {
            assert!(self.told.counted.insert(id), "counted twice: {rewarded:?}");
            self.told.pending.remove(&id);
        }
        self.told.consumed += rewarded.consumed.u128();
        self.told.earned += rewarded.earned.u128();
    }

    /// The attestation of an assignment's operator, whenever it was made.
    pub fn attested(&self, assignment: &AssignmentResponse) -> Option<AttestationResponse> {
        let (attester, subject) = (assignment.operator.clone(), assignment.subject.clone());
        let answer: AttestedResponse = self.ask(verifier::QueryMsg::Attested { attester, subject });
        answer.attestation
    }
}
