//! The time machine's own addresses: on which days the plan changed, and two days beside each other.

use std::collections::BTreeMap;

use axum::response::Response;
use axum::routing::get;

use crate::http::answer::{self, JSON, Problem};
use crate::http::asked::Asked;
use crate::http::params::{Param, ParamShape, required};
use crate::http::route::{Access, Answer, Method, Route};
use crate::http::wire::{Comparison, Timeline, TimelineDay};
use crate::plan::{Date, Right};
use crate::services::compare::compare;
use crate::services::past::day_of;
use crate::store::Store;

const FROM: Param = Param::new("from", ParamShape::Date, "The earlier day.");
const TO: Param = Param::new("to", ParamShape::Date, "The later day; today when absent.");

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/api/v1/timeline",
            documented: None,
            method: Method::Get,
            id: "find_timeline",
            summary: "The days on which the plan changed, with how many changes.",
            parameters: &[],
            access: Access::READ,
            body: None,
            answer: Answer::json::<Timeline>(),
            handler: get(find_timeline),
        },
        Route {
            path: "/api/v1/compare",
            documented: None,
            method: Method::Get,
            id: "compare_days",
            summary: "Projects that differ between two days: added, dropped, advanced, slipped, moved, with another light or due date.",
            parameters: &[&FROM, &TO],
            access: Access::READ,
            body: None,
            answer: Answer::json::<Comparison>(),
            handler: get(compare_days),
        },
    ]
}

async fn find_timeline(asked: Asked) -> Result<Response, Problem> {
    asked.params(&[])?;
    let is_staff = asked.caller.has(Right::Read);
    let batches = asked.state.store.batches().await.map_err(Problem::internal)?;
    let zone = &asked.state.options.time_zone;
    let today = asked.state.today();
    let mut days: BTreeMap<Date, u64> = BTreeMap::new();
    for batch in &batches {
        let changes = batch.public + if is_staff { batch.internal } else { 0 };
        if changes > 0 {
            *days.entry(day_of(batch.at, zone)).or_default() += changes;
        }
    }
    let timeline = Timeline {
        first: days.keys().next().copied().unwrap_or(today),
        today,
        seq: asked.state.published.current().seq(),
        days: days.into_iter().map(|(date, changes)| TimelineDay { date, changes }).collect(),
    };
    answer::json(&asked.headers, JSON, &timeline)
}

async fn compare_days(asked: Asked) -> Result<Response, Problem> {
    let params = asked.params(&[&FROM, &TO])?;
    let from = params.date(&FROM)?.ok_or_else(|| required(&FROM))?;
    let to = params.date(&TO)?.unwrap_or_else(|| asked.state.today());
    if to < from {
        return Err(Problem::parameter("to", format!("to: {to} is before {from}"), "a day that is not before `from`"));
    }
    let earlier = asked.state.view(&asked.caller, Some(from)).await?;
    let later = asked.state.view(&asked.caller, Some(to)).await?;
    let headers = asked.headers.clone();
    asked
        .state
        .compute(move || answer::json(&headers, JSON, &Comparison::new(from, to, &compare(&earlier, &later))))
        .await
}
