use tequio_adversary::*;
use tequio_attestation::TensorId;
use tequio_tests::Model;
use tequio_tests::model::*;
use tequio_tests::trick::steer;

#[test]
fn probe() {
    for m in [
        digits(),
        layers(),
        Model::new(std::fs::read("/tmp/m/kws_ref_model.tosa").unwrap(), None),
        Model::new(std::fs::read("/tmp/m/pretrainedResnet_quant.tosa").unwrap(), None),
    ] {
        println!("{} {:?}", m.manifest().header.delta as f64 / 2f64.powi(32), m.compiled.weights);
    }
    let m = bottleneck();
    println!("{:?}", m.plan.committed.iter().map(|c| &c.name).collect::<Vec<_>>());
    let man = m.manifest();
    let n = m.noise(10);
    let delta = man.header.delta as f64 / 2f64.powi(32);
    println!("delta {delta}");
    let last = man.header.committed;
    for s in 1..10 {
        let old = m.trace(&shard_of(&n, 10, 0));
        let inputs = shard_of(&n, 10, s);
        let honest = m.trace(&inputs);
        let wide = steer(man, TensorId(5), 0, &honest.slots[0], &old.slots[0]);
        let mut claims: std::collections::BTreeMap<u32, Vec<u8>> =
            (1..last).map(|k| (k, old.slots[k as usize].clone())).collect();
        claims.insert(0, wide);
        let f = follow(man, &inputs, &claims);
        println!(
            "saved {} bound {} caught {} {:?}",
            saved_by_replay(man, 1) as f64 / 2f64.powi(32),
            delta * saved_by_replay(man, 1) as f64 / 2f64.powi(32),
            f.caught_by_one_draw(man) as f64 / 2f64.powi(32),
            f.wrong.iter().map(|w| w.iter().filter(|w| **w).count()).collect::<Vec<_>>()
        );
    }
}
