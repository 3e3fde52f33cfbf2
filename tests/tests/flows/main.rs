//! Jobs from posting to the last coin, the ways that the rules foresee.

mod audit;
mod audit_job;
mod broken_rewards;
mod claim;
mod commons;
mod delivery;
mod dispute;
mod diversity;
mod expire;
mod fetch;
mod give_back;
mod honest;
mod job_inputs;
mod look;
mod operators;
mod partial;
mod parts;
mod pause;
mod refund;
mod roles;
mod several;
mod top_up;
mod upgrade;
mod void;
mod watch;
