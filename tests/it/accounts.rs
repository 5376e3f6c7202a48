//! Accounts by their API: every route, every refusal, and who may do what.

mod access;
mod listening;
mod oidc;
mod program;
mod sessions;
mod tokens;
mod users;
