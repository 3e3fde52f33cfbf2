//! A program as users name it: a `.tosa` file, its plan, what its elements stand for, and inputs for it.

mod inputs;
mod labels;
mod scales;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Error, Result, anyhow};
use clap::Args;
use tequio_attestation::{Inputs, Manifest};
use tequio_backend::{Backend, Executable, Unsupported, cpu::Cpu};
use tequio_program::{
    Compiled, Graph, MAX_FILE, MAX_TRACES, Origin, Plan, PlanError, Planned, Refused, Unreadable, compile, load,
};

use crate::{failure::Advised, file};
pub use inputs::{Files, batch};
pub use labels::{Label, Labeller, Labels};
pub use scales::{Port, Scales, classes, scales_path};

/// A program that a command plans.
#[derive(Args)]
pub struct Named {
    /// A TOSA flatbuffer.
    program: PathBuf,
    /// Its plan; by default the file beside it that ends in `.plan.json`, else one that the compiler proposes and keeps
    /// there.
    #[arg(long)]
    plan: Option<PathBuf>,
}

impl Named {
    pub fn read(&self) -> Result<Model> {
        Program::read(&self.program)?.planned(self.plan.as_deref())
    }
}

/// A program that is loaded, which is enough to run it.
pub struct Program {
    path: PathBuf,
    bytes: Vec<u8>,
    pub graph: Graph,
    /// What lies beside it, if anything does.
    pub scales: Option<Scales>,
}

impl Program {
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = file::read(path, MAX_FILE as u64)?;
        let graph = load(&bytes).map_err(|reason| {
            let damaged = matches!(reason, Refused::File(Unreadable::Identifier | Unreadable::Flatbuffer { .. }));
            let what = format!("{} is not a program that can be run", path.display());
            let error = Error::from(reason);
            if damaged { error.context(Advised::new(what, DAMAGED)) } else { error.context(what) }
        })?;
        let scales = Scales::beside(path, &bytes, &graph)?;
        Ok(Self { path: path.into(), bytes, graph, scales })
    }

    /// The same program, if a job can be made of it: shards are cut along the axis that all inputs begin with.
    pub fn postable(self) -> Result<Self> {
        let why = match batch(&self.graph, None) {
            Some(_) => return Ok(self),
            None if self.graph.inputs() == 0 => "it has no inputs, so every shard of it would be the same".into(),
            None => format!("its inputs do not all begin with the same axis, the items: {}", inputs::list(&self.graph)),
        };
        Err(anyhow!(why).context(format!("{} cannot be posted", self.path.display())))
    }

    /// With the plan in a file, else with the one beside the program, else with a proposed one, which is kept there.
    pub fn planned(self, plan: Option<&Path>) -> Result<Model> {
        let Self { path, bytes, graph, scales } = self;
        let planned = match plan {
            Some(plan) => Planned::given(plan, &bytes, &graph),
            None => Planned::beside(&path, &bytes, &graph),
        };
        let planned = planned.map_err(|error| match error {
            PlanError::Refused(reason) => unplannable(&path, reason),
            of_the_file => of_the_file.into(),
        })?;
        if planned.origin == Origin::Proposed {
            match planned.keep(&path, &bytes) {
                Ok(kept) => tracing::debug!("the plan is kept in {}", kept.display()),
                Err(error) => tracing::debug!("the plan is not kept beside {}: {error}", path.display()),
            }
        }
        Ok(Model::of(bytes, graph, scales, planned))
    }

    /// With a proposed plan, whatever lies beside the program, the inputs named `job` of job scope.
    pub fn proposed(self, job: &[String]) -> Result<Model> {
        let Self { path, bytes, graph, scales } = self;
        let planned = Planned::proposed(&graph, job).map_err(|reason| unplannable(&path, reason))?;
        Ok(Model::of(bytes, graph, scales, planned))
    }
}

const DAMAGED: &str = "it is damaged, or of another kind: copy it again, or convert the model again";

/// As many shards as rates are measured on: for each its inputs in graph order.
pub fn first_shards(inputs: &Inputs) -> Vec<Vec<Vec<u8>>> {
    let shard = |shard| inputs.shard(shard).into_iter().map(<[u8]>::to_vec).collect();
    (0..inputs.shards().min(MAX_TRACES as u64)).map(shard).collect()
}

fn unplannable(program: &Path, reason: Refused) -> Error {
    Error::from(reason).context(format!("{} cannot be planned", program.display()))
}

/// A program with its plan, compiled.
pub struct Model {
    pub program: Vec<u8>,
    pub graph: Graph,
    pub plan: Plan,
    pub compiled: Compiled,
    pub origin: Origin,
    scales: Option<Scales>,
}

impl Model {
    /// Compiles a program with its plan.
    pub fn new(program: Vec<u8>, plan: Plan) -> Result<Self> {
        let graph = load(&program)?;
        let compiled = compile(&graph, &plan)?;
        Ok(Self { program, graph, plan, compiled, origin: Origin::Given, scales: None })
    }

    fn of(program: Vec<u8>, graph: Graph, scales: Option<Scales>, planned: Planned) -> Self {
        let Planned { plan, compiled, origin } = planned;
        Self { program, graph, plan, compiled, origin, scales }
    }

    /// The same program with the plan's scenarios, routes and rates measured on the first of these shards.
    pub fn measured(self, inputs: &Inputs) -> Result<Self> {
        let plan = self.plan.measured(&self.graph, &first_shards(inputs))?;
        let compiled = compile(&self.graph, &plan)?;
        Ok(Self { plan, compiled, ..self })
    }

    /// Prepares the program for this machine.
    pub fn prepare(&self) -> Result<Arc<dyn Executable>, Unsupported> {
        Cpu::default().prepare(self.compiled.manifest.clone())
    }

    pub fn manifest(&self) -> &Manifest {
        &self.compiled.manifest
    }

    /// Items in a shard: the axis that all inputs begin with; 1 where they begin with none or several.
    pub fn batch(&self) -> u64 {
        batch(&self.graph, Some(self.manifest())).unwrap_or(1)
    }

    /// Reads all of `--inputs`, as [`Files::open`] takes it.
    pub fn read_inputs(&self, named: &[String]) -> Result<Inputs> {
        self.files(named)?.next(u64::MAX)
    }

    /// Reads as many shards of `--inputs` as rates are measured on.
    pub fn read_first(&self, named: &[String]) -> Result<Inputs> {
        self.files(named)?.next(MAX_TRACES as u64)
    }

    fn files(&self, named: &[String]) -> Result<Files<'_>> {
        Files::open(&self.graph, self.manifest(), self.scales.as_ref(), named)
    }

    /// Cuts the items of the only input, of shape `dims`, into shards.
    pub fn shards(&self, dims: &[u64], bytes: Vec<u8>) -> Result<Inputs> {
        inputs::of_one(&self.graph, self.manifest(), dims, bytes)
    }
}
