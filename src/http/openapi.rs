//! The OpenAPI 3.0 documents, made from the same route lists as the router.

use openapiv3::OpenAPI;
use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::answer::{PROBLEM_JSON, Problem};
use super::door::SESSION_COOKIE;
use super::params::{Param, ParamShape};
use super::route::{Access, Method, Route, schema_of};
use super::sequence::MIN_SEQUENCE;
use crate::plan::Right;

/// The descriptions of a server, made once.
pub struct Documents {
    /// The whole API; `guatu openapi` prints it and the web app's types are made from it.
    pub whole: OpenAPI,
    /// The OGC API alone, with paths below its landing page. Its server is the landing page's path.
    pub ogc: OpenAPI,
}

impl Documents {
    /// Describes `routes`; those below `ogc_root` are the OGC API.
    ///
    /// # Errors
    /// When a schema does not fit OpenAPI 3.0, which a test holds us to.
    pub fn new(routes: &[Route], ogc_root: &'static str) -> Result<Documents, serde_json::Error> {
        let about = "The plan, its places and its map.";
        let whole = build("Guatu", about, "/", routes.iter().map(|route| (route.documented_path(), route)))?;
        let below_root = |route: &'_ Route| route.documented_path().strip_prefix(ogc_root);
        let paths = routes.iter().filter_map(|route| Some((below_root(route)?, route)));
        let paths = paths.map(|(path, route)| (if path.is_empty() { "/" } else { path }, route));
        let about =
            "OGC API – Features and Tiles over the places of the plan's projects, in CRS84 (longitude, latitude).";
        let ogc = build("Guatu – OGC API", about, ogc_root, paths)?;
        Ok(Documents { whole, ogc })
    }

    /// The OGC API's description for callers who know this server as `base`.
    pub fn ogc_at(&self, base: &str) -> OpenAPI {
        at(&self.ogc, base)
    }

    /// The whole API's description below the path that callers know comes first.
    pub fn whole_below(&self, path: &str) -> OpenAPI {
        at(&self.whole, path)
    }
}

fn at(document: &OpenAPI, base: &str) -> OpenAPI {
    let mut document = document.clone();
    for server in &mut document.servers {
        server.url = format!("{base}{}", server.url);
    }
    document
}

fn build<'a>(
    title: &str,
    about: &str,
    server: &str,
    routes: impl Iterator<Item = (&'static str, &'a Route)>,
) -> Result<OpenAPI, serde_json::Error> {
    let mut generators = Generators {
        answers: SchemaSettings::openapi3().for_serialize().into_generator(),
        bodies: SchemaSettings::openapi3().into_generator(),
    };
    let problem = schema_of::<Problem>(&mut generators.answers);
    let mut paths: Map<String, Value> = Map::new();
    for (path, route) in routes {
        let operation = operation(route, &mut generators, &problem);
        let item = paths.entry(path).or_insert_with(|| json!({}));
        item[route.method.as_str()] = operation;
    }
    let mut schemas = generators.bodies.take_definitions(true);
    schemas.extend(generators.answers.take_definitions(true));
    serde_json::from_value(json!({
        "openapi": "3.0.3",
        "info": {
            "title": title,
            "description": about,
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": server }],
        "paths": paths,
        "components": { "schemas": schemas, "securitySchemes": security_schemes() },
    }))
}

/// What we write has every member, null for what is absent; what we read may leave members out.
struct Generators {
    answers: SchemaGenerator,
    bodies: SchemaGenerator,
}

fn operation(route: &Route, generators: &mut Generators, problem: &Schema) -> Value {
    let in_path = route.documented_path().split('/').filter_map(placeholder).map(path_parameter);
    // What every read takes is told with each, and held to before any handler.
    let of_reads = (route.method == Method::Get).then_some(&MIN_SEQUENCE);
    let in_query = route.parameters.iter().copied().chain(of_reads).map(query_parameter);
    let schema = route.answer.schema.map(|schema| schema(&mut generators.answers));
    let content: Map<String, Value> = route
        .answer
        .media_types
        .iter()
        .map(|media_type| {
            let of_json = schema.clone().filter(|_| media_type.contains("json"));
            let schema = of_json.map_or_else(|| json!({}), |schema| json!({ "schema": schema }));
            ((*media_type).to_owned(), schema)
        })
        .collect();
    let mut operation = json!({
        "operationId": route.id,
        "summary": route.summary,
        "tags": [tag(route.path)],
        "parameters": in_path.chain(in_query).collect::<Vec<_>>(),
        "security": security(route.access),
        "responses": {
            (route.answer.status): { "description": "As asked.", "content": content },
            "default": { "description": "What is wrong.", "content": { PROBLEM_JSON: { "schema": problem } } },
        },
    });
    if let Access::Right(right) = route.access {
        operation["x-guatu-right"] = right.as_str().into();
    }
    if route.access == Access::Staff {
        operation["x-guatu-right"] = Right::Read.as_str().into();
    }
    if route.access == Access::Editor {
        operation["x-guatu-right"] = EDITOR.into();
    }
    if route.access == Access::Administrator {
        operation["x-guatu-right"] = Right::Administer.as_str().into();
    }
    if let Some((status, meaning)) = route.answer.also {
        operation["responses"][status] = json!({ "description": meaning });
    }
    if let Some(body) = route.body {
        operation["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": body(&mut generators.bodies) } } });
    }
    operation
}

/// Stands for either right to edit.
const EDITOR: &str = "edit";

/// What a caller must show; `{}` is nothing.
fn security(access: Access) -> Value {
    match access {
        Access::Open => json!([]),
        Access::Right(Right::Read) => json!([{}, { "session": [] }, { "token": [] }]),
        Access::Right(_) | Access::Staff | Access::Editor => json!([{ "session": [] }, { "token": [] }]),
        Access::SignedIn | Access::Administrator => json!([{ "session": [] }]),
    }
}

fn security_schemes() -> Value {
    json!({
        "session": {
            "type": "apiKey", "in": "cookie", "name": SESSION_COOKIE,
            "description": "A browser's session, begun by POST /api/v1/session.",
        },
        "token": {
            "type": "http", "scheme": "bearer",
            "description": "A personal token, made at /api/v1/tokens. What makes or changes users, passwords and tokens takes a session.",
        },
    })
}

/// The first part of a path that says something.
fn tag(path: &str) -> &str {
    path.trim_start_matches("/api/v1/").trim_start_matches('/').split('/').next().unwrap_or_default()
}

/// The name in `{name}`, also where a suffix follows.
fn placeholder(part: &str) -> Option<&str> {
    part.strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(name, _)| name)
}

fn path_parameter(name: &str) -> Value {
    let number = ["z", "x", "y", "tileRow", "tileCol"].contains(&name);
    let schema = if number { json!({ "type": "integer", "minimum": 0 }) } else { json!({ "type": "string" }) };
    json!({ "name": name, "in": "path", "required": true, "schema": schema })
}

fn query_parameter(param: &Param) -> Value {
    let list = |items: Value| json!({ "type": "array", "items": items });
    let schema = match &param.shape {
        ParamShape::Text { max } => json!({ "type": "string", "minLength": 1, "maxLength": max }),
        ParamShape::Number { min, max } => json!({ "type": "number", "minimum": min, "maximum": max }),
        ParamShape::Limit { default, max, .. } => {
            json!({ "type": "integer", "minimum": 1, "maximum": max, "default": default })
        }
        ParamShape::Word(words) => json!({ "type": "string", "enum": words() }),
        ParamShape::OneOf(words) => json!({ "type": "string", "enum": words }),
        ParamShape::Words(words) => list(json!({ "type": "string", "enum": words() })),
        ParamShape::Ids => list(json!({ "type": "string" })),
        ParamShape::Date => json!({ "type": "string", "format": "date" }),
        ParamShape::BBox | ParamShape::Numbers => {
            json!({ "type": "array", "items": { "type": "number" }, "minItems": 4, "maxItems": 6 })
        }
        ParamShape::Form(_) => json!({ "type": "string" }),
    };
    let about = match &param.shape {
        ParamShape::Form(form) => format!("{} Takes {form}.", param.about),
        _ => param.about.to_owned(),
    };
    json!({
        "name": param.name, "in": "query", "required": false, "description": about, "schema": schema,
        "style": "form", "explode": false,
    })
}

impl Method {
    fn as_str(self) -> &'static str {
        match self {
            Method::Get => "get",
            Method::Post => "post",
            Method::Put => "put",
            Method::Patch => "patch",
            Method::Delete => "delete",
        }
    }
}

impl Route {
    fn documented_path(&self) -> &'static str {
        self.documented.unwrap_or(self.path)
    }
}
