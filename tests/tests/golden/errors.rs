//! The text of every error.

use std::fmt::Write;

use cosmwasm_std::{
    CheckedMultiplyFractionError, ConversionOverflowError, DivideByZeroError, OverflowError, OverflowOperation,
    StdError,
};
use cw_ownable::OwnershipError;
use cw_utils::ParseReplyError;
use tequio_attestation::Malformed;
use tequio_escrow::core::bounds::BadConfig;
use tequio_escrow::core::funds::BadFunds;
use tequio_escrow::core::offer::Refusal;
use tequio_escrow::core::ruling::NotYet;
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
    registry(out);
    verifier(out);
    rewards(out);
    escrow(out);
    inside_escrow(out);
    attestation(out);
    golden("tests/golden/errors.txt", &text);
}

fn registry(text: &mut String) {
    errors!(text, "registry", Error = tequio_registry::Error, "contracts/registry/src/error.rs":
        Std(std()),
        Ownership(OwnershipError::NotOwner),
        Overflow(overflow()),
        Ratio(ratio()),
        NotProvider { sender },
        NotHolder { sender },
        UnknownRole { role },
        UnknownProvider { provider },
        AlreadyRegistered { provider },
        OperatorTaken { operator, provider },
        UnexpectedFunds { found },
        WrongDenom { expected, found },
        NoFunds { expected },
        ZeroAmount,
        NothingToUpdate,
        FieldTooLong { field, length, max },
        StakeShort { free, needed },
        TooManyThaws { open, max },
        NothingToWithdraw { address },
        CapExceeded { holder, placed, amount, cap },
        LienShort { placed, needed },
        BurnShort { amount, client, reporter, burned, least },
        PartsExceed { amount, client, reporter },
        HolderWaits { holder, effective, now },
        HolderRevoked { holder },
        AlreadyGranted { holder, effective },
        NotGranted { holder },
        BadDenom { denom },
        ThawBounds { thaw, min, max },
        TimelockShort { timelock, thaw },
        BurnBounds { burn_bps, min, max },
        WrongContract { expected, found },
        NewerVersion { stored, code },
    );
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

fn rewards(text: &mut String) {
    errors!(text, "rewards", Error = tequio_rewards::Error, "contracts/rewards/src/error.rs":
        Std(std()),
        Ownership(OwnershipError::NotOwner),
        Overflow(overflow()),
        Conversion(ConversionOverflowError::new("Uint256", "Uint128")),
        DivideByZero(DivideByZeroError),
        ParseReply(ParseReplyError::ParseFailure("text".into())),
        NotToken { sender, token },
        NotSource { sender },
        UnknownRole { role },
        UnexpectedFunds { found },
        Zero { what },
        CreditsShort { client, free, needed },
        AllowanceShort { client, origin, allowed, needed },
        AlreadyReserved { origin, job },
        UnknownReservation { origin, job },
        ShardsShort { job, left, needed },
        AlreadyCounted { origin, number },
        NothingToClaim { provider },
        SourceWaits { origin, effective, now },
        SourceRevoked { origin },
        AlreadyGranted { origin, effective },
        NotGranted { origin },
        KappaBounds { kappa_bps, max },
        TimelockShort { timelock, min },
        SupplyBounds { genesis, initial, halving },
        TooManyBalances { count, max },
        UnknownReply { id },
        NoToken,
        WrongContract { expected, found },
        NewerVersion { stored, code },
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
        Over { assignment, state },
        NotYet { assignment, reason },
        Expires { assignment, state },
        Settles { assignment, state },
        GiveBackClosed { assignment, until, now },
        Attested { assignment, attested },
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
        Self::Pending
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
    errors!(text, "not yet", NotYet = NotYet, "contracts/escrow/src/core/ruling.rs":
        Unattested { attest_by, now },
        Pending,
        Audit { until, now },
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
