//! Accounts by their API: every route, every refusal, and who may do what.

mod access;
mod listening;
mod oidc;
mod postgres;
mod program;
mod sessions;
mod stores;
mod tokens;
mod users;
