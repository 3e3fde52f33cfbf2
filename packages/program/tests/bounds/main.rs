//! What openings, checks and compiling take: never more than the header or the limits say.

mod call;
mod costly;
mod endless;
mod evidence;
mod malformed;
mod memory;
mod ordinary;
mod random;
mod reads;
mod scattered;
mod short_leaves;
mod slow;
mod transposed;
mod wide_counts;
mod worst;

use tequio_fuzz as allocated;
