//! `escrow`: jobs, assignments, money in and out.

mod answer;
mod config;
mod event;
mod lien;
mod message;
mod ruling;
mod state;

pub use crate::rewards::Kind;
pub use {answer::*, config::*, event::*, lien::*, message::*, ruling::*, state::*};
