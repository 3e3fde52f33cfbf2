//! What follows from a graph, from which tensors are committed, and from the routes, whoever chose them.

pub mod bits;
pub mod case;
pub mod cone;
pub mod flow;
pub mod leaves;
pub mod mask;
pub mod open;
pub mod reads;
pub mod route;
pub mod weighing;
pub mod weights;
pub mod work;
