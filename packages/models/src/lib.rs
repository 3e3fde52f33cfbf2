//! The programs that come with the binary. `PROVENANCE.md` beside each says where it is from.

use npyz::{Deserialize, NpyFile};
use tequio_program::Plan;

/// A classifier of handwritten digits, with everything to run and judge it.
#[derive(Clone, Debug)]
pub struct Digits {
    /// The TOSA flatbuffer; a batch is 4 images.
    pub program: &'static [u8],
    /// With measured rates.
    pub plan: Plan,
    /// The test images, 8 × 8 int8 elements each, as canonical bytes.
    pub inputs: Vec<u8>,
    /// What each image shows, 0 to 9.
    pub labels: Vec<u8>,
    /// What the model's makers expect for each image, 10 int8 elements each, as canonical bytes.
    pub outputs: Vec<u8>,
}

/// The digit classifier.
///
/// # Panics
/// If the files that were compiled in are not what they are tested to be.
pub fn digits() -> Digits {
    let signed = |file| array::<i8>(file).into_iter().map(|element| element as u8).collect();
    Digits {
        program: include_bytes!("../digits/digits.tosa"),
        plan: Plan::from_json(include_str!("../digits/digits.plan.json")).expect("the plan that comes with the digits"),
        inputs: signed(include_bytes!("../digits/test_inputs.npy")),
        labels: array(include_bytes!("../digits/test_labels.npy")),
        outputs: signed(include_bytes!("../digits/expected_outputs.npy")),
    }
}

fn array<T: Deserialize>(file: &[u8]) -> Vec<T> {
    let elements = NpyFile::new(file).and_then(|file| file.into_vec());
    elements.expect("an array that comes with the digits")
}

#[cfg(test)]
mod tests {
    use tequio_program::{compile, load};

    use super::*;

    #[test]
    fn the_digits_are_whole() {
        let digits = digits();
        assert_eq!(digits.labels.len(), 360);
        assert_eq!((digits.inputs.len(), digits.outputs.len()), (360 * 64, 360 * 10));
        assert!(digits.labels.iter().all(|label| *label < 10));
        let graph = load(digits.program).unwrap();
        assert!(compile(&graph, &digits.plan).is_ok());
    }
}
