//! Plans in files, and programs without one.

use std::{fs, path::PathBuf};

use tempfile::TempDir;
use tequio_attestation::{Digest, Header, Source};
use tequio_program::{Graph, Misfit, Origin, Plan, PlanError, Planned, Refused, load, plan_path, unplanned};
use tequio_tosa::{DType, Program, conv};

/// A layer of so many channels, in a folder of its own.
struct Site {
    folder: TempDir,
    program: Vec<u8>,
    graph: Graph,
}

impl Site {
    fn new(channels: i32) -> Self {
        let mut p = Program::default();
        p.scalars();
        p.input("x", DType::INT8, &[2, 8, 8, 16]);
        p.layer(("x", [2, 8, 8, 16]), "y", conv(channels, 3));
        p.output("y");
        let (folder, program) = (tempfile::tempdir().unwrap(), p.bytes());
        let graph = load(&program).unwrap();
        Self { folder, program, graph }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("m.tosa")
    }

    fn beside(&self) -> Result<Planned, PlanError> {
        Planned::beside(&self.path(), &self.program, &self.graph)
    }

    fn write(&self, text: &str) {
        fs::write(plan_path(&self.path()), text).unwrap();
    }

    fn text(&self) -> String {
        fs::read_to_string(plan_path(&self.path())).unwrap()
    }
}

#[test]
fn a_plan_is_kept_and_found_again() {
    let site = Site::new(16);
    let proposed = site.beside().unwrap();
    assert_eq!(proposed.origin, Origin::Proposed);
    let kept = proposed.keep(&site.path(), &site.program).unwrap();
    assert_eq!(kept, site.folder.path().join("m.plan.json"));
    assert_eq!(fs::read_dir(site.folder.path()).unwrap().count(), 1);
    let found = site.beside().unwrap();
    assert_eq!((found.origin, &found.plan), (Origin::Kept, &proposed.plan));
    assert_eq!(found.compiled.manifest.program_id(), proposed.compiled.manifest.program_id());
    // Named by the user, it is the same.
    let given = Planned::given(&kept, &site.program, &site.graph).unwrap();
    assert_eq!((given.origin, given.plan), (Origin::Given, proposed.plan));
}

#[test]
fn a_stale_plan_is_proposed_anew() {
    let (old, site) = (Site::new(16), Site::new(24));
    old.beside().unwrap().keep(&site.path(), &old.program).unwrap();
    assert_eq!(site.beside().unwrap().origin, Origin::Proposed);
    let refused = Planned::given(&plan_path(&site.path()), &site.program, &site.graph).unwrap_err();
    let PlanError::Given { reason: Refused::Plan(Misfit::Program { found, wanted }), .. } = refused else {
        panic!("{refused:?}")
    };
    assert!(found.len() == 64 && wanted.len() == 64 && found != wanted);

    site.beside().unwrap().keep(&site.path(), &site.program).unwrap();
    let text = site.text();
    for spoilt in [
        text.replacen("\"compiler\": 3", "\"compiler\": 0", 1),
        text.replacen("\"given\"", "\"forgotten\"", 1),
        text.replacen("\"x\"", "\"z\"", 1),
        text.replacen("\"program\": \"", "\"program\": \"0", 1),
    ] {
        assert_ne!(spoilt, text);
        site.write(&spoilt);
        assert_eq!(site.beside().unwrap().origin, Origin::Proposed, "{spoilt}");
    }
}

#[test]
fn a_users_plan_is_taken_as_it_is() {
    let site = Site::new(16);
    let mut plan = Plan::propose(&site.graph).unwrap();
    plan.scenarios[0].rates[0] += 1;
    site.write(&plan.to_json());
    let found = site.beside().unwrap();
    assert_eq!((found.origin, &found.plan), (Origin::Given, &plan));

    plan.committed.clear();
    for (text, wanted) in [(plan.to_json(), "output `y` is not committed"), ("{".into(), "not a plan: EOF")] {
        site.write(&text);
        let refused = site.beside().unwrap_err();
        let PlanError::Given { path, reason } = &refused else { panic!("{refused:?}") };
        assert_eq!(*path, plan_path(&site.path()));
        assert!(reason.to_string().contains(wanted), "{reason}");
    }
    let nowhere = Planned::given(&site.folder.path().join("nowhere"), &site.program, &site.graph).unwrap_err();
    assert!(matches!(nowhere, PlanError::Read { .. }));
}

#[test]
fn a_folder_that_cannot_be_written_is_told_of() {
    let site = Site::new(16);
    let proposed = site.beside().unwrap();
    assert!(proposed.keep(&site.folder.path().join("nowhere/m.tosa"), &site.program).is_err());
    assert_eq!(fs::read_dir(site.folder.path()).unwrap().count(), 0);
}

#[test]
fn what_is_not_planned_commits_its_outputs_and_says_nothing_else() {
    let site = Site::new(16);
    let manifest = unplanned(&site.graph);
    let committed: Vec<_> = manifest.committed().into_iter().map(|(id, _)| id).collect();
    assert_eq!(committed, site.graph.outputs());
    let zero = Digest::default();
    let expected = Header {
        tensors: site.graph.tensors().len() as u32,
        committed: 1,
        inputs: 1,
        job: 0,
        outputs: committed,
        cost: 0,
        delta: 0,
        gamma: 0,
        opening_bytes: 0,
        reads: 0,
        depth: 0,
        plan: zero,
    };
    assert_eq!(manifest.header, expected);
    let planned = site.beside().unwrap().compiled.manifest;
    assert_ne!(manifest.program_id(), planned.program_id());
    assert_eq!(manifest.constants, planned.constants);
    for (tensor, planned) in manifest.tensors.iter().zip(&planned.tensors) {
        assert_eq!((tensor.ty, tensor.node()), (planned.ty, planned.node()));
        assert!(!matches!(tensor.source, Source::Constant { root, .. } if root != zero));
    }
}
