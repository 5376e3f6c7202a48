//! Projects: filtered, counted, sorted and paged; and one with all that is around it.

use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;

use super::{KIND, LIGHT, STAGE};
use crate::http::answer::{self, JSON, Problem};
use crate::http::asked::Asked;
use crate::http::params::{AS_OF, Beyond, Param, ParamShape, words, wrong};
use crate::http::route::{Access, Answer, Method, Route};
use crate::http::wire::{ProjectDetail, ProjectPage};
use crate::plan::Position;
use crate::services::order::{Cursor, Sort, SortKey};
use crate::services::projects::Filter;

const SECTION: Param = Param::new("section", ParamShape::Ids, "Only projects of these sections.");
const QUOTA: Param = Param::new("quota", ParamShape::Ids, "Only named members of these quotas.");
const POSITION: Param =
    Param::new("position", ParamShape::Words(words::<Position>), "Only projects whose best place is known so well.");
const DUE_BEFORE: Param = Param::new("due_before", ParamShape::Date, "Only projects due before this day.");
const BBOX: Param = Param::new("bbox", ParamShape::BBox, "Only projects with a place that meets the box.");
const Q: Param = Param::new(
    "q",
    ParamShape::Text { max: 100 },
    "Only projects with a name, Chinese or English, that holds this text.",
);
const SORT: Param = Param::new(
    "sort",
    ParamShape::OneOf(&["plan", "name", "-name", "kind", "-kind", "stage", "-stage", "due", "-due", "light", "-light"]),
    "Order of the list; a minus turns it round. In the plan's own order when absent.",
);
const LIMIT: Param =
    Param::new("limit", ParamShape::Limit { default: 100, max: 1_000, beyond: Beyond::Refused }, "Projects on a page.");
const CURSOR: Param =
    Param::new("cursor", ParamShape::Form("the cursor of a `next` link, as it is"), "Where the page begins.");

const PARAMETERS: &[&Param] =
    &[&KIND, &STAGE, &LIGHT, &SECTION, &QUOTA, &POSITION, &DUE_BEFORE, &BBOX, &Q, &SORT, &LIMIT, &CURSOR, &AS_OF];

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/api/v1/projects",
            documented: None,
            method: Method::Get,
            access: Access::READ,
            id: "list_projects",
            summary: "Projects by filter, with counts for every filter value, page by page.",
            parameters: PARAMETERS,
            body: None,
            answer: Answer::json::<ProjectPage>(),
            handler: get(list_projects),
        },
        Route {
            path: "/api/v1/projects/{project}",
            documented: None,
            method: Method::Get,
            access: Access::READ,
            id: "find_project",
            summary: "One project with its features, its plan reference and its neighbours by distance.",
            parameters: &[&AS_OF],
            body: None,
            answer: Answer::json::<ProjectDetail>(),
            handler: get(find_project),
        },
    ]
}

async fn list_projects(asked: Asked) -> Result<Response, Problem> {
    let params = asked.params(PARAMETERS)?;
    let filter = Filter {
        kind: params.list(&KIND)?,
        stage: params.list(&STAGE)?,
        light: params.list(&LIGHT)?,
        section: params.list(&SECTION)?,
        quota: params.list(&QUOTA)?,
        position: params.list(&POSITION)?,
        due_before: params.date(&DUE_BEFORE)?,
        bbox: params.bbox(&BBOX)?,
        q: params.text(&Q)?.map(str::to_owned),
    };
    let sort = params.parse(&SORT)?.unwrap_or(Sort { key: SortKey::Plan, descending: false });
    let limit = params.limit(&LIMIT)?;
    let after: Option<Cursor> = params.parse(&CURSOR)?;
    if after.as_ref().is_some_and(|after| after.sort() != sort) {
        return Err(wrong(&CURSOR, "belongs to a list in another order"));
    }
    asked
        .compute(move |asked, view| {
            let page = view.projects(&filter, sort, limit, after.as_ref());
            let next = page
                .next
                .as_ref()
                .map(|cursor| format!("/api/v1/projects?{}", params.with(&CURSOR, &cursor.to_string())));
            answer::json(&asked.headers, JSON, &ProjectPage::new(&page, next))
        })
        .await
}

async fn find_project(asked: Asked, Path(project): Path<String>) -> Result<Response, Problem> {
    asked.params(&[&AS_OF])?;
    asked
        .compute(move |asked, view| {
            let absent = || Problem::not_found("project", format!("there is no project {project}"));
            let row = view.atlas.projects.get(&project).ok_or_else(absent)?;
            let detail = ProjectDetail::new(view, &view.summary(row)).map_err(Problem::internal)?;
            answer::versioned(&asked.headers, JSON, row.version, &detail)
        })
        .await
}
