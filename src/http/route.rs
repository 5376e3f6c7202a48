//! One entry for each operation: where it is, what it does, what it takes and gives, and its handler.
//!
//! The router and the OpenAPI document are both made from these lists, so neither can know something that the other does not.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::MethodRouter;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::door;
use super::params::Param;
use super::state::State;
use crate::plan::Right;

pub struct Route {
    /// As the router matches it; also the documented path unless `documented` says otherwise.
    pub path: &'static str,
    /// The documented path where the router cannot spell it.
    pub documented: Option<&'static str>,
    pub method: Method,
    /// Who may ask; held to before the handler runs.
    pub access: Access,
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
    Put,
    Patch,
    Delete,
}

/// Whom an operation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody, also when reading is only for those who are signed in.
    Open,
    /// Those who have a right; what is public may be read without, unless the administrators say otherwise.
    Right(Right),
    /// Those who are signed in and may read, also where anybody may read what is public.
    Staff,
    /// Those who may change something; what it takes is seen edit by edit.
    Editor,
    /// A person in a browser, for what is their own. A token cannot make itself another one.
    SignedIn,
    /// An administrator in a browser, for what gives others a way in. A token cannot make itself a session.
    Administrator,
}

impl Access {
    pub const READ: Access = Access::Right(Right::Read);
}

/// What a good answer is.
pub struct Answer {
    /// 200 unless something is made or nothing is left to tell.
    pub status: &'static str,
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

const OK: &str = "200";

impl Answer {
    pub const fn json<T: JsonSchema>() -> Answer {
        Answer { status: OK, media_types: &[super::answer::JSON], schema: Some(schema_of::<T>), also: None }
    }

    pub const fn geojson<T: JsonSchema>() -> Answer {
        Answer { status: OK, media_types: &[super::answer::GEOJSON], schema: Some(schema_of::<T>), also: None }
    }

    /// JSON of a type, and a page for people.
    pub const fn ogc<T: JsonSchema>(media_types: &'static [&'static str]) -> Answer {
        Answer { status: OK, media_types, schema: Some(schema_of::<T>), also: None }
    }

    /// JSON of what was made.
    pub const fn created<T: JsonSchema>() -> Answer {
        Answer { status: "201", ..Answer::json::<T>() }
    }

    /// A browser is sent on.
    pub const SEE_OTHER: Answer = Answer { status: "303", ..Answer::bytes(&[]) };

    /// Done, and nothing to tell.
    pub const NOTHING: Answer = Answer { status: "204", ..Answer::bytes(&[]) };

    pub const fn bytes(media_types: &'static [&'static str]) -> Answer {
        Answer { status: OK, media_types, schema: None, also: None }
    }
}

/// The handlers, each behind its own door.
pub fn router(routes: Vec<Route>, state: &Arc<State>) -> Router<Arc<State>> {
    routes
        .into_iter()
        .fold(Router::new(), |router, route| router.route(route.path, guarded(route.handler, route.access, state)))
}

/// A handler that runs only for those whom it is for.
pub fn guarded(handler: MethodRouter<Arc<State>>, access: Access, state: &Arc<State>) -> MethodRouter<Arc<State>> {
    handler.route_layer(from_fn_with_state((Arc::clone(state), access), door::enter))
}
