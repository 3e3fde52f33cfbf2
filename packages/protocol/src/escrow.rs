//! `escrow`: jobs, assignments, money in and out.

mod answer;
mod config;
mod context;
mod event;
mod lien;
mod message;
mod ruling;
mod state;

pub use crate::rewards::Kind;
pub use {answer::*, config::*, context::context, event::*, lien::*, message::*, ruling::*, state::*};
