//! What every backend must do, whatever it runs on.

mod cases;
mod commitments;

use std::{fmt::Debug, sync::Arc};

use tequio_backend::{Backend, cpu::Cpu};

/// The backends under test: all that this machine has.
fn backends() -> Vec<Named> {
    let mut backends = vec![];
    backends.extend(Cpu::all().into_iter().map(named));
    backends
}

/// A backend, and what to call it where it fails.
type Named = (String, Arc<dyn Backend>);

fn named(backend: impl Backend + Debug + 'static) -> Named {
    (format!("{backend:?}"), Arc::new(backend))
}

cases::conformance!(crate::backends);
