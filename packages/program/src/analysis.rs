//! What follows from a graph, from which tensors are committed, and from the routes, whoever chose them.

pub mod cone;
pub mod flow;
pub mod leaves;
pub mod route;
pub mod weights;
