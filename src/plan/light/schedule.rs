//! How much should be done by a day: along a project's monthly curve, or else in a straight line.

use crate::plan::{Date, Plan, Project};

/// Percent that the schedule asks for on `today`: 0 on the day of the start, and along a curve its value on a month's last day.
///
/// A project without a start of its own starts with the plan; a straight line ends at 100 on the due date.
pub(super) fn scheduled_percent(project: &Project, plan: &Plan, today: Date) -> f64 {
    let start = project.start.unwrap_or(plan.start);
    match project.curve.as_deref() {
        Some(curve) if !curve.is_empty() => along(curve, start, today),
        _ => straight(start, project.due, today),
    }
}

/// Calendar months from the month of `from` to the month of `to`; negative when `to` is earlier.
pub(in crate::plan) fn months_between(from: Date, to: Date) -> i32 {
    let months = |date: Date| i32::from(date.year()) * 12 + i32::from(date.month());
    months(to) - months(from)
}

fn days(from: Date, to: Date) -> f64 {
    f64::from((to - from).get_days())
}

fn straight(start: Date, due: Date, today: Date) -> f64 {
    let whole = days(start, due);
    if whole <= 0.0 {
        return if today >= due { 100.0 } else { 0.0 };
    }
    (days(start, today) / whole * 100.0).clamp(0.0, 100.0)
}

/// Each value holds at the end of its month; between two of them it grows from day to day.
fn along(curve: &[f64], start: Date, today: Date) -> f64 {
    if today < start {
        return 0.0;
    }
    let month = usize::try_from(months_between(start, today)).unwrap_or_default();
    let Some(&at_end) = curve.get(month) else { return curve.last().copied().unwrap_or_default() };
    let length = f64::from(today.days_in_month());
    let (before, passed, whole) = match month.checked_sub(1) {
        Some(earlier) => (curve[earlier], f64::from(today.day()), length),
        None => (0.0, days(start, today), length - f64::from(start.day())),
    };
    if whole <= 0.0 {
        return at_end;
    }
    before + (at_end - before) * passed / whole
}
