use tequio_tests::model::*;
use tequio_program::*;

#[test]
fn probe() {
    let m = bottleneck();
    let r = Report::new(&load(&m.program).unwrap(), &m.plan, &m.compiled);
    for t in &r.tensors { println!("{:?}", t); }
    println!("{:?}", m.compiled.weights);
}
