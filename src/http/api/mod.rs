//! `/api/v1`: the plan API, the spatial API, and accounts. One resource, one file, one list of routes.

mod access;
mod changes;
mod decisions;
mod exports;
mod field;
mod formats;
mod imports;
mod inspection_rule;
mod inspections;
mod invitations;
mod lights;
mod nearby;
mod oidc;
mod password;
mod photos;
mod plans;
mod projects;
mod query;
mod quotas;
mod records;
mod search;
mod session;
mod settings;
mod setup;
mod targets;
mod time;
mod tokens;
pub mod uploads;
mod users;
mod workbook;

pub use records::change;

use super::params::{Param, ParamShape, words};
use super::route::Route;
use crate::plan::{Kind, Light, Stage};
pub use exports::checked_export;

pub fn routes() -> Vec<Route> {
    [
        settings::routes(),
        plans::routes(),
        targets::routes(),
        quotas::routes(),
        projects::routes(),
        imports::routes(),
        workbook::routes(),
        search::routes(),
        nearby::routes(),
        query::routes(),
        records::routes(),
        field::routes(),
        formats::routes(),
        exports::routes(),
        inspections::routes(),
        decisions::routes(),
        inspection_rule::routes(),
        uploads::routes(),
        photos::routes(),
        lights::routes(),
        changes::routes(),
        time::routes(),
        session::routes(),
        oidc::routes(),
        password::routes(),
        setup::routes(),
        invitations::routes(),
        users::routes(),
        tokens::routes(),
        access::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Operations whose bodies are files: longer and slower than others.
pub fn routes_of_files() -> Vec<Route> {
    imports::routes_of_files()
}

const KIND: Param = Param::new("kind", ParamShape::Words(words::<Kind>), "Only projects of these kinds.");
const STAGE: Param = Param::new("stage", ParamShape::Words(words::<Stage>), "Only projects at these stages.");
const LIGHT: Param = Param::new("light", ParamShape::Words(words::<Light>), "Only projects with these lights.");
