//! One entry for each operation: where it is, what it does, what it takes and gives, and its handler.
//!
//! The router and the OpenAPI document are both made from these lists, so neither can know something that the other does not.

use std::sync::Arc;

use axum::Router;
use axum::routing::MethodRouter;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::params::Param;
use super::state::State;

pub struct Route {
    /// As the router matches it; also the documented path unless `documented` says otherwise.
    pub path: &'static str,
    /// The documented path where the router cannot spell it.
    pub documented: Option<&'static str>,
    pub method: Method,
    /// The operation's id.
    pub id: &'static str,
    pub summary: &'static str,
    pub parameters: &'static [&'static Param],
    pub body: Option<SchemaOf>,
    pub answer: Answer,
    pub handler: MethodRouter<Arc<State>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
}

/// What a good answer is.
pub struct Answer {
    pub media_types: &'static [&'static str],
    /// Of what is JSON among them.
    pub schema: Option<SchemaOf>,
    /// Another good answer: its status and what it means.
    pub also: Option<(&'static str, &'static str)>,
}

/// A schema by its type, put into a document on demand.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

pub fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

impl Answer {
    pub const fn json<T: JsonSchema>() -> Answer {
        Answer { media_types: &[super::answer::JSON], schema: Some(schema_of::<T>), also: None }
    }

    pub const fn geojson<T: JsonSchema>() -> Answer {
        Answer { media_types: &[super::answer::GEOJSON], schema: Some(schema_of::<T>), also: None }
    }

    /// JSON of a type, and a page for people.
    pub const fn ogc<T: JsonSchema>(media_types: &'static [&'static str]) -> Answer {
        Answer { media_types, schema: Some(schema_of::<T>), also: None }
    }

    pub const fn bytes(media_types: &'static [&'static str]) -> Answer {
        Answer { media_types, schema: None, also: None }
    }
}

pub fn router(routes: Vec<Route>) -> Router<Arc<State>> {
    routes.into_iter().fold(Router::new(), |router, route| router.route(route.path, route.handler))
}
