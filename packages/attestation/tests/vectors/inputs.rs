use tequio_attestation::{BadInputs, Descriptor, Inputs, Manifest, Source, tree::Tree};
use tequio_tensor::{DType, Op};

use crate::{program::Builder, small};

/// Two inputs of 3 and 4 bytes a shard, the first int4.
fn two() -> Manifest {
    let mut b = Builder::default();
    let narrow = b.input(DType::I4, &[3], 6, 3);
    b.input(DType::I16, &[2], 6, 2);
    let out = b.committed(Op::Identity, &[narrow], DType::I4, &[3], (6, 3), (0, u32::MAX));
    b.finish(&[out])
}

#[test]
fn shards_are_slices_of_every_input() {
    let inputs = Inputs::new(&two(), vec![vec![1, 2, 3, 4, 5, 6], (10..18).collect()]).unwrap();
    assert_eq!(inputs.shards(), 2);
    assert_eq!(inputs.shard(0), [&[1, 2, 3][..], &[10, 11, 12, 13]]);
    assert_eq!(inputs.shard(1), [&[4, 5, 6][..], &[14, 15, 16, 17]]);
    assert_eq!((Inputs::none(7).shards(), Inputs::none(7).shard(6).len()), (7, 0));
}

#[test]
fn chosen_shards_keep_their_order_and_the_jobs_inputs() {
    let inputs = Inputs::new(&two(), vec![(0..9).map(|n| n % 8).collect(), (10..22).collect()]).unwrap();
    let chosen = inputs.chosen(&[2, 0, 2, 3, u64::MAX]);
    assert_eq!(chosen.shards(), 3);
    assert_eq!([0, 1, 2].map(|shard| chosen.shard(shard)), [2, 0, 2].map(|shard| inputs.shard(shard)));
    assert_eq!((inputs.chosen(&[0, 1]), inputs.first(9)), (inputs.first(2), inputs.clone()));
    assert_eq!(Inputs::none(7).chosen(&[6, 7, 0]), Inputs::none(2));
}

#[test]
fn what_is_not_whole_shards_of_every_input_is_refused() {
    let new = |buffers| Inputs::new(&two(), buffers);
    assert_eq!(new(vec![vec![0; 3]]), Err(BadInputs::Count { found: 1, wanted: 2 }));
    assert_eq!(new(vec![vec![0; 4], vec![0; 4]]), Err(BadInputs::Partial { input: 0, bytes: 4, shard: 3 }));
    assert_eq!(new(vec![vec![0; 6], vec![0; 4]]), Err(BadInputs::Shards { input: 1, found: 1, wanted: 2 }));
    assert_eq!(new(vec![vec![0, 0, 9], vec![0; 4]]), Err(BadInputs::Element { input: 0, value: 9 }));
    assert!(new(vec![vec![0, 7, 0xf8], vec![0x80; 4]]).is_ok());
}

#[test]
fn the_tree_is_over_every_shards_tree() {
    let manifest = small::program();
    let by_hand = Tree::new(small::inputs().iter().map(|shard| by_hand(&manifest, shard)).collect());
    let inputs = Inputs::new(&manifest, vec![small::inputs().concat().concat()]).unwrap();
    assert_eq!(inputs.tree(&manifest).root(), by_hand.root());
}

fn by_hand(manifest: &Manifest, shard: &[Vec<u8>]) -> tequio_attestation::Digest {
    let Descriptor { ty, source: Source::Input { layout, .. } } = &manifest.tensors[0] else { unreachable!() };
    tequio_attestation::tensor_tree(ty, *layout, &shard[0]).root()
}
