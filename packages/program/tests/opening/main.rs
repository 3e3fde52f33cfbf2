//! Openings and what checking them takes: never more than the header or the limits say.

mod evidence;
mod ordinary;
mod random;
mod reads;
mod short_leaves;
