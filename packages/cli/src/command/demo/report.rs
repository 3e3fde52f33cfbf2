//! What the demo tells: the same facts as a table for people and as JSON for programs.

use std::{collections::BTreeMap, fmt};

use anyhow::Result;
use comfy_table::Table;
use cosmwasm_std::Uint128;
use serde::Serialize;
use tequio_adversary::Role;
use tequio_client::{Chain, Registry, Token, conservation};
use tequio_protocol::{
    Relation,
    escrow::{AssignmentResponse, Ended, Ending, JobResponse},
    verifier::{Mismatch, Verdict},
};

use super::{
    sent::{self, Message, Sent, Transaction},
    story::{EndedAssignment, Story},
};
use crate::output::{row, table};

/// The demo's outcome. Amounts are in the smallest unit of their denom; chances between 0 and 1.
#[derive(Serialize)]
pub struct Report {
    pub program_id: String,
    pub jobs: Vec<Job>,
    pub providers: Vec<Provider>,
    /// Every assignment, in the order in which they ended.
    pub assignments: Vec<Assignment>,
    /// Of the delivered outputs, where the labels are known.
    pub accuracy: Option<Accuracy>,
    /// What was sent and accepted, where nothing is paid for it.
    pub messages: Vec<Message>,
    /// The same on a real network, with what it took.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub transactions: Vec<Transaction>,
    pub conservation: Vec<Equation>,
    /// Draws of each attestation.
    pub draws: u32,
    /// δ: one draw catches a cheat that saves a share φ of the work with a chance of δ(φ − γ), at least.
    pub delta: f64,
    /// γ: the share of the work whose saving is not priced.
    pub gamma: f64,
    /// The chance that all draws together catch a complete cheat, at least.
    pub caught: f64,
    /// What the client found by running shards again.
    pub watched: Watched,
    /// Cheats that were not caught.
    pub undetected: Vec<Undetected>,
    /// What was promised and did not hold; the exit status is not 0 if there is anything here.
    pub broken: Vec<String>,
}

#[derive(Serialize)]
pub struct Job {
    pub id: u64,
    pub kind: String,
    pub shards: u64,
    pub settled: u64,
    pub refunded: u64,
    pub price: Uint128,
    pub lien: Uint128,
}

#[derive(Serialize)]
pub struct Provider {
    pub name: String,
    pub role: Role,
    /// Shards it was paid for.
    pub shards: u64,
    /// How each of its assignments ended, and why.
    pub verdicts: Vec<String>,
    pub paid: Uint128,
    pub minted: Uint128,
    pub slashed: Uint128,
    pub stake: Uint128,
}

#[derive(Serialize)]
pub struct Assignment {
    pub id: u64,
    pub job: u64,
    pub provider: String,
    pub first: u64,
    pub count: u64,
    pub state: String,
    pub paid: Uint128,
    pub slashed: Uint128,
}

#[derive(Serialize)]
pub struct Accuracy {
    pub right: u64,
    pub items: u64,
}

#[derive(Serialize)]
pub struct Equation {
    pub contract: String,
    pub formula: String,
    pub left: Uint128,
    /// `=` or `≤`.
    pub relation: char,
    pub right: Uint128,
    pub holds: bool,
}

#[derive(Serialize)]
pub struct Watched {
    /// Shards of its job that were attested to.
    pub attested: u64,
    /// Those of them that it ran again.
    pub again: u64,
    /// Assignments that it refuted.
    pub refuted: u64,
    /// Assignments whose providers revealed on the chain what they had kept back.
    pub revealed: u64,
    /// Assignments whose providers did not.
    pub withheld: u64,
}

#[derive(Serialize)]
pub struct Undetected {
    pub assignment: u64,
    pub provider: String,
    /// How likely that was.
    pub chance: f64,
}

impl Report {
    pub async fn new<C: Chain>(story: &Story<'_, C>, labels: Option<&[u8]>, sent: Sent) -> Result<Self> {
        let jobs = story.all_jobs().await?;
        let mut providers = vec![];
        for at in 0..story.participants.len() {
            providers.push(provider(story, at).await?);
        }
        let header = &story.model.manifest().header;
        let mut report = Self {
            program_id: jobs[0].program_id.to_string(),
            providers,
            assignments: story.chapters.iter().map(|chapter| assignment(story, chapter)).collect(),
            accuracy: labels.map(|labels| accuracy(story, labels)),
            messages: sent.messages,
            transactions: sent.transactions,
            conservation: equations(story).await?,
            draws: story.script.draws,
            delta: header.delta as f64 / 2f64.powi(32),
            gamma: header.gamma as f64 / 2f64.powi(32),
            caught: story.quote.caught.u64() as f64 / 2f64.powi(32),
            watched: watched(story),
            undetected: story.chapters.iter().filter_map(|chapter| undetected(story, chapter)).collect(),
            jobs: jobs.iter().map(job).collect(),
            broken: vec![],
        };
        report.broken = broken(story, &report);
        Ok(report)
    }

    /// What there is to say where nothing is proven.
    fn nothing_settled(&self) -> String {
        let mut endings = BTreeMap::new();
        for assignment in &self.assignments {
            *endings.entry(assignment.state.as_str()).or_insert(0) += 1;
        }
        let endings: Vec<String> = endings.into_iter().map(|(state, count)| format!("{count} {state}")).collect();
        let endings = if endings.is_empty() { "nobody took a shard".into() } else { endings.join(", ") };
        let refunded: u64 = self.jobs.iter().map(|job| job.refunded).sum();
        format!("Nothing was settled, so nothing is proven and nobody was paid: {endings}; {refunded} shards refunded.")
    }

    fn providers_table(&self) -> Table {
        let head = ["provider", "shards", "verdicts", "paid", "minted", "slashed", "stake"];
        let mut table = table(head, &[1, 3, 4, 5, 6]);
        table.add_rows(self.providers.iter().map(
            |Provider { name, shards, verdicts, paid, minted, slashed, stake, .. }| {
                row![name, shards, verdicts.join("\n"), paid, minted, slashed, stake]
            },
        ));
        table
    }

    fn equations_table(&self) -> Table {
        let mut table = table(["contract", "conserved", "left", "", "right"], &[2, 4]);
        table.add_rows(self.conservation.iter().map(
            |Equation { contract, formula, left, relation, right, .. }| row![contract, formula, left, relation, right],
        ));
        table
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "{}", self.providers_table())?;
        for job in &self.jobs {
            let refunded = if job.refunded > 0 { format!(", {} refunded", job.refunded) } else { String::new() };
            writeln!(f, "{} job {}: {} of {} shards settled{refunded}", job.kind, job.id, job.settled, job.shards)?;
        }
        if let Some(Accuracy { right, items: items @ 1.. }) = &self.accuracy {
            let share = *right as f64 / *items as f64 * 100.0;
            writeln!(f, "delivered outputs: {right} of {items} digits read right ({share:.2} %)")?;
        }
        writeln!(f, "\n{}\n{}", sent::table(&self.messages, &self.transactions), self.equations_table())?;
        for Undetected { assignment, provider, chance } in &self.undetected {
            let chance = chance * 100.0;
            writeln!(f, "not caught: assignment {assignment} of {provider}. The chance of that was {chance:.2} %.")?;
        }
        let settled: u64 = self.jobs.iter().map(|job| job.settled).sum();
        if settled == 0 {
            return write!(f, "{}", self.nothing_settled());
        }
        write!(
            f,
            "Proven by draws: for each of the {settled} settled shards the contract recomputed {} elements of its \
             attestation, drawn after it was made, and all agreed; a provider that had computed nothing would have been \
             caught with probability {:.4} or more.\n{}",
            self.draws, self.caught, self.watched
        )
    }
}

impl fmt::Display for Watched {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { attested, again, refuted, revealed, withheld } = self;
        if *again == 0 {
            write!(f, "Nobody ran a shard again: of single wrong values nothing is proven.")?;
        } else {
            let share = *again as f64 / *attested as f64 * 100.0;
            write!(
                f,
                "Proven by watching: the client ran {again} of {attested} attested shards again ({share:.0} %), which \
                 nobody knew beforehand; whatever was wrong in one of them, a single value too, was refuted \
                 (assignments: {refuted}). Of the others it proves nothing."
            )?;
        }
        write!(
            f,
            " It has all outputs that it paid for: what was kept back was revealed on demand (assignments: {revealed}), or \
             cost the whole lien ({withheld})."
        )
    }
}

fn watched<C: Chain>(story: &Story<'_, C>) -> Watched {
    let of_client = || story.chapters.iter().filter(|chapter| chapter.assignment.job == story.job());
    let attested = of_client().filter(|chapter| chapter.verdict.is_some());
    Watched {
        attested: attested.map(|chapter| chapter.assignment.count).sum(),
        again: of_client().map(|chapter| chapter.watched.same() + u64::from(chapter.watched.refuted())).sum(),
        refuted: of_client().filter(|chapter| chapter.ended.ending == Ending::Refuted).count() as u64,
        revealed: of_client()
            .filter(|chapter| chapter.ended.ending == Ending::Settled && !chapter.watched.demands.is_empty())
            .count() as u64,
        withheld: of_client().filter(|chapter| chapter.ended.ending == Ending::Withheld).count() as u64,
    }
}

fn job(job: &JobResponse) -> Job {
    let &JobResponse { id, kind, shards, settled, refunded, price, lien, .. } = job;
    Job { id: id.0, kind: kind.to_string(), shards, settled, refunded, price, lien }
}

async fn provider<C: Chain>(story: &Story<'_, C>, at: usize) -> Result<Provider> {
    let participant = &story.participants[at];
    let chapters = || story.chapters.iter().filter(move |chapter| chapter.participant == at);
    let owner = &participant.actor.provider.owner;
    let mut verdicts: Vec<(String, u64)> = vec![];
    for verdict in chapters().map(verdict) {
        match verdicts.iter_mut().find(|(word, _)| *word == verdict) {
            Some((_, count)) => *count += 1,
            None => verdicts.push((verdict, 1)),
        }
    }
    let verdict = |(word, count): (String, u64)| if count > 1 { format!("{count} × {word}") } else { word };
    Ok(Provider {
        name: participant.name.clone(),
        role: participant.actor.role,
        shards: chapters()
            .filter(|chapter| chapter.ended.ending == Ending::Settled)
            .map(|chapter| chapter.ended.shards)
            .sum(),
        verdicts: verdicts.into_iter().map(verdict).collect(),
        paid: chapters().map(|chapter| chapter.ended.paid).sum(),
        minted: Token(story.chain).balance(owner).await?,
        slashed: chapters().map(|chapter| chapter.ended.slashed).sum(),
        stake: Registry(story.chain).provider(owner).await?.stake,
    })
}

/// How an assignment ended, in a word and its reason.
fn verdict(chapter: &EndedAssignment) -> String {
    match (&chapter.ended.ending, &chapter.verdict) {
        (Ending::Settled, _) if !chapter.watched.demands.is_empty() => {
            format!("genuine; the client had to demand {} answers", chapter.watched.demands.len())
        }
        (Ending::Settled, _) => "genuine".into(),
        (Ending::Slashed, Some(Verdict::False(Mismatch { draw, tensor, element, claimed, computed, .. }))) => {
            format!("false: draw {draw}, tensor {tensor}[{element}] is {claimed}, not {computed}")
        }
        (Ending::Refuted, Some(Verdict::Refuted { wrong, .. })) => {
            let Mismatch { shard, tensor, element, claimed, computed, .. } = wrong;
            format!("refuted by the client: shard {shard}, tensor {tensor}[{element}] is {claimed}, not {computed}")
        }
        (Ending::Withheld, _) => "withheld: the client demanded it in vain".into(),
        (Ending::Lapsed, _) => "lapsed: not opened".into(),
        (Ending::Absent, _) => "absent: never attested".into(),
        (state, _) => state.to_string(),
    }
}

fn assignment<C: Chain>(story: &Story<'_, C>, chapter: &EndedAssignment) -> Assignment {
    let &AssignmentResponse { id, job, first, count, .. } = &chapter.assignment;
    let &Ended { ending, paid, slashed, .. } = &chapter.ended;
    let provider = story.participants[chapter.participant].name.clone();
    Assignment { id: id.0, job: job.0, provider, first, count, state: ending.to_string(), paid, slashed }
}

/// Compares the largest logit of every delivered item with its label.
fn accuracy<C: Chain>(story: &Story<'_, C>, labels: &[u8]) -> Accuracy {
    let batch = story.model.batch() as usize;
    let mut counted = Accuracy { right: 0, items: 0 };
    for ((_, shard), outputs) in story.delivered.range((story.job(), 0)..=(story.job(), u64::MAX)) {
        let Some(logits) = outputs.first() else { continue };
        for (item, logits) in logits.chunks((logits.len() / batch).max(1)).enumerate() {
            let Some(label) = labels.get(*shard as usize * batch + item) else { continue };
            let best = (0u8..).zip(logits).max_by_key(|(class, logit)| (**logit as i8, -(*class as i16)));
            counted.items += 1;
            counted.right += best.is_some_and(|(class, _)| class == *label) as u64;
        }
    }
    counted
}

async fn equations<C: Chain>(story: &Story<'_, C>) -> Result<Vec<Equation>> {
    let equations = conservation(story.chain).await?.into_iter().flat_map(|(contract, conservation)| {
        conservation.equations.into_iter().map(move |equation| Equation {
            contract: contract.to_string(),
            holds: equation.holds(),
            formula: equation.formula,
            left: equation.left,
            relation: if equation.relation == Relation::Equal { '=' } else { '≤' },
            right: equation.right,
        })
    });
    Ok(equations.collect())
}

fn undetected<C: Chain>(story: &Story<'_, C>, chapter: &EndedAssignment) -> Option<Undetected> {
    let participant = &story.participants[chapter.participant];
    let cheated = participant.actor.role.is_wrong() && chapter.ended.ending == Ending::Settled;
    cheated.then(|| Undetected {
        assignment: chapter.assignment.id.0,
        provider: participant.name.clone(),
        chance: chapter.missed.unwrap_or(1.0),
    })
}

/// What was promised and did not hold.
fn broken<C: Chain>(story: &Story<'_, C>, report: &Report) -> Vec<String> {
    let mut broken = story.undelivered.clone();
    for chapter in &story.chapters {
        let (participant, id) = (&story.participants[chapter.participant], chapter.assignment.id);
        if participant.actor.role == Role::Honest && !chapter.ended.slashed.is_zero() {
            broken.push(format!("assignment {id}: the honest {} was slashed", participant.name));
        }
        let genuine = matches!(chapter.verdict, Some(Verdict::Genuine {}));
        if !chapter.ended.paid.is_zero() && !genuine {
            broken.push(format!("assignment {id}: {} was paid without a genuine verdict", participant.name));
        }
    }
    for equation in report.conservation.iter().filter(|equation| !equation.holds) {
        broken.push(format!("{}: {} does not hold", equation.contract, equation.formula));
    }
    for job in report.jobs.iter().filter(|job| job.settled + job.refunded != job.shards) {
        broken.push(format!(
            "job {}: {} of {} shards have no end",
            job.id,
            job.shards - job.settled - job.refunded,
            job.shards
        ));
    }
    if report.providers.iter().any(|provider| provider.role == Role::Honest) {
        for job in report.jobs.iter().filter(|job| job.settled != job.shards) {
            broken.push(format!("job {}: not completed though there are honest providers", job.id));
        }
    }
    broken
}
