//! `escrow`: jobs, assignments, money in and out.

mod answer;
mod config;
mod event;
mod message;
mod ruling;
mod state;

pub use crate::rewards::Kind;
pub use {answer::*, config::*, event::*, message::*, ruling::*, state::*};
