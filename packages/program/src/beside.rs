//! Plans in files: the one that a user names, and the one that is kept beside a program so that it is planned once.
//!
//! `model.tosa` has its plan in `model.plan.json`. A plan that [`Planned::keep`] wrote there names the program's SHA-256
//! under the key `program`, which is no part of the plan and of no hash. It counts for these very bytes only, as compiled
//! by this compiler: for others it is as if there were none. A plan that names no program is a user's, and is taken as
//! it is.
//!
//! What a command does: [`Planned::given`] if a plan is named, else [`Planned::beside`]; then, where
//! [`Planned::origin`] is [`Origin::Proposed`], [`Planned::keep`], whose failure is worth a line in the log and no more.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::{
    compile::{Compiled, compile},
    graph::Graph,
    plan::Plan,
    refused::{Misfit, Refused},
};

/// The key under which a kept plan names its program.
const PROGRAM: &str = "program";

/// A plan and what it makes of its program.
#[derive(Clone, Debug)]
pub struct Planned {
    pub plan: Plan,
    pub compiled: Compiled,
    pub origin: Origin,
}

/// Where a plan is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The user's file.
    Given,
    /// Proposed before, and kept.
    Kept,
    /// Proposed now.
    Proposed,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    #[error("cannot read the plan {path}")]
    Read {
        path: PathBuf,
        #[source]
        reason: io::Error,
    },
    /// The user's own, not one that was kept.
    #[error("the plan {path} cannot be used")]
    Given {
        path: PathBuf,
        #[source]
        reason: Refused,
    },
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// Where a program's plan is kept.
pub fn plan_path(program: &Path) -> PathBuf {
    program.with_extension("plan.json")
}

impl Planned {
    /// With the plan in a file that the user names; `program` are the bytes that `graph` was loaded from.
    ///
    /// # Errors
    /// If the file is no plan of this program. One that was kept for another program is none.
    pub fn given(path: &Path, program: &[u8], graph: &Graph) -> Result<Self, PlanError> {
        let text = fs::read_to_string(path).map_err(|reason| PlanError::Read { path: path.into(), reason })?;
        let saved = Saved::read(&text).and_then(|saved| saved.of(program)).and_then(|plan| {
            let compiled = compile(graph, &plan)?;
            Ok(Self { plan, compiled, origin: Origin::Given })
        });
        saved.map_err(|reason| PlanError::Given { path: path.into(), reason })
    }

    /// With the plan beside the program at `path`, or with a proposed one if there is none.
    ///
    /// # Errors
    /// If the program can't be planned, or if the plan beside it is a user's and doesn't fit.
    pub fn beside(path: &Path, program: &[u8], graph: &Graph) -> Result<Self, PlanError> {
        let beside = plan_path(path);
        let text = match fs::read_to_string(&beside) {
            Ok(text) => text,
            Err(reason) if reason.kind() == io::ErrorKind::NotFound => return Ok(Self::proposed(graph, &[])?),
            Err(reason) => return Err(PlanError::Read { path: beside, reason }),
        };
        if !Saved::is_kept(&text) {
            return Self::given(&beside, program, graph);
        }
        let kept = Saved::read(&text).and_then(|saved| saved.of(program)).and_then(|plan| {
            let compiled = compile(graph, &plan)?;
            Ok(Self { plan, compiled, origin: Origin::Kept })
        });
        kept.or_else(|_| Ok(Self::proposed(graph, &[])?))
    }

    /// With a proposed plan, wherever the program is from; the inputs named `job` are of job scope.
    ///
    /// # Errors
    /// Those of [`Plan::propose_with_job`].
    pub fn proposed(graph: &Graph, job: &[String]) -> Result<Self, Refused> {
        let plan = Plan::propose_with_job(graph, &job.iter().map(String::as_str).collect::<Vec<_>>())?;
        let compiled = compile(graph, &plan)?;
        Ok(Self { plan, compiled, origin: Origin::Proposed })
    }

    /// Writes the plan beside the program at `path`, whose bytes are `program`, in one step: who reads it meanwhile
    /// sees all of it or nothing. Replaces what is there, so it is for a plan whose origin is [`Origin::Proposed`].
    /// Gives the file's path.
    pub fn keep(&self, path: &Path, program: &[u8]) -> io::Result<PathBuf> {
        let beside = plan_path(path);
        let unfinished = beside.with_extension(format!("json.{}", std::process::id()));
        let written = fs::write(&unfinished, kept(&self.plan, program)).and_then(|()| fs::rename(&unfinished, &beside));
        if written.is_err() {
            // What is left of a full disk; that it can't be removed either adds nothing.
            let _ = fs::remove_file(&unfinished);
        }
        written.map(|()| beside)
    }
}

/// What a plan's file holds.
struct Saved {
    /// Hexadecimal SHA-256 of the program that the plan was proposed for.
    program: Option<String>,
    plan: Plan,
}

impl Saved {
    /// Whether it says for which program it was made, whatever else is wrong with it.
    fn is_kept(text: &str) -> bool {
        serde_json::from_str::<Map<String, Value>>(text).is_ok_and(|map| map.contains_key(PROGRAM))
    }

    fn read(text: &str) -> Result<Self, Refused> {
        let not_a_plan = |error: serde_json::Error| Misfit::Json(error.to_string());
        let mut map: Map<String, Value> = serde_json::from_str(text).map_err(not_a_plan)?;
        let program = map.remove(PROGRAM).map(|program| program.as_str().unwrap_or_default().to_owned());
        let plan = if program.is_some() {
            serde_json::from_value(Value::Object(map)).map_err(not_a_plan)?
        } else {
            // From the text, so that an error says in which line.
            Plan::from_json(text)?
        };
        Ok(Self { program, plan })
    }

    /// The plan, if it is this program's as far as it says.
    fn of(self, program: &[u8]) -> Result<Plan, Refused> {
        match self.program {
            Some(found) if found != sha256(program) => Err(Misfit::Program { found, wanted: sha256(program) }.into()),
            _ => Ok(self.plan),
        }
    }
}

/// The plan's own text with the program named first.
fn kept(plan: &Plan, program: &[u8]) -> String {
    plan.to_json().replacen('{', &format!("{{\n  \"{PROGRAM}\": \"{}\",", sha256(program)), 1)
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
