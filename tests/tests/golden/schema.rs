//! Messages, events, permissions and errors as files: the binary `schema` writes the same.

use std::collections::BTreeSet;

use tequio_tests::schema;

use crate::golden;

#[test]
fn schema_files_are_pinned() {
    let files = schema::files();
    for (path, text) in &files {
        golden(path, text);
    }
    let written: BTreeSet<_> = files.iter().map(|(path, _)| path.clone()).collect();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema");
    let kept = std::fs::read_dir(folder).expect("the folder of the schema").map(|entry| {
        let name = entry.expect("an entry").file_name();
        format!("schema/{}", name.to_string_lossy())
    });
    assert_eq!(kept.collect::<BTreeSet<_>>(), written, "files that nothing writes, or that were never written");
}
