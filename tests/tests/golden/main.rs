//! What others rely on, pinned in files. Drift fails; `TEQUIO_BLESS=1 cargo test -p tequio-tests --test golden` writes
//! the files anew.

mod errors;
mod events;
mod operators;
mod permissions;
mod sample;
mod schema;

use std::{env, fs, path::Path};

/// Compares `text` with a file of the repository, or writes it there if that is asked for.
fn golden(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    if env::var_os("TEQUIO_BLESS").is_some() {
        fs::create_dir_all(path.parent().expect("a file in a folder")).expect("a folder for the file");
        fs::write(&path, text).expect("a file that can be written");
        return;
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let differs = kept.lines().zip(text.lines()).position(|(kept, now)| kept != now);
    let at = differs.unwrap_or(kept.lines().count().min(text.lines().count()));
    let line = |text: &str| text.lines().nth(at).unwrap_or("(end)").to_string();
    assert!(
        kept == text,
        "{file} drifted, first in line {}:\n- {}\n+ {}\nIf that is meant: TEQUIO_BLESS=1 cargo test -p tequio-tests --test golden",
        at + 1,
        line(&kept),
        line(text)
    );
}
