//! The time machine's own addresses: on which days the plan changed, and two days beside each other.

use axum::response::Response;
use axum::routing::get;

use crate::http::answer::{self, JSON, Problem};
use crate::http::asked::Asked;
use crate::http::params::{Param, ParamShape};
use crate::http::route::{Access, Answer, Method, Route};
use crate::http::wire::{Comparison, Timeline, TimelineDay};
use crate::plan::{Date, Right};
use crate::services::compare::compare;
use crate::services::past::day_of;
use crate::services::timeline::Counted;
use crate::store::Store;

const FROM: Param = Param::new("from", ParamShape::Date, "The earlier day; the day of the first change when absent.");
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
    let atlas = asked.state.published.current();
    let zone = &asked.state.options.time_zone;
    let counted = asked.state.timeline.days(&atlas, zone, &asked.state.store).await?;
    let today = asked.state.today();
    let changes = |day: Counted| day.public + if is_staff { day.internal } else { 0 };
    let days: Vec<TimelineDay> = counted
        .into_iter()
        .map(|(date, day)| TimelineDay { date, changes: changes(day) })
        .filter(|day| day.changes > 0)
        .collect();
    let first = days.first().map_or(today, |day| day.date);
    let timeline = Timeline { first, today, seq: atlas.seq(), days };
    answer::json(&asked.headers, JSON, &timeline)
}

async fn first_day(asked: &Asked) -> Result<Date, Problem> {
    let first = asked.state.store.changes(0, 1).await?;
    let zone = &asked.state.options.time_zone;
    Ok(first.first().map_or_else(|| asked.state.today(), |change| day_of(change.at, zone).min(asked.state.today())))
}

async fn compare_days(asked: Asked) -> Result<Response, Problem> {
    let params = asked.params(&[&FROM, &TO])?;
    let from = match params.date(&FROM)? {
        Some(day) => day,
        None => first_day(&asked).await?,
    };
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
