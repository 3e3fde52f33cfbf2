//! Elements of `.npy` files, of whatever integer type.

use std::{fs::File, io::BufReader, path::Path};

use anyhow::{Context, Result, bail};
use npyz::{NpyFile, TypeChar};

/// All elements, in flat order.
pub fn read(file: &Path) -> Result<Vec<i64>> {
    let name = || file.display().to_string();
    let npy = NpyFile::new(BufReader::new(File::open(file).with_context(name)?)).with_context(name)?;
    let npyz::DType::Plain(ty) = npy.dtype() else { bail!("{}: records", name()) };
    let wide = |values: Vec<i32>| values.into_iter().map(i64::from).collect();
    Ok(match (ty.type_char(), ty.num_bytes()) {
        (TypeChar::Bool, _) => npy.into_vec::<bool>()?.into_iter().map(i64::from).collect(),
        (TypeChar::Int, Some(1)) => npy.into_vec::<i8>()?.into_iter().map(i64::from).collect(),
        (TypeChar::Int, Some(2)) => npy.into_vec::<i16>()?.into_iter().map(i64::from).collect(),
        (TypeChar::Int, Some(4)) => wide(npy.into_vec()?),
        (TypeChar::Int, Some(8)) => npy.into_vec()?,
        (TypeChar::Uint, Some(1)) => npy.into_vec::<u8>()?.into_iter().map(i64::from).collect(),
        (TypeChar::Uint, Some(2)) => npy.into_vec::<u16>()?.into_iter().map(i64::from).collect(),
        _ => bail!("{}: elements of type {ty:?}", name()),
    })
}
