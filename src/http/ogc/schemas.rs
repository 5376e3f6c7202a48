//! What a collection's features look like (OGC API – Features Part 5), and what of them can be asked for and sorted by (Part 3).

use std::sync::LazyLock;

use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Map, Value, json};

use super::collections::plan_collection;
use super::html;
use super::media::{F, Media};
use crate::http::answer::{self, HTML, JSON, Problem, SCHEMA_JSON};
use crate::http::asked::Asked;
use crate::http::route::{Access, Answer, Method, Route};
use crate::plan::Collection;
use crate::services::{FieldType, plan_fields};
use crate::spatial::GeometryType;
use crate::spatial::filter::{self, Function, PropertyType, Queryables};

pub const SCHEMA_REL: &str = "http://www.opengis.net/def/rel/ogc/1.0/schema";
pub const QUERYABLES_REL: &str = "http://www.opengis.net/def/rel/ogc/1.0/queryables";
pub const SORTABLES_REL: &str = "http://www.opengis.net/def/rel/ogc/1.0/sortables";
pub const FUNCTIONS_REL: &str = "http://www.opengis.net/def/rel/ogc/1.0/functions";

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Properties that an edit of a feature sets; the others come from its project and the day.
const RECEIVED: [&str; 8] =
    ["project", "name_zh", "name_en", "class", "accuracy_m", "position", "basis_zh", "basis_en"];

/// Of them, those that a new feature must have.
const REQUIRED: [&str; 4] = ["name_zh", "name_en", "accuracy_m", "position"];

pub fn routes() -> Vec<Route> {
    let route = |path, id, summary, handler| Route {
        path,
        documented: None,
        method: Method::Get,
        access: Access::READ,
        id,
        summary,
        parameters: &[&F],
        body: None,
        answer: Answer::bytes(&[SCHEMA_JSON, HTML]),
        handler,
    };
    vec![
        route(
            "/ogc/collections/{collectionId}/schema",
            "find_schema",
            "JSON Schema of the collection's features; what is readOnly comes from the project and cannot be set.",
            get(find_schema),
        ),
        route(
            "/ogc/collections/{collectionId}/queryables",
            "find_queryables",
            "JSON Schema of the properties that filters may ask for.",
            get(find_queryables),
        ),
        route(
            "/ogc/collections/{collectionId}/sortables",
            "find_sortables",
            "JSON Schema of the properties that sortby takes.",
            get(find_sortables),
        ),
        Route {
            answer: Answer::bytes(&[JSON, HTML]),
            ..route("/ogc/functions", "list_functions", "Functions that filters may use.", get(list_functions))
        },
    ]
}

/// What filters may ask for: every property, the id and the geometry.
pub fn queryables() -> &'static Queryables {
    static QUERYABLES: LazyLock<Queryables> = LazyLock::new(|| {
        let kind = |field_type| match field_type {
            FieldType::Text | FieldType::Word(_) => PropertyType::Text,
            FieldType::Number => PropertyType::Number,
            FieldType::Date => PropertyType::Date,
        };
        let fields = plan_fields().iter().map(|field| (field.name, kind(field.field_type)));
        let own = [("id", PropertyType::Text), ("geometry", PropertyType::Geometry)];
        Queryables::new(own.into_iter().chain(fields).map(|(name, kind)| (name.to_owned(), kind)))
    });
    &QUERYABLES
}

async fn find_schema(asked: Asked, Path(collection): Path<String>) -> Result<Response, Problem> {
    document(asked, collection, "schema", |collection| {
        let mut properties = Map::new();
        let id = json!({ "type": "string", "x-ogc-role": "id", "readOnly": true, "title": "id" });
        properties.insert("id".to_owned(), id);
        properties.insert("geometry".to_owned(), geometry(collection.geometry_type));
        for field in plan_fields() {
            let mut schema = property(field.field_type, field.meaning);
            if !RECEIVED.contains(&field.name) {
                schema["readOnly"] = true.into();
            }
            if field.name == "due" {
                schema["x-ogc-role"] = "primary-instant".into();
            }
            properties.insert(field.name.to_owned(), schema);
        }
        json!({ "properties": properties, "required": REQUIRED, "additionalProperties": false })
    })
    .await
}

async fn find_queryables(asked: Asked, Path(collection): Path<String>) -> Result<Response, Problem> {
    document(asked, collection, "queryables", |collection| {
        let mut properties = scalars();
        properties.insert("geometry".to_owned(), geometry(collection.geometry_type));
        json!({ "properties": properties, "additionalProperties": false })
    })
    .await
}

async fn find_sortables(asked: Asked, Path(collection): Path<String>) -> Result<Response, Problem> {
    document(asked, collection, "sortables", |_| json!({ "properties": scalars(), "additionalProperties": false }))
        .await
}

async fn list_functions(asked: Asked) -> Result<Response, Problem> {
    let params = asked.params(&[&F])?;
    let media = Media::of(&params, &asked.headers, JSON)?;
    let base = asked.base_url();
    let functions = json!({ "functions": filter::FUNCTIONS.map(|function| described(&function)) });
    match media {
        Media::Json => answer::json(&asked.headers, JSON, &functions).map(answer::varies),
        Media::Html => Ok(html::json_document(&asked.headers, &base, "Functions", &[], &functions)),
    }
}

fn described(function: &Function) -> Value {
    let arguments = function.parameters.iter().map(|parameter| {
        json!({ "title": parameter.title, "description": parameter.description, "type": [type_word(parameter.property_type)] })
    });
    json!({
        "name": function.name,
        "description": function.description,
        "arguments": arguments.collect::<Vec<_>>(),
        "returns": [type_word(function.returns)],
    })
}

/// As CQL2's document of functions names types.
fn type_word(property_type: PropertyType) -> &'static str {
    match property_type {
        PropertyType::Text => "string",
        PropertyType::Number => "number",
        PropertyType::Boolean => "boolean",
        PropertyType::Date | PropertyType::Timestamp => "datetime",
        PropertyType::Geometry => "geometry",
    }
}

/// A JSON Schema about a collection, under its own address.
async fn document(
    asked: Asked,
    collection: String,
    name: &'static str,
    describe: impl FnOnce(&Collection) -> Value + Send + 'static,
) -> Result<Response, Problem> {
    let params = asked.params(&[&F])?;
    let media = Media::of(&params, &asked.headers, SCHEMA_JSON)?;
    let base = asked.base_url();
    asked
        .compute(move |asked, view| {
            let collection = plan_collection(view, &collection)?;
            let mut schema = json!({
                "$schema": DIALECT,
                "$id": format!("{base}/ogc/collections/{}/{name}", collection.id),
                "type": "object",
                "title": format!("{} {}", collection.title.zh, collection.title.en),
            });
            if let (Value::Object(schema), Value::Object(rest)) = (&mut schema, describe(collection)) {
                schema.extend(rest);
            }
            match media {
                Media::Json => answer::json(&asked.headers, SCHEMA_JSON, &schema).map(answer::varies),
                Media::Html => {
                    let trail = html::trail(&base, collection);
                    Ok(html::json_document(&asked.headers, &base, name, &trail, &schema))
                }
            }
        })
        .await
}

/// Every property but the geometry.
fn scalars() -> Map<String, Value> {
    let id = ("id".to_owned(), json!({ "type": "string", "x-ogc-role": "id", "title": "id" }));
    let fields = plan_fields().iter();
    std::iter::once(id)
        .chain(fields.map(|field| (field.name.to_owned(), property(field.field_type, field.meaning))))
        .collect()
}

fn property(field_type: FieldType, meaning: &str) -> Value {
    let mut schema = match field_type {
        FieldType::Text => json!({ "type": "string" }),
        FieldType::Word(words) => json!({ "type": "string", "enum": words() }),
        FieldType::Number => json!({ "type": "number" }),
        FieldType::Date => json!({ "type": "string", "format": "date" }),
    };
    schema["title"] = meaning.into();
    schema
}

fn geometry(geometry_type: GeometryType) -> Value {
    let format = format!("geometry-{}", geometry_type.to_string().to_lowercase());
    json!({ "format": format, "x-ogc-role": "primary-geometry", "title": "place" })
}
