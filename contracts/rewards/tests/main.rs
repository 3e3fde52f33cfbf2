//! The rewards through their messages, one file per message.

mod world;

mod approve;
mod claim;
mod configure;
mod errors;
mod grant;
mod instantiate;
mod migrate;
mod ownership;
mod properties;
mod query;
mod receive;
mod release;
mod reserve;
mod revoke;
mod reward;
