//! Writes every file under `schema/`.

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    fs::create_dir_all(root.join("schema"))?;
    for (path, text) in tequio_tests::schema::files() {
        fs::write(root.join(path), text)?;
    }
    Ok(())
}
