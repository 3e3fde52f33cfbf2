//! The registry through its messages, one file per message.

mod world;

mod bond;
mod burn;
mod cap;
mod configure;
mod errors;
mod grant;
mod instantiate;
mod lien;
mod migrate;
mod ownership;
mod properties;
mod query;
mod register;
mod release;
mod revoke;
mod slash;
mod unbond;
mod update;
mod withdraw;
