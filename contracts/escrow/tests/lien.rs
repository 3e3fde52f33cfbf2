//! The lien formula against exact rationals: never too small, and larger by no more than rounding.

use cosmwasm_std::{Uint128, Uint512};
use proptest::prelude::*;
use tequio_escrow::core::slash::split;
use tequio_protocol::{
    bps,
    escrow::{
        Basis, MAX_GIVE_BACK_FEE_BPS, MAX_MARGIN_BPS, MIN_ABSENCE_BPS, MIN_GIVE_BACK_FEE_BPS, MIN_MARGIN_BPS, caught,
    },
};

/// 1 − (1 − δ)^t as Q/D, exactly.
fn exact(delta: u32, draws: u32) -> (Uint512, Uint512) {
    let one = Uint512::from(1u64 << 32);
    let miss = Uint512::from((1u64 << 32) - u64::from(delta));
    let power = |base: Uint512| (0..draws).fold(Uint512::one(), |product, _| product * base);
    (power(one) - power(miss), power(one))
}

fn basis(delta: u32, draws: u32, margin_bps: u32, burn_bps: u16, mint: u64) -> Basis {
    Basis { caught: caught(delta, draws).into(), margin_bps, burn_bps, mint: mint.into() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// q64/2⁶⁴ ≤ q, and closer than 2t/2⁶⁴.
    #[test]
    fn what_is_caught_is_never_overstated(delta in 1..=u32::MAX, draws in 1..=10u32) {
        let (q, d) = exact(delta, draws);
        let scaled = Uint512::from(caught(delta, draws)) * d;
        let whole = q * Uint512::from(1u128 << 64);
        prop_assert!(scaled <= whole);
        prop_assert!(whole - scaled <= d * Uint512::from(2 * draws));
    }

    /// S·β·Q ≥ (P + M̄)·(margin·D − Q), in basis points.
    #[test]
    fn a_lien_is_never_too_small(
        delta in 1..=u32::MAX, draws in 1..=10u32, margin in 20_000..100_000u32, burn in 5_000..=10_000u16,
        price in 0..u64::MAX, mint in 0..u64::MAX,
    ) {
        let lien = basis(delta, draws, margin, burn, mint).per_shard(price.into()).unwrap();
        let (q, d) = exact(delta, draws);
        let stake = Uint512::from(price) + Uint512::from(mint);
        let need = stake * (Uint512::from(margin) * d - Uint512::from(10_000u32) * q);
        prop_assert!(Uint512::from(lien) * Uint512::from(burn) * q >= need);
    }

    /// Within a part in 10⁹ of the formula in floating point, rounding up aside.
    #[test]
    fn a_lien_is_no_larger_than_the_formula(
        delta in 1 << 16..=u32::MAX, draws in 1..=4_096u32, margin in 20_000..100_000u32, burn in 5_000..=10_000u16,
        price in 0..1u64 << 50, mint in 0..1u64 << 50,
    ) {
        let lien = basis(delta, draws, margin, burn, mint).per_shard(price.into()).unwrap().u128() as f64;
        // −expm1(t·ln1p(−δ)) keeps what a power of nearly one would lose.
        let q = -(f64::from(draws) * (-f64::from(delta) / 2f64.powi(32)).ln_1p()).exp_m1();
        let formula = (price as f64 + mint as f64) * (f64::from(margin) / 1e4 / q - 1.0) / (f64::from(burn) / 1e4);
        prop_assert!(lien >= formula * (1.0 - 1e-9));
        prop_assert!(lien <= formula * (1.0 + 1e-9) + 1.0);
    }

    /// S ≥ P + M̄ within the bounds of margin and β, so that what burns of an absence, which is all that it costs whoever
    /// reports itself, is no less than what giving back costs.
    #[test]
    fn a_lien_is_no_less_than_what_is_paid(
        delta in 1..=u32::MAX, draws in 1..=4_096u32, margin in MIN_MARGIN_BPS..=MAX_MARGIN_BPS,
        burn in 8_000..=10_000u16, price in 0..1u64 << 50, mint in 0..1u64 << 50, count in 1..1_000u64,
        fee in MIN_GIVE_BACK_FEE_BPS..=MAX_GIVE_BACK_FEE_BPS,
    ) {
        let lien = basis(delta, draws, margin, burn, mint).of(price.into(), count).unwrap();
        let payment = Uint128::from(price) * Uint128::from(count);
        prop_assert!(lien >= payment + Uint128::from(mint) * Uint128::from(count));
        let (absence, fee) = (bps::ceil(lien, fee.max(MIN_ABSENCE_BPS)), bps::ceil(payment, fee));
        let absence = absence.unwrap();
        let back = split(absence, burn, Uint128::MAX, Uint128::zero()).unwrap().reporter;
        prop_assert!(absence - back >= fee.unwrap());
    }

    #[test]
    fn more_draws_and_a_larger_delta_catch_more(delta in 1..u32::MAX, draws in 1..10_000u32) {
        prop_assert!(caught(delta, draws) <= caught(delta, draws + 1));
        prop_assert!(caught(delta, draws) <= caught(delta + 1, draws));
    }
}

#[test]
fn the_extremes() {
    assert_eq!(caught(1 << 30, 1), 1 << 62);
    assert_eq!(caught(1 << 31, 2), 3 << 62);
    assert_eq!(caught(1, 1), 1 << 32);
    assert_eq!(caught(u32::MAX, 1), ((1 << 32) - 1) << 32);
    assert_eq!(caught(u32::MAX, u32::MAX), u64::MAX);
    assert_eq!(caught(u32::MAX, 2), u64::MAX);
    assert_eq!(caught(5, 0), 0);
    assert_eq!(caught(0, 5), 0);
}

#[test]
fn what_nothing_secures_has_no_lien() {
    let price = Uint128::new(1_000);
    assert!(basis(0, 16, 20_000, 5_000, 0).per_shard(price).is_err(), "nothing is ever caught");
    assert!(basis(1 << 30, 16, 20_000, 0, 0).per_shard(price).is_err(), "nothing is ever burned");
    assert!(basis(1, 1, 20_000, 5_000, 0).per_shard(Uint128::MAX).is_err(), "more than there can be");
    assert!(basis(1 << 30, 16, 20_000, 5_000, 1).per_shard(Uint128::MAX).is_err());
    assert!(basis(1 << 30, 16, 20_000, 5_000, 0).per_shard(Uint128::zero()).unwrap().is_zero());
}
