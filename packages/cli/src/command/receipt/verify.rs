//! `tequio receipt verify`.

use std::{fmt, path::PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use tequio_attestation::{Outcome, Statement, attestation_id, check as check_opening, seed};
use tequio_embedded::signed;
use tequio_protocol::{
    Digest,
    escrow::{self, context},
    verifier::{Beacon, ExecuteMsg},
};

use super::form::Receipt;
use crate::file;

/// Most bytes of a receipt: openings and blocks are some megabytes.
const MOST: u64 = 256 << 20;

#[derive(clap::Args)]
pub struct Args {
    receipt: PathBuf,
}

/// What a receipt shows, and what has to be believed for it.
#[derive(Serialize)]
pub struct Shown {
    chain_id: String,
    escrow: String,
    /// That escrow pays for what this contract finds genuine.
    verifier: String,
    assignment: u64,
    job: u64,
    first: u64,
    count: u64,
    program: String,
    /// Draws that were opened, each of which is what the program computes.
    draws: u32,
    pub attestation: String,
    root: String,
    round: u64,
    /// How many assignments the settlement names. Of several, those that could not be ended yet are passed over: a header
    /// does not say which.
    settled_with: usize,
    /// That these signed for the chain: their set's hash, by the block it signed last.
    validators: String,
    height: u64,
    /// That this key is the beacon's.
    beacon: String,
}

pub fn run(args: Args) -> Result<Shown> {
    let name = args.receipt.display().to_string();
    let text = file::read(&args.receipt, MOST)?;
    let receipt: Receipt = serde_json::from_slice(&text).with_context(|| format!("{name} is no receipt"))?;
    check(&receipt).with_context(|| format!("{name} does not show what it should"))
}

/// Computes everything anew that the contracts did.
pub fn check(receipt: &Receipt) -> Result<Shown> {
    let Receipt { chain_id, verifier, escrow, subject, blocks, .. } = receipt;
    for (height, block) in blocks {
        block.check(*height, chain_id)?;
    }
    let bound = context(escrow, receipt.job, receipt.assignment, receipt.shards);
    ensure!(subject.context == bound, "what was attested to is not of assignment {}", receipt.assignment);

    // Who attested to which root, and so the attestation's id.
    let attests = receipt.attest.messages(verifier, blocks)?.into_iter();
    let mut found = attests.filter_map(|(sender, message)| match message {
        ExecuteMsg::Attest { subject: found, root } if found == *subject => Some((sender, root)),
        _ => None,
    });
    let (attester, root) = found.next().context("nobody attests to it in the transaction that should")?;
    let id = attestation_id(chain_id, verifier.as_str(), &attester, &root, &subject.id());

    // The round, which nobody knew then, and so the draws.
    let key: &Beacon = &receipt.key;
    let posts = receipt.beacon_tx.messages(verifier, blocks)?.into_iter();
    let mut found = posts.filter_map(|(_, message)| match message {
        ExecuteMsg::Beacon { beacon, round, signature } if (beacon, round) == (receipt.beacon, receipt.round) => {
            Some(signature)
        }
        _ => None,
    });
    let signature = found.next().context("the round is not in the transaction that should post it")?;
    ensure!(signed(key, receipt.round, &signature), "round {} is not signed by the beacon", receipt.round);
    let attested = blocks[&receipt.attest.height].time();
    let due = key.time_of(receipt.round);
    ensure!(
        due > attested + u64::from(subject.terms.delay),
        "round {} was known when it was attested to",
        receipt.round
    );
    let randomness = Digest(Sha256::digest(&signature).into());
    let seed = seed(&id, receipt.beacon.0, receipt.round, &randomness);

    // Every draw, opened and computed again.
    let statement = Statement { subject: subject.clone(), root, seed };
    let mut opened = 0;
    for proven in &receipt.open {
        for (_, message) in proven.messages(verifier, blocks)? {
            let ExecuteMsg::Open { attestation, opening } = message else { continue };
            if attestation != id {
                continue;
            }
            match check_opening(&statement, opened, &opening)? {
                Outcome::Agreed { draws } => opened += draws,
                Outcome::Disagreed(mismatch) => bail!("a drawn element is wrong: {mismatch:?}"),
            }
        }
    }
    ensure!(opened == subject.draws, "{opened} of {} draws are opened", subject.draws);

    // The settlement.
    let mut settles = receipt.settle.messages(escrow, blocks)?.into_iter();
    let settled_with = settles.find_map(|(_, message)| match message {
        escrow::ExecuteMsg::Settle { assignments } if assignments.contains(&receipt.assignment) => {
            Some(assignments.len())
        }
        _ => None,
    });
    let settled_with = settled_with.with_context(|| {
        format!("assignment {} is not in the transaction that should settle it", receipt.assignment)
    })?;
    let (height, last) = blocks.last_key_value().context("no blocks")?;
    Ok(Shown {
        chain_id: chain_id.clone(),
        escrow: escrow.to_string(),
        verifier: verifier.to_string(),
        assignment: receipt.assignment.0,
        job: receipt.job.0,
        first: subject.first_shard,
        count: subject.count,
        program: subject.program_id.to_string(),
        draws: opened,
        attestation: id.to_string(),
        root: root.to_string(),
        round: receipt.round,
        settled_with,
        validators: last.signed.header.validators_hash.to_string(),
        height: *height,
        beacon: key.public_key.to_string(),
    })
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self {
            chain_id,
            escrow,
            verifier,
            assignment,
            job,
            first,
            count,
            program,
            draws,
            round,
            settled_with,
            validators,
            height,
            ..
        } = self;
        writeln!(
            f,
            "shards {} of job {job} were run as program {program} says,",
            crate::command::job::words::range(*first, *count)
        )?;
        writeln!(f, "as far as {draws} draws of round {round} show, and assignment {assignment} was settled")?;
        writeln!(f, "by {escrow} on {chain_id}.\n")?;
        if *settled_with > 1 {
            writeln!(
                f,
                "The settlement names {settled_with} assignments: that none was passed over is the node's word.\n"
            )?;
        }
        writeln!(f, "This holds if the chain's validators at block {height} were those whose set has hash")?;
        writeln!(f, "{validators}, escrow pays for what {verifier} verified,")?;
        writeln!(f, "and the beacon's key is")?;
        write!(f, "{}.", self.beacon)
    }
}
