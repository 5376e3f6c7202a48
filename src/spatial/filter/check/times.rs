//! Operands that are times: days, moments, and intervals between them.

use super::{Checker, described, mismatch};
use crate::spatial::filter::error::{FilterError, Place};
use crate::spatial::filter::expression::{Limit, Moment, Times, Value, Words};
use crate::spatial::filter::lexer::shown;
use crate::spatial::filter::moment::{End, Instant, Order};
use crate::spatial::filter::syntax::{Node, What};

impl Checker<'_> {
    pub(super) fn times(&mut self, node: &Node, operator: &str, order: Order) -> Result<Times, FilterError> {
        match self.value(node)? {
            Value::Times(Times::Instant(_)) if !order.takes_instants() => {
                let found = "an instant; INTERVAL(start, end) makes an interval".to_owned();
                Err(mismatch(&node.at, operator, "intervals", found))
            }
            Value::Times(times) => Ok(times),
            other => Err(mismatch(&node.at, operator, "times", described(node, &other))),
        }
    }

    pub(super) fn interval(&mut self, at: &Place, ends: &[Node; 2]) -> Result<Value, FilterError> {
        let start = self.limit(&ends[0], End::Past)?;
        let end = self.limit(&ends[1], End::Future)?;
        if let (Limit::Known(first), Limit::Known(last)) = (&start, &end)
            && last.compare(*first).is_lt()
        {
            return Err(mismatch(at, "INTERVAL", "an end that is not before its start", "one that is".to_owned()));
        }
        Ok(Value::Times(Times::Interval(start, end)))
    }

    fn limit(&mut self, node: &Node, open: End) -> Result<Limit, FilterError> {
        if let What::Text(text) = &node.what {
            let known = if text == ".." { open } else { End::At(instant(&node.at, text, !text.contains(['T', 't']))?) };
            return Ok(Limit::Known(known));
        }
        match self.value(node)? {
            Value::Times(Times::Instant(Moment::Known(known))) => Ok(Limit::Known(End::At(known))),
            Value::Times(Times::Instant(Moment::Property(name))) => Ok(Limit::Property(name)),
            other => Err(mismatch(&node.at, "INTERVAL", "days, moments or '..'", described(node, &other))),
        }
    }
}

pub(super) fn instant(at: &Place, text: &str, is_date: bool) -> Result<Instant, FilterError> {
    let (kind, read) = if is_date { ("day", Instant::day(text)) } else { ("moment", Instant::moment(text)) };
    read.map_err(|fault| FilterError::Literal { at: at.clone(), kind, literal: shown(text), fault })
}

/// A text in quotes that stands beside a time is read as one, which the standard permits and GDAL counts on.
pub(super) fn read_beside(node: &Node, value: Value, other: &Value) -> Result<Value, FilterError> {
    let (Value::Words(Words::Known(text)), Value::Times(Times::Instant(_))) = (&value, other) else { return Ok(value) };
    // GDAL writes a day as 2019-12-31T.
    let day = text.strip_suffix('T').unwrap_or(text);
    let known = instant(&node.at, day, !day.contains(['T', 't']))?;
    Ok(Value::Times(Times::Instant(Moment::Known(known))))
}
