//! The text of every error.

use std::fmt::Write;

use cosmwasm_std::{CheckedMultiplyFractionError, DivideByZeroError, OverflowError, OverflowOperation, StdError};
use cw_ownable::OwnershipError;
use tequio_attestation::Malformed;
use tequio_escrow::core::bounds::BadConfig;
use tequio_escrow::core::funds::BadFunds;
use tequio_escrow::core::offer::Refusal;
use tequio_protocol::escrow::{Kept, NotYet};
use tequio_tensor::Invalid;

use crate::golden;
use crate::sample::{Sample, fresh};
use crate::source;

/// One of each variant, in the order of the source.
macro_rules! errors {
    ($text:ident, $title:literal, $error:ident = $ty:ty, $source:literal:
        $($variant:ident $({ $($field:ident),* })? $(($($inner:expr),*))?),* $(,)?) => {{
        type Of = $ty;
        let source = include_str!(concat!("../../../", $source));
        assert_eq!(source::variants(source, stringify!($error)), [$(stringify!($variant)),*], "{}", $source);
        $(
            fresh();
            let error = Of::$variant $({ $($field: Sample::sample()),* })? $(($($inner),*))?;
            writeln!($text, "{:11} {:18} {error}", $title, stringify!($variant)).expect("a string takes it");
        )*
    }};
}

fn std() -> StdError {
    StdError::generic_err("text")
}

fn overflow() -> OverflowError {
    OverflowError::new(OverflowOperation::Add)
}

fn ratio() -> CheckedMultiplyFractionError {
    CheckedMultiplyFractionError::DivideByZero(DivideByZeroError)
}

#[test]
fn error_texts_are_pinned() {
    let mut text = String::new();
    let out = &mut text;
    verifier(out);
    escrow(out);
    inside_escrow(out);
    attestation(out);
    golden("tests/golden/errors.txt", &text);
}

fn verifier(text: &mut String) {
    errors!(text, "verifier", ContractError = tequio_verifier::ContractError, "contracts/verifier/src/error.rs":
        Std(std()),
        Ownership(OwnershipError::NotOwner),
        Funds { sent },
        Overflow,
        OutOfBounds { field, value, least, most },
        BadKey { bytes },
        TooManyPending { pending, until },
        UnknownBeacon { beacon },
        RoundZero,
        NotDue { round, due, now },
        AlreadyStored { beacon, round, stored },
        BadSignature { bytes },
        WrongSignature { beacon, round },
        NoShards,
        Draws { draws, most },
        ShardsOverflow { first, count },
        AlreadyAttested { attester, subject, attestation },
        UnknownAttestation { attestation },
        ClockBehind { height },
        RoundMissing { beacon, round, due },
        Closed { verdict, opened, draws },
        Lapsed { opened, draws, deadline, now },
        Void { round, limit },
        Malformed(Malformed::Truncated),
        NothingOpened,
        WrongContract { stored, expected },
        Downgrade { stored, to },
        BadVersion { version },
    );
}

fn escrow(text: &mut String) {
    errors!(text, "escrow", ContractError = tequio_escrow::ContractError, "contracts/escrow/src/error.rs":
        Std(std()),
        Ownership(OwnershipError::NotOwner),
        Overflow(overflow()),
        Multiply(ratio()),
        TooLarge,
        Funds(BadFunds::NotTaken { sent: Sample::sample() }),
        Config(BadConfig::Margin { margin_bps: Sample::sample() }),
        Denoms { registry, escrow },
        NotEnforced { permission },
        PostingPaused,
        AssigningPaused,
        Header(Malformed::Truncated),
        Refused(Refusal::Price),
        NotGovernance { sender },
        UnknownJob { job },
        NotClient { job, client, sender },
        JobEnded { job, end, now },
        FreeShards { job, free, asked },
        ZeroShards { job },
        UnknownRange { job, first },
        NotRaised { price, current },
        NotRefundable { job, end, now },
        NotOperator { sender },
        Diversity { job, provider, held, cap },
        UnknownAssignment { assignment },
        NotYours { assignment, provider, sender },
        Over { assignment, ending },
        NotYet { assignment, reason },
        Expires { assignment, ending },
        Settles { assignment, ending },
        Kept { assignment, reason },
        GaveBack { job, provider },
        EmptyList,
        LongList { count, max },
        ZeroBalance { address },
        NoReward { assignment },
        NoRelease { job },
        OtherContract { found, expected },
        NewerState { found, code },
    );
}

impl Sample for NotYet {
    fn sample() -> Self {
        Self::Pending { deadline: None }
    }
}

impl Sample for Kept {
    fn sample() -> Self {
        Self::Attested { attested: Sample::sample() }
    }
}

fn inside_escrow(text: &mut String) {
    errors!(text, "config", BadConfig = BadConfig, "contracts/escrow/src/core/bounds.rs":
        Margin { margin_bps },
        GiveBackWindow { seconds },
        GiveBackFee { bps },
        Absence { bps },
        AuditWindow { seconds },
        RewardsGas { gas },
    );
    errors!(text, "funds", BadFunds = BadFunds, "contracts/escrow/src/core/funds.rs":
        WrongDenom { sent, denom },
        NotTaken { sent },
        Underfunded { sent, due, denom },
        Overfunded { sent, due, denom },
    );
    errors!(text, "refusal", Refusal = Refusal, "contracts/escrow/src/core/offer.rs":
        Shards { shards },
        Price,
        Draws { draws, max },
        Work,
        Delta,
        OpeningBytes { draws, bytes, max },
        Reads { reads, max },
        AttestWindow { seconds },
        AuditWindow { seconds },
        End { end, now },
        Providers { min_providers, shards },
        Data { bytes },
    );
    errors!(text, "not yet", NotYet = NotYet, "packages/protocol/src/escrow/ruling.rs":
        Unattested { attest_by, now },
        Pending { deadline },
        Audit { until, now },
    );
    errors!(text, "kept", Kept = Kept, "packages/protocol/src/escrow/ruling.rs":
        Over(Sample::sample()),
        Closed { until, now },
        Attested { attested },
    );
}

fn attestation(text: &mut String) {
    errors!(text, "attestation", Malformed = Malformed, "packages/attestation/src/error.rs":
        Truncated,
        Trailing { bytes },
        Varint,
        Version { version },
        Tag { tag },
        Shape,
        Counts,
        Layout { leaf_log2, row },
        Operands { count },
        Scalar { value },
        Op(Invalid::Operands { found: Sample::sample(), wanted: Sample::sample() }),
        Draws { draws },
        NotDrawn { tensor },
        Uncomputed { tensor },
        Index { tensor, index },
        Limit,
        Evidence { tensor, shard },
        Root { tree },
    );
}
