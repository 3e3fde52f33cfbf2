//! Leaves in openings, whatever they hold and whatever comes in their place.

use proptest::prelude::*;
use tequio_attestation::codec::{Reader, Writer};

fn form(payload: &[u8]) -> Vec<u8> {
    let mut w = Writer::default();
    w.leaf(payload);
    w.0
}

/// Payloads of all lengths, in which from none to all of the bytes are one value.
fn payload() -> impl Strategy<Value = Vec<u8>> {
    (any::<u8>(), 0..=100u32, prop::collection::vec((any::<u8>(), 0..100u32), 1..=1_024)).prop_map(
        |(fill, share, bytes)| {
            bytes.into_iter().map(|(byte, chance)| if chance < share { fill } else { byte }).collect()
        },
    )
}

proptest! {
    #[test]
    fn come_back_as_they_were_and_take_a_byte_more_at_most(payload in payload()) {
        let form = form(&payload);
        prop_assert!(form.len() <= 1 + payload.len());
        let mut r = Reader::new(&form);
        let read = r.leaf(payload.len());
        prop_assert_eq!(read.as_deref(), Ok(&payload[..]));
        prop_assert_eq!(r.finish(), Ok(()));
    }

    #[test]
    fn have_no_other_form(payload in payload(), at in any::<prop::sample::Index>(), bits in 1u8..) {
        let form = form(&payload);
        let mut changed = form.clone();
        changed[at.index(form.len())] ^= bits;
        let mut r = Reader::new(&changed);
        if let Ok(read) = r.leaf(payload.len()) {
            // Or it is another leaf.
            prop_assert!(*read != *payload);
        }
        prop_assert!(Reader::new(&form[..form.len() - 1]).leaf(payload.len()).is_err());
    }

    #[test]
    fn are_read_from_any_bytes_or_refused(
        tag in 0u8..3,
        bytes in prop::collection::vec(prop_oneof![Just(0u8), Just(0xff), any::<u8>()], 0..1_200),
        len in 1usize..=1_024,
    ) {
        let bytes = [&[tag][..], &bytes].concat();
        let mut r = Reader::new(&bytes);
        if let Ok(read) = r.leaf(len) {
            prop_assert_eq!(read.len(), len);
            prop_assert_eq!(form(&read), r.since(0));
        }
    }
}
