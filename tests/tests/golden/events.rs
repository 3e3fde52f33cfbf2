//! Kind and attributes of every event, and that each is read back as it was emitted.

use std::fmt::{Debug, Write};

use cosmwasm_std::Event;
use tequio_protocol::rewards::Kind;
use tequio_protocol::{BadEvent, TypedEvent, escrow, registry, rewards, verifier};

use crate::golden;
use crate::sample::{Sample, fresh};
use crate::source;

macro_rules! events {
    ($text:ident, $contract:ident: $($name:ident { $($field:ident),* })*) => {
        let source = include_str!(concat!("../../../packages/protocol/src/", stringify!($contract), ".rs"));
        assert_eq!(source::events(source), [$(stringify!($name)),*], "the events of {}", stringify!($contract));
        $(
            fresh();
            let event = $contract::$name { $($field: Sample::sample()),* };
            is_read_back(&event);
            write!($text, "{:8} {}", stringify!($contract), $contract::$name::KIND).expect("a string takes it");
            for attribute in event.to_event().attributes {
                write!($text, " {}={}", attribute.key, attribute.value).expect("a string takes it");
            }
            $text.push('\n');
        )*
    };
}

#[test]
fn events_are_pinned() {
    let mut text = String::new();
    events!(text, registry:
        Registered { provider, operator }
        Bonded { provider, amount }
        Unbonded { provider, amount, ready }
        LienPlaced { provider, holder, amount }
        LienReleased { provider, holder, amount }
        Slashed { provider, holder, amount, burned, client, reporter }
        Withdrawn { address, amount }
        Granted { holder, effective }
        Revoked { holder }
    );
    events!(text, verifier:
        RoundStored { beacon, round, randomness }
        Attested { attestation, attester, subject, draws }
        Opened { attestation, opened, draws, verdict }
        BeaconProposed { beacon, effective }
    );
    events!(text, rewards:
        CreditsBought { client, amount }
        CreditsReserved { source, job, client, amount }
        CreditsReleased { source, job, client, amount }
        Rewarded { source, number, job, provider, shards, consumed, earned }
        Claimed { provider, amount }
        SourceGranted { source, effective }
        SourceRevoked { source }
    );
    events!(text, escrow:
        Posted { job, client, kind, program_id, shards, price, lien }
        Assigned { assignment, job, provider, operator, first, count, lien, attest_by }
        Ended { assignment, job, provider, state, shards, paid, slashed }
        Refunded { job, client, shards, amount }
        ToppedUp { job, first, count, price }
        Withdrawn { address, amount }
        RewardPending { assignment }
        ReleasePending { job, shards }
        PauseSet { posting, assigning }
    );
    golden("tests/golden/events.txt", &text);
}

/// As it was emitted, as the chain reports it, and with every attribute needed.
fn is_read_back<T: TypedEvent + PartialEq + Debug>(event: &T) {
    let emitted = event.to_event();
    assert_eq!(T::parse(&emitted).as_ref(), Ok(event));
    let reported = Event::new(format!("wasm-{}", emitted.ty)).add_attribute("_contract_address", "contract");
    assert_eq!(T::parse(&reported.add_attributes(emitted.attributes.clone())).as_ref(), Ok(event));
    assert!(matches!(T::parse(&Event::new("another")), Err(BadEvent::Kind { .. })));
    for missing in 0..emitted.attributes.len() {
        let mut short = emitted.clone();
        short.attributes.remove(missing);
        assert!(matches!(T::parse(&short), Err(BadEvent::Missing(_))), "{short:?}");
    }
}

#[test]
fn words_in_events_are_read_back() {
    use escrow::State::{Absent, Active, GivenBack, Lapsed, Settled, Slashed, Void};
    let states = [Active, GivenBack, Settled, Slashed, Lapsed, Absent, Void];
    let source = include_str!("../../../packages/protocol/src/escrow.rs");
    assert_eq!(source::variants(source, "State"), states.map(|state| format!("{state:?}")));
    for state in states {
        assert_eq!(state.to_string().parse(), Ok(state));
    }
    for kind in [Kind::Client, Kind::Commons] {
        assert_eq!(kind.to_string().parse(), Ok(kind));
    }
    assert!("settle".parse::<escrow::State>().is_err() && "client ".parse::<Kind>().is_err());
}
