//! What the arbiter answers: a quote fails as the demand would, and lists go on where a page ended.

use tequio_protocol::{
    AttestationId, DemandId,
    arbiter::{DemandResponse, QueryMsg, QuoteResponse, State, Wanted},
    verifier::Verdict,
};

use crate::{
    program::{FIRST, addresses},
    world::{ONE, World},
};

#[test]
fn a_quote_is_what_the_demand_takes() {
    let mut world = World::new();
    let (bob, client) = (world.bob.clone(), world.client.clone());
    for (nth, wanted) in addresses().into_iter().take(20).enumerate() {
        let who = if nth % 3 == 0 { &client } else { &bob };
        world.blocks(nth as u64, 2);
        let QuoteResponse { bond, due } = world.quoted(who, ONE, wanted).unwrap();
        let demand = world.demands(who, wanted).demand;
        let DemandResponse { bond: taken, due: set, .. } = world.demand(demand);
        assert_eq!((taken, set), (bond, due), "{wanted}");
        let error = world.quoted(who, ONE, wanted).unwrap_err().to_string();
        assert!(error.contains(&format!("{wanted} was demanded already: {demand}")), "{error}");
    }
    world.verdict(ONE, Verdict::Genuine {});
    let error = world.quoted(&bob, ONE, addresses()[30]).unwrap_err().to_string();
    assert!(error.contains("genuine: demands and reveals are taken only while"), "{error}");
    let query = QueryMsg::Quote {
        demander: "Nobody".into(),
        attestation: ONE,
        wanted: addresses()[0],
        shown: Default::default(),
    };
    assert!(!world.asked_wrongly(&query).is_empty());
}

#[test]
fn lists_are_paged() {
    let mut world = World::new();
    let (bob, two) = (world.bob.clone(), AttestationId::from([2; 32]));
    world.attested(two);
    let ids: Vec<_> = addresses()[..35].iter().map(|wanted| world.demands(&bob, *wanted).demand).collect();
    world.demands_of(&bob, two, addresses()[0]);
    let page = |world: &World, after: Option<u64>, limit| -> Vec<DemandId> {
        let start_after = after.map(DemandId);
        let query = QueryMsg::Demands { attestation: ONE, start_after, limit };
        world.ask::<Vec<DemandResponse>>(&query).into_iter().map(|demand| demand.id).collect()
    };
    assert_eq!(page(&world, None, Some(100)), ids);
    assert_eq!(page(&world, None, None), ids[..30]);
    assert_eq!(page(&world, Some(30), None), ids[30..]);
    assert_eq!(page(&world, Some(3), Some(2)), ids[3..5]);
    // Due: without those that were met.
    world.reveals(ids[1]);
    let due = QueryMsg::Due { attestation: ONE, limit: Some(2) };
    let due: Vec<_> = world.ask::<Vec<DemandResponse>>(&due).into_iter().map(|demand| demand.id).collect();
    assert_eq!(due, [ids[0], ids[2]]);
    assert_eq!(world.demand(ids[1]).state, State::Met);
}

#[test]
fn the_latest_demand_of_an_address_is_known() {
    let mut world = World::new();
    let client = world.client.clone();
    let latest =
        |world: &World, wanted| -> Option<DemandId> { world.ask(&QueryMsg::Demanded { attestation: ONE, wanted }) };
    let leaf = addresses()[3];
    assert_eq!(latest(&world, leaf), None);
    let demand = world.demands(&client, leaf).demand;
    assert_eq!(latest(&world, leaf), Some(demand));
    let outputs = |first, count| Wanted::Outputs { first: FIRST + first, count };
    let demand = world.demands(&client, outputs(2, 3)).demand;
    for (first, count, found) in [(0, 2, None), (0, 3, Some(demand)), (4, 9, Some(demand)), (5, 1, None)] {
        assert_eq!(latest(&world, outputs(first, count)), found, "{first} {count}");
    }
    assert_eq!(latest(&world, outputs(0, u64::MAX)), Some(demand));
}
