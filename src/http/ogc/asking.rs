//! What may be asked of a collection's items: every parameter, and the query that they make together.

use std::sync::{Arc, LazyLock};

use jiff::tz::TimeZone;

use super::crs::{self, BBOX_CRS, CRS, FILTER_CRS};
use super::media::F;
use super::schemas::queryables;
use crate::http::answer::Problem;
use crate::http::asked::Asked;
use crate::http::params::{AS_OF, Beyond, Param, ParamShape, Params, date, wrong};
use crate::plan::{Date, Timestamp};
use crate::services::items::{Cursor, Direction, Interval, ItemFilter, ItemOrder, Wanted, Words};
use crate::services::scan::ScanError;
use crate::services::{FieldType, plan_fields};
use crate::spatial::Crs;
use crate::spatial::filter::Filter;

const BBOX: Param = Param::new(
    "bbox",
    ParamShape::Numbers,
    "Only features that meet the box: lower corner, upper corner, in the axis order of bbox-crs (CRS84 when absent: west,south,east,north).",
);
const DATETIME: Param = Param::new(
    "datetime",
    ParamShape::Form(
        "a date, an RFC 3339 instant, or an interval such as 2019-01-01/2019-06-30, 2019-07-01/.. or ../2019-06-30",
    ),
    "Only features whose project is due then.",
);
const LIMIT: Param = Param::new(
    "limit",
    ParamShape::Limit { default: 100, max: 10_000, beyond: Beyond::Maximum },
    "Features on a page; more than the maximum means the maximum.",
);
pub const CURSOR: Param =
    Param::new("cursor", ParamShape::Form("the cursor of a `next` link, as it is"), "Where the page begins.");
pub const FILTER: Param = Param::new(
    "filter",
    ParamShape::Form("a CQL2 expression over the collection's queryables, such as light = 'red' AND accuracy_m < 100"),
    "Only features for which the expression holds (OGC API – Features Part 3, CQL2).",
);
/// The last is what GDAL before 3.9 calls the first.
const FILTER_LANG: Param = Param::new(
    "filter-lang",
    ParamShape::OneOf(&["cql2-text", "cql2-json", "cql-text"]),
    "Encoding of the filter; cql2-text when absent. cql-text is an older name of the same.",
);
const PROPERTIES_WANTED: Param = Param::new(
    "properties",
    ParamShape::Form("names of properties with commas between them; the schema tells all"),
    "Only these properties in the answer; all when absent.",
);
pub const SORTBY: Param = Param::new(
    "sortby",
    ParamShape::Form("names of properties with commas between them, + or - before each, such as -due,name_en"),
    "Order of the features: ascending (+ or nothing) or descending (-); what is absent comes last.",
);
pub const Q: Param = Param::new(
    "q",
    ParamShape::Text { max: 200 },
    "Only features that have the words in a name or in their basis; commas between alternatives.",
);

/// Properties in one order are enough for anybody; each is compared for every feature.
const MAX_SORT_KEYS: usize = 5;

/// The declared parameters: the standard's, then one for each property, which must be equal.
pub static PARAMETERS: LazyLock<Vec<&'static Param>> = LazyLock::new(|| {
    let standard: [&'static Param; 14] = [
        &BBOX,
        &BBOX_CRS,
        &DATETIME,
        &LIMIT,
        &CURSOR,
        &CRS,
        &FILTER,
        &FILTER_LANG,
        &FILTER_CRS,
        &PROPERTIES_WANTED,
        &SORTBY,
        &Q,
        &F,
        &AS_OF,
    ];
    standard.into_iter().chain(PROPERTIES.iter()).collect()
});

/// Of one feature.
pub const ITEM_PARAMETERS: [&Param; 4] = [&CRS, &PROPERTIES_WANTED, &F, &AS_OF];

static PROPERTIES: LazyLock<Vec<Param>> = LazyLock::new(|| {
    let shape = |field_type| match field_type {
        FieldType::Text => ParamShape::Text { max: 200 },
        FieldType::Word(words) => ParamShape::Word(words),
        FieldType::Number => ParamShape::Number { min: f64::MIN, max: f64::MAX },
        FieldType::Date => ParamShape::Date,
    };
    plan_fields().iter().map(|field| Param::new(field.name, shape(field.field_type), field.meaning)).collect()
});

/// What is asked of a collection.
pub struct ItemQuery {
    pub filter: ItemFilter,
    pub order: ItemOrder,
    pub limit: usize,
    pub after: Cursor,
    pub form: ItemForm,
}

/// In what form features are wanted.
pub struct ItemForm {
    pub crs: Arc<Crs>,
    /// All properties when none.
    pub properties: Option<Vec<&'static str>>,
}

impl ItemQuery {
    /// # Errors
    /// 400 with the parameter that cannot be taken.
    pub fn read(asked: &Asked, params: &Params) -> Result<ItemQuery, Problem> {
        let order = order(params)?;
        let after: Cursor = params.parse(&CURSOR)?.unwrap_or_default();
        if !order.takes(&after) {
            return Err(wrong(&CURSOR, "it belongs to another sortby"));
        }
        Ok(ItemQuery {
            filter: filter(asked, params)?,
            order,
            limit: params.limit(&LIMIT)?,
            after,
            form: ItemForm::read(asked, params)?,
        })
    }
}

impl ItemQuery {
    /// A scan for this query that came to no end.
    pub fn problem(&self, fault: ScanError) -> Problem {
        let param = if self.filter.condition.is_some() || self.filter.words.is_empty() { &FILTER } else { &Q };
        match fault {
            ScanError::TooMuch => {
                let expected = "something simpler, such as shorter patterns or fewer of them, or a bbox beside it";
                Problem::parameter(param.name, format!("{}: {fault}", param.name), expected)
            }
            // Nobody hears it.
            ScanError::Stopped => Problem::unavailable(fault.to_string()),
        }
    }
}

impl ItemForm {
    /// # Errors
    /// 400 with the parameter that cannot be taken.
    pub fn read(asked: &Asked, params: &Params) -> Result<ItemForm, Problem> {
        let crs = crs::named(params, &CRS, &asked.state.options.crs)?;
        let wanted = params.raw(&PROPERTIES_WANTED).map(|text| {
            let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
            names.map(|name| property(name).ok_or_else(|| no_property(&PROPERTIES_WANTED, name))).collect()
        });
        Ok(ItemForm { crs, properties: wanted.transpose()? })
    }
}

/// What a form leaves empty is not asked for.
fn filled<'a>(params: &'a Params, param: &Param) -> Option<&'a str> {
    params.raw(param).filter(|text| !text.is_empty())
}

fn property(name: &str) -> Option<&'static str> {
    plan_fields().iter().map(|field| field.name).find(|known| *known == name)
}

fn no_property(param: &Param, name: &str) -> Problem {
    // The id is no property, but sorted by all the same.
    let own = (param.name == SORTBY.name).then_some("id");
    let known = own.into_iter().chain(plan_fields().iter().map(|field| field.name)).collect::<Vec<_>>().join(", ");
    Problem::parameter(param.name, format!("{}: there is no property {name:?}", param.name), format!("any of {known}"))
}

fn order(params: &Params) -> Result<ItemOrder, Problem> {
    let Some(text) = filled(params, &SORTBY) else { return Ok(ItemOrder::default()) };
    let mut keys = Vec::new();
    for word in text.split(',') {
        // A plus that nobody encoded has become a space.
        let (name, direction) = match word.trim().strip_prefix('-') {
            Some(name) => (name, Direction::Descending),
            None => (word.trim().trim_start_matches('+'), Direction::Ascending),
        };
        let key = if name == "id" { Some("id") } else { property(name) };
        keys.push((key.ok_or_else(|| no_property(&SORTBY, name))?, direction));
    }
    if keys.len() > MAX_SORT_KEYS {
        return Err(wrong(&SORTBY, format_args!("{} properties are more than {MAX_SORT_KEYS}", keys.len())));
    }
    Ok(ItemOrder(keys))
}

fn filter(asked: &Asked, params: &Params) -> Result<ItemFilter, Problem> {
    let options = &asked.state.options;
    let mut equals = Vec::new();
    for param in PROPERTIES.iter() {
        let wanted = match param.shape {
            ParamShape::Number { .. } => params.number(param)?.map(Wanted::Number),
            ParamShape::Date => params.date(param)?.map(Wanted::Date),
            ParamShape::Word(_) => params.word(param)?.map(|word| Wanted::Text(word.to_owned())),
            _ => params.text(param)?.map(|text| Wanted::Text(text.to_owned())),
        };
        equals.extend(wanted.map(|wanted| (param.name, wanted)));
    }
    let zone = &options.time_zone;
    let datetime = params
        .raw(&DATETIME)
        .map(|text| interval(text, zone).ok_or_else(|| wrong(&DATETIME, format_args!("{text:?} cannot be taken"))));
    let words = if filled(params, &Q).is_some() { params.text(&Q)? } else { None };
    let words = words.unwrap_or_default().split(',').filter(|word| !word.trim().is_empty());
    Ok(ItemFilter {
        area: crs::area(params, &BBOX, &options.crs)?,
        datetime: datetime.transpose()?,
        equals,
        words: words.map(Words::new).collect(),
        condition: condition(asked, params)?,
    })
}

fn condition(asked: &Asked, params: &Params) -> Result<Option<Filter>, Problem> {
    let crs = crs::named(params, &FILTER_CRS, &asked.state.options.crs)?;
    let lang = params.one_of(&FILTER_LANG)?.unwrap_or("cql2-text");
    let Some(text) = filled(params, &FILTER) else { return Ok(None) };
    let read = if lang == "cql2-json" {
        Filter::parse_json(text, queryables(), &crs)
    } else {
        Filter::parse_text(text, queryables(), &crs)
    };
    read.map(Some).map_err(|fault| wrong(&FILTER, fault))
}

/// Reads the standard's `datetime`; an empty or `..` end is open, but not both. Instants are days of the operator's zone.
fn interval(text: &str, zone: &TimeZone) -> Option<Interval> {
    let end = |text: &str| match text {
        "" | ".." => Some(None),
        text => day(text, zone).map(Some),
    };
    let Some((from, to)) = text.split_once('/') else {
        return day(text, zone).map(|day| Interval { from: Some(day), to: Some(day) });
    };
    let (from, to) = (end(from)?, end(to)?);
    let ordered = match (from, to) {
        (Some(from), Some(to)) => from <= to,
        (None, None) => false,
        _ => true,
    };
    ordered.then_some(Interval { from, to })
}

fn day(text: &str, zone: &TimeZone) -> Option<Date> {
    let instant = || text.parse::<Timestamp>().ok().map(|at| at.to_zoned_datetime(zone.clone()).date());
    date(text).or_else(instant)
}
