//! What a backend refuses, and why.

use std::sync::Arc;

use tequio_attestation::{Inputs, Manifest, Source, TensorId};
use tequio_backend::{Backend, Flow, RunError, Unsupported};
use tequio_tensor::{
    DType::{self, Bool, I8},
    Op,
};

use super::sketch::{Sketch, ty};

/// A program of one select, with inputs of these types and shapes.
fn select(flags: (DType, &[u32]), more: usize) -> Manifest {
    let mut s = Sketch::default();
    let x = s.input(I8, &[2, 3]);
    let flags = s.input(flags.0, flags.1);
    (0..more).for_each(|_| {
        s.input(I8, &[1]);
    });
    let y = if s.ty(&flags) == ty(Bool, &[2, 3]) {
        s.op(Op::Select, &[flags, x, x], I8, &[2, 3])
    } else {
        s.op(Op::Identity, &[x], I8, &[2, 3])
    };
    s.commit(y);
    s.manifest()
}

/// What another program takes is no input.
pub fn wrong_inputs_are_refused(backend: &dyn Backend) {
    let executable = backend.prepare(Arc::new(select((Bool, &[2, 3]), 0))).unwrap();
    let run = |manifest: Manifest, buffers: &[&[u8]]| {
        let inputs = Inputs::new(&manifest, buffers.iter().map(|bytes| bytes.to_vec()).collect()).unwrap();
        let traced = executable.trace(&inputs, 0).map(|_| ());
        assert_eq!(executable.commit(&inputs, 0..1, &mut |_, _| Flow::Continue(())), traced);
        assert_eq!(executable.run(&inputs, 0..1, &mut |_, _| Flow::Continue(())), traced);
        traced
    };
    let more = select((Bool, &[2, 3]), 1);
    assert_eq!(run(more, &[&[0; 6], &[0; 6], &[0]]), Err(RunError::Inputs { found: 3, wanted: 2 }));
    let short = select((Bool, &[5]), 0);
    assert_eq!(run(short, &[&[0; 6], &[0; 5]]), Err(RunError::Input { port: 1, found: 5, wanted: 6 }));
    let bytes = || select((I8, &[2, 3]), 0);
    let value = RunError::Value { port: 1, index: 4, found: 2 };
    assert_eq!(run(bytes(), &[&[0; 6], &[0, 1, 0, 0, 2, 0]]), Err(value));
    assert_eq!(run(bytes(), &[&[0; 6], &[0, 1, 0, 0, 1, 0]]), Ok(()));
    let right = select((Bool, &[2, 3]), 0);
    assert_eq!(run(right, &[&[0; 6], &[0, 1, 0, 0, 1, 0]]), Ok(()));
}

/// No compiler writes such a manifest, but someone may.
pub fn programs_that_no_compiler_writes_are_refused(backend: &dyn Backend) {
    let mut s = Sketch::default();
    let x = s.input(I8, &[2, 3]);
    let c = s.constant(I8, &[2, 3], &[1, 2, 3, 4, 5, 6]);
    let both = s.op(Op::BitwiseAnd, &[x, c], I8, &[2, 3]);
    let any = s.op(Op::BitwiseOr, &[both, x], I8, &[2, 3]);
    s.commit(both);
    s.commit(any);
    let refused = |change: &dyn Fn(&mut Manifest)| {
        let mut manifest = s.manifest();
        change(&mut manifest);
        backend.prepare(Arc::new(manifest)).err()
    };
    let renumber = |to: u32| {
        move |manifest: &mut Manifest| {
            let Source::Committed { slot, .. } = &mut manifest.tensors[3].source else { unreachable!() };
            *slot = to;
        }
    };
    let forward = |manifest: &mut Manifest| {
        let Source::Committed { node, .. } = &mut manifest.tensors[2].source else { unreachable!() };
        node.operands[0] = any;
    };
    assert_eq!(refused(&|_| ()), None);
    let short = Unsupported::Constant { tensor: 1, found: 5, wanted: 6 };
    assert_eq!(refused(&|manifest| manifest.constants[1].truncate(5)), Some(short));
    assert_eq!(refused(&|manifest| manifest.header.inputs = 0), Some(Unsupported::Input { tensor: 0, inputs: 0 }));
    assert_eq!(refused(&forward), Some(Unsupported::Order { tensor: 2, operand: 3 }));
    for tensor in [0, 9] {
        let outputs = move |manifest: &mut Manifest| manifest.header.outputs = vec![TensorId(tensor)];
        assert_eq!(refused(&outputs), Some(Unsupported::Output { tensor: tensor as usize }));
    }
    for slot in [0, 7] {
        let slots = Unsupported::Slot { tensor: 3, slot: slot as usize, committed: 2 };
        assert_eq!(refused(&renumber(slot)), Some(slots));
    }
    let shape = refused(&|manifest| manifest.tensors[2].ty = ty(I8, &[2, 4]));
    assert!(matches!(shape, Some(Unsupported::Op { tensor: 2, .. })));
}
