//! What is read of a file, what is written into it, and what is refused.

use tequio_tflite::{Declared, Model, Port, Refused, Scale, Written, schema::TensorType, set_batch};

const FULLY_CONNECTED: i32 = 9;
const RESHAPE: i32 = 22;

/// [batch, 2, 3] flattened to [batch, 6], then to 4 classes.
fn net(batch: i32) -> Written {
    let target = [batch, 6].into_iter().flat_map(i32::to_le_bytes).collect();
    Written {
        tensors: vec![
            Declared::new("x", TensorType::INT8, &[batch, 2, 3]),
            Declared { data: target, scales: vec![], ..Declared::new("target", TensorType::INT32, &[2]) },
            Declared::new("flat", TensorType::INT8, &[batch, 6]),
            Declared { data: vec![1; 24], scales: vec![0.1; 4], ..Declared::new("weights", TensorType::INT8, &[4, 6]) },
            Declared { scales: vec![0.25], zero_point: -128, ..Declared::new("y", TensorType::INT8, &[batch, 4]) },
        ],
        operators: vec![(RESHAPE, vec![0, 1], vec![2]), (FULLY_CONNECTED, vec![2, 3, -1], vec![4])],
        inputs: vec![0],
        outputs: vec![4],
    }
}

fn changed(batch: i32, change: impl Fn(&mut Written)) -> Vec<u8> {
    let mut net = net(batch);
    change(&mut net);
    net.bytes()
}

fn refused(file: &[u8]) -> String {
    Model::read(file).err().expect("it is refused").to_string()
}

/// The shapes after the batch is set.
fn shapes(mut file: Vec<u8>, batch: Option<u32>) -> Result<Vec<Vec<i32>>, Refused> {
    let before = file.len();
    set_batch(&mut file, batch)?;
    assert_eq!(file.len(), before);
    let model = Model::read(&file)?;
    Ok(model.inputs()?.into_iter().chain(model.outputs()?).map(|port| port.shape).collect())
}

#[test]
fn inputs_and_outputs_have_names_types_shapes_and_scales() {
    let file = net(-1).bytes();
    let model = Model::read(&file).unwrap();
    let port = |name: &str, shape: &[i32], scale: f32, zero_point: i64| Port {
        name: name.into(),
        ty: TensorType::INT8,
        shape: shape.into(),
        scale: Some(Scale { scale, zero_point }),
    };
    assert_eq!(model.inputs(), Ok(vec![port("x", &[-1, 2, 3], 0.5, 3)]));
    assert_eq!(model.outputs(), Ok(vec![port("y", &[-1, 4], 0.25, -128)]));
    let plain = changed(-1, |net| net.tensors[4].scales.clear());
    assert_eq!(Model::read(&plain).unwrap().outputs().unwrap()[0].scale, None);
}

#[test]
fn an_open_batch_is_set_where_it_goes_in_and_comes_out() {
    assert_eq!(shapes(net(-1).bytes(), Some(5)), Ok(vec![vec![5, 2, 3], vec![5, 4]]));
    let open = shapes(net(-1).bytes(), None).unwrap_err();
    assert_eq!(open.to_string(), "`x` takes any number of items, and a shard has a fixed one");
    // What the model's maker fixed stays.
    let two = changed(-1, |net| {
        net.tensors.push(Declared::new("table", TensorType::INT8, &[7, 3]));
        net.inputs.push(5);
    });
    assert_eq!(shapes(two, Some(5)), Ok(vec![vec![5, 2, 3], vec![7, 3], vec![5, 4]]));
    let both = changed(-1, |net| net.tensors[0].shape = vec![-1, -1, 3]);
    let both = shapes(both, Some(5)).unwrap_err();
    assert_eq!(both.to_string(), "`x` is [-1, -1, 3]: only its first length may be open");
}

#[test]
fn a_fixed_batch_stays_or_becomes_another_of_one_item_only() {
    let fixed = vec![vec![8, 2, 3], vec![8, 4]];
    assert_eq!(shapes(net(8).bytes(), None), Ok(fixed.clone()));
    assert_eq!(shapes(net(8).bytes(), Some(8)), Ok(fixed));
    let other = shapes(net(8).bytes(), Some(4)).unwrap_err();
    assert_eq!(other.to_string(), "`x` has a batch of 8 in the file, which cannot become 4");
    let pinned = shapes(net(1).bytes(), Some(4)).unwrap_err();
    assert_eq!(pinned.to_string(), "`flat` is reshaped to [1, 6], which fixes the batch to 1: it cannot become 4");
    // Where the reshape leaves it open nothing keeps it from becoming 4.
    let free = changed(1, |net| net.tensors[1].data[..4].copy_from_slice(&(-1i32).to_le_bytes()));
    assert_eq!(shapes(free, Some(4)), Ok(vec![vec![4, 2, 3], vec![4, 4]]));
}

#[test]
fn what_is_not_quantised_is_refused_by_name_and_type() {
    let is = |tensor: usize, ty: TensorType| refused(&changed(-1, |net| net.tensors[tensor].ty = ty));
    let not = ": the model is not quantised to integers from end to end";
    assert_eq!(is(0, TensorType::FLOAT32), format!("input `x` is FLOAT32{not}"));
    assert_eq!(is(2, TensorType::FLOAT16), format!("tensor `flat` is FLOAT16{not}"));
    assert_eq!(is(4, TensorType(99)), format!("tensor `y` is <UNKNOWN 99>{not}"));
    // A constant that no operator makes is the converter's to judge.
    Model::read(&changed(-1, |net| net.tensors[3].ty = TensorType::FLOAT32)).unwrap();
}

#[test]
fn scales_that_make_no_sense_are_refused() {
    let of = |change: &dyn Fn(&mut Declared)| {
        let file = changed(-1, |net| change(&mut net.tensors[0]));
        Model::read(&file).unwrap().inputs().unwrap_err().to_string()
    };
    assert_eq!(of(&|x| x.scales = vec![0.5; 3]), "`x` has 3 scales: an input or output has one");
    let no_sense = |scale: &str, point| format!("`x` has scale {scale} and zero point {point}, which make no sense");
    assert_eq!(of(&|x| x.scales = vec![0.0]), no_sense("0", 3));
    assert_eq!(of(&|x| x.scales = vec![f32::INFINITY]), no_sense("inf", 3));
    assert_eq!(of(&|x| x.zero_point = 128), no_sense("0.5", 128));
    assert_eq!(of(&|x| x.ty = TensorType::BOOL), no_sense("0.5", 3));
}

#[test]
fn files_that_are_not_whole_are_refused() {
    let file = net(-1).bytes();
    assert_eq!(refused(b""), "not a .tflite: no file identifier `TFL3`");
    assert_eq!(refused(b"hello, hello"), "not a .tflite: no file identifier `TFL3`");
    let missing = |change: fn(&mut Written)| refused(&changed(-1, change));
    assert_eq!(missing(|net| net.inputs[0] = 5), "the graph names tensor 5, which the file does not have");
    assert_eq!(missing(|net| net.operators[1].1[0] = -2), "the graph names tensor -2, which the file does not have");
    // Every cut is refused or read, and none panics; nor does a byte turned over.
    for len in 0..file.len() {
        let cut = &file[..len];
        if Model::read(cut).is_ok() {
            set_batch(&mut cut.to_vec(), Some(3)).unwrap();
        }
    }
    assert!(refused(&file[..file.len() / 2]).starts_with("not a valid flatbuffer: "));
    for at in 0..file.len() {
        let mut other = file.clone();
        other[at] ^= 0xff;
        let _ = set_batch(&mut other, Some(3)).map(|()| Model::read(&other).map(|model| model.inputs()));
    }
}
