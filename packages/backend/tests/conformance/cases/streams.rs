//! Many shards: in order, as long as they are wanted.

use std::sync::Arc;

use tequio_attestation::Inputs;
use tequio_backend::{Backend, Flow, RunError};
use tequio_tensor::{DType::I8, Op};

use super::sketch::{Sketch, scalar};

pub fn many_shards_are_run_in_order(backend: &dyn Backend) {
    let mut s = Sketch::default();
    let x = s.input(I8, &[4, 4]);
    let zero = [scalar(I8, 1), scalar(I8, 2)];
    let y = s.op(Op::Negate, &[x, zero[0], zero[1]], I8, &[4, 4]);
    s.commit(y);
    let executable = backend.prepare(Arc::new(s.manifest())).unwrap();
    let inputs = Inputs::new(&s.manifest(), vec![(0..50).flat_map(|shard| [shard; 16]).collect()]).unwrap();
    let mut next = 7;
    executable
        .commit(&inputs, 7..49, &mut |shard, result| {
            assert_eq!((shard, &result.outputs), (next, &vec![vec![(1 - shard as i8 + 2) as u8; 16]]));
            executable
                .commit(&inputs, shard..shard + 1, &mut |_, alone| {
                    assert_eq!(alone, result);
                    Flow::Continue(())
                })
                .unwrap();
            next += 1;
            if shard == 40 { Flow::Break(()) } else { Flow::Continue(()) }
        })
        .unwrap();
    assert_eq!(next, 41);
    let beyond = executable.run(&inputs, 48..51, &mut |shard, _| {
        assert!(shard < 50);
        Flow::Continue(())
    });
    assert_eq!(beyond, Err(RunError::Shard { shard: 50, shards: 50 }));
}
