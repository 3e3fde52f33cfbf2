//! Escrow against stand-ins for registry, verifier and rewards, which answer what a test tells them to.

mod stand_in;
mod world;

mod assign;
mod bait;
mod burn;
mod configure;
mod errors;
mod expire;
mod give_back;
mod instantiate;
mod lien;
mod migrate;
mod open;
mod ownership;
mod pause;
mod post;
mod property;
mod queries;
mod quote;
mod refund;
mod release;
mod reward;
mod settle;
mod sitter;
mod slash;
mod snapshot;
mod terms;
mod top_up;
mod withdraw;
mod writes;
