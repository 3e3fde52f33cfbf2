//! What an element stands for.

use serde::{Deserialize, Serialize};
use tequio_tensor::DType;

/// An element q stands for scale · (q − zero point).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    pub scale: f32,
    pub zero_point: i64,
    /// Whether its bits are read as an unsigned number.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unsigned: bool,
}

impl Scale {
    /// The element for a number: the nearest, halves away from 0, and the least or greatest for what is beyond. In double
    /// precision, from the scale as float32. None for what is not a number.
    pub fn element(self, number: f64, dtype: DType) -> Option<i64> {
        if number.is_nan() {
            return None;
        }
        let (least, most) = self.range(dtype);
        // A float that is too large becomes the greatest integer.
        let steps = (number / f64::from(self.scale)).round() as i64;
        Some(dtype.wrap(steps.saturating_add(self.zero_point).clamp(least, most)))
    }

    /// The number that an element stands for, rounded once to float32.
    pub fn number(self, element: i64, dtype: DType) -> f32 {
        let element = if self.unsigned { dtype.zero_extend(element) } else { element };
        (f64::from(self.scale) * (element - self.zero_point) as f64) as f32
    }

    /// Whether it makes sense for elements of `dtype`.
    pub fn fits(self, dtype: DType) -> bool {
        let (least, most) = self.range(dtype);
        self.scale.is_finite() && self.scale > 0.0 && (least..=most).contains(&self.zero_point)
    }

    fn range(self, dtype: DType) -> (i64, i64) {
        if self.unsigned { (0, dtype.unsigned_max()) } else { (dtype.min(), dtype.max()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_the_nearest_and_clipped() {
        let scale = Scale { scale: 0.5, zero_point: 3, unsigned: false };
        let cases = [
            (0.0, 3),
            (0.24, 3),
            (0.25, 4),
            (-0.25, 2),
            (-0.24, 3),
            (61.9, 127),
            (1e9, 127),
            (f64::INFINITY, 127),
            (f64::NEG_INFINITY, -128),
        ];
        for (number, element) in cases {
            assert_eq!(scale.element(number, DType::I8), Some(element), "{number}");
        }
        assert_eq!(scale.element(f64::NAN, DType::I8), None);
        assert_eq!(scale.number(-1, DType::I8), -2.0);
        // 200 as an unsigned byte.
        let unsigned = Scale { scale: 1.0, zero_point: 0, unsigned: true };
        assert_eq!(unsigned.element(200.4, DType::I8), Some(-56));
        assert_eq!(unsigned.element(-3.0, DType::I8), Some(0));
        assert_eq!(unsigned.number(-56, DType::I8), 200.0);
    }

    #[test]
    fn every_element_is_the_one_of_its_number() {
        let scales = [0.003_921_569, 0.1, 7.25e-5, 30_000.0].map(|scale| (scale, [-128, -7, 0, 127]));
        for (scale, zero_point) in scales.into_iter().flat_map(|(scale, points)| points.map(|point| (scale, point))) {
            let scale = Scale { scale, zero_point, unsigned: false };
            for element in -128..=127 {
                assert_eq!(scale.element(scale.number(element, DType::I8).into(), DType::I8), Some(element));
            }
        }
    }
}
