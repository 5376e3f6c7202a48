//! Query parameters: declared once, read strictly, documented from the same declaration.
//!
//! A name that is not declared, a name that is there twice, and bytes that are no UTF-8 are refused before anything is read.

use std::fmt::Display;
use std::str::FromStr;

use percent_encoding::percent_decode_str;

use super::answer::Problem;
use crate::plan::Word;

/// Time travel, on whatever reads the plan.
pub const AS_OF: Param = Param::new(
    "as_of",
    ParamShape::Date,
    "The plan as it was known at the end of this day, with the lights of that day; for a day to come, as it is known now.",
);

/// Query strings longer than this are refused.
const MAX_QUERY_BYTES: usize = 8_192;

/// A query parameter with all that there is to say about it.
#[derive(Debug)]
pub struct Param {
    pub name: &'static str,
    pub about: &'static str,
    pub shape: ParamShape,
}

/// What a parameter's text must look like.
#[derive(Debug)]
pub enum ParamShape {
    /// Any text of 1 to `max` characters.
    Text {
        max: usize,
    },
    Number {
        min: f64,
        max: f64,
    },
    /// How many of something: 1 to `max`, and `default` when absent.
    Limit {
        default: u32,
        max: u32,
        beyond: Beyond,
    },
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A word of a vocabulary.
    Word(fn() -> Vec<&'static str>),
    /// Words of a vocabulary with commas between them.
    Words(fn() -> Vec<&'static str>),
    /// Ids with commas between them.
    Ids,
    Date,
    BBox,
    /// Four numbers, or six with heights.
    Numbers,
    /// Something with a form of its own, told in words.
    Form(&'static str),
}

/// What a limit above its maximum means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beyond {
    /// A mistake.
    Refused,
    /// The maximum, as OGC API – Features asks.
    Maximum,
}

impl Param {
    pub const fn new(name: &'static str, shape: ParamShape, about: &'static str) -> Param {
        Param { name, about, shape }
    }

    /// What would be right, in words.
    pub fn expected(&self) -> String {
        match &self.shape {
            ParamShape::Text { max } => format!("a text of 1 to {max} characters"),
            ParamShape::Number { min, max } => format!("a number from {min} to {max}"),
            ParamShape::Limit { max, .. } => format!("a whole number from 1 to {max}"),
            ParamShape::OneOf(words) => format!("one of {}", words.join(", ")),
            ParamShape::Word(words) => format!("one of {}", words().join(", ")),
            ParamShape::Words(words) => format!("one or more of {}, with commas between them", words().join(", ")),
            ParamShape::Ids => "one or more ids, with commas between them".to_owned(),
            ParamShape::Date => "a date such as 2019-12-31".to_owned(),
            ParamShape::BBox => {
                "west,south,east,north in degrees (WGS 84); west > east crosses the dateline".to_owned()
            }
            ParamShape::Numbers => {
                "four numbers: the lower corner, then the upper one, in the axis order of the reference system"
                    .to_owned()
            }
            ParamShape::Form(form) => (*form).to_owned(),
        }
    }
}

/// All words of a vocabulary, for [`ParamShape::Words`].
pub fn words<W: Word>() -> Vec<&'static str> {
    W::ALL.iter().map(|word| (*word).into()).collect()
}

/// What happens to a parameter that is not declared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unknown {
    Refused,
    PassedOver,
}

/// The parameters of one request, decoded and known by name.
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Decodes a query string that may hold the `declared` parameters, each at most once.
    ///
    /// # Errors
    /// 400 with the parameter that is unknown, repeated or not UTF-8.
    pub fn read(query: Option<&str>, declared: &[&Param]) -> Result<Params, Problem> {
        Params::read_with(query, declared, Unknown::Refused)
    }

    /// As [`Params::read`], for what another program puts together: what is not declared is passed over.
    pub fn read_declared(query: Option<&str>, declared: &[&Param]) -> Result<Params, Problem> {
        Params::read_with(query, declared, Unknown::PassedOver)
    }

    fn read_with(query: Option<&str>, declared: &[&Param], unknown: Unknown) -> Result<Params, Problem> {
        let query = query.unwrap_or_default();
        if query.len() > MAX_QUERY_BYTES {
            return Err(Problem::unreadable(format!("the query is longer than {MAX_QUERY_BYTES} bytes")));
        }
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode(name, name)?, decode(name, value)?);
            let is_declared = declared.iter().any(|param| param.name == name);
            if !is_declared && unknown == Unknown::PassedOver {
                continue;
            }
            let known = || declared.iter().map(|param| param.name).collect::<Vec<_>>().join(", ");
            if !is_declared {
                let expected = if declared.is_empty() { "no parameter".to_owned() } else { known() };
                return Err(Problem::parameter(&name, format!("unknown query parameter {name}"), expected));
            }
            if pairs.iter().any(|(earlier, _)| *earlier == name) {
                let detail = format!("{name} is there twice");
                return Err(Problem::parameter(&name, detail, "each parameter at most once; lists take commas"));
            }
            pairs.push((name, value));
        }
        Ok(Params(pairs))
    }

    pub fn raw(&self, param: &Param) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == param.name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self, param: &Param) -> Result<Option<&str>, Problem> {
        let ParamShape::Text { max } = param.shape else { return Ok(self.raw(param)) };
        match self.raw(param) {
            Some(text) if text.trim().is_empty() || text.chars().count() > max || text.contains('\0') => {
                Err(wrong(param, "cannot be taken"))
            }
            text => Ok(text),
        }
    }

    pub fn word(&self, param: &Param) -> Result<Option<&str>, Problem> {
        let ParamShape::Word(words) = param.shape else { return Ok(self.raw(param)) };
        match self.raw(param) {
            Some(word) if !words().contains(&word) => Err(wrong(param, format_args!("{word:?} is not one of them"))),
            word => Ok(word),
        }
    }

    /// One of the words of [`ParamShape::OneOf`].
    pub fn one_of(&self, param: &Param) -> Result<Option<&str>, Problem> {
        let ParamShape::OneOf(words) = param.shape else { return Ok(self.raw(param)) };
        match self.raw(param) {
            Some(word) if !words.contains(&word) => Err(wrong(param, format_args!("{word:?} is not one of them"))),
            word => Ok(word),
        }
    }

    /// Anything that reads itself from text.
    pub fn parse<T: FromStr<Err: Display>>(&self, param: &Param) -> Result<Option<T>, Problem> {
        self.raw(param).map(|text| text.parse().map_err(|fault: T::Err| wrong(param, fault))).transpose()
    }

    /// A whole number, where [`Param::expected`] says so in words.
    pub fn whole(&self, param: &Param) -> Result<Option<u64>, Problem> {
        let read = |text: &str| text.parse().map_err(|_| wrong(param, format_args!("{text:?} is no whole number")));
        self.raw(param).map(read).transpose()
    }

    pub fn number(&self, param: &Param) -> Result<Option<f64>, Problem> {
        let ParamShape::Number { min, max } = param.shape else { return Ok(None) };
        let within = |number: &f64| (min..=max).contains(number);
        let read = |text: &str| {
            text.parse().ok().filter(within).ok_or_else(|| wrong(param, format_args!("{text:?} cannot be taken")))
        };
        self.raw(param).map(read).transpose()
    }

    /// A limit, or its default.
    pub fn limit(&self, param: &Param) -> Result<usize, Problem> {
        let ParamShape::Limit { default, max, beyond } = param.shape else { return Ok(usize::MAX) };
        let Some(text) = self.raw(param) else { return Ok(default as usize) };
        let refused = || wrong(param, format_args!("{text:?} cannot be taken"));
        let digits = !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
        match text.parse::<u32>() {
            Ok(number) if (1..=max).contains(&number) => Ok(number as usize),
            Ok(0) => Err(refused()),
            // Digits that are no u32 are a number beyond it.
            Ok(_) | Err(_) if digits && beyond == Beyond::Maximum => Ok(max as usize),
            Ok(_) | Err(_) => Err(refused()),
        }
    }

    /// A list with commas; empty when the parameter is absent.
    pub fn list<T: FromStr<Err: Display>>(&self, param: &Param) -> Result<Vec<T>, Problem> {
        let Some(text) = self.raw(param) else { return Ok(Vec::new()) };
        text.split(',').map(|word| word.trim().parse().map_err(|fault: T::Err| wrong(param, fault))).collect()
    }

    pub fn date(&self, param: &Param) -> Result<Option<crate::plan::Date>, Problem> {
        self.raw(param)
            .map(|text| date(text).ok_or_else(|| wrong(param, format_args!("{text:?} is not a date"))))
            .transpose()
    }

    pub fn bbox(&self, param: &Param) -> Result<Option<crate::spatial::BBox>, Problem> {
        self.raw(param).map(|text| crate::spatial::BBox::parse(text).map_err(|fault| wrong(param, fault))).transpose()
    }

    /// The parameters again as a query string, with one put in or replaced.
    pub fn with(&self, param: &Param, value: &str) -> String {
        Params::query(self.others(param).chain([(param.name, value)]))
    }

    /// The parameters again as a query string, but for one.
    pub fn without(&self, param: &Param) -> String {
        Params::query(self.others(param))
    }

    /// All that was asked, by name.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    fn others<'a>(&'a self, param: &'a Param) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.pairs().filter(|(name, _)| *name != param.name)
    }

    fn query<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
        let encode =
            |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        pairs.map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&")
    }
}

/// A calendar day as 2019-12-31, nothing longer.
pub fn date(text: &str) -> Option<crate::plan::Date> {
    text.parse().ok().filter(|_| text.len() == "2019-12-31".len())
}

/// The problem of a parameter that cannot be taken.
pub fn wrong(param: &Param, fault: impl Display) -> Problem {
    Problem::parameter(param.name, format!("{}: {fault}", param.name), param.expected())
}

fn decode(name: &str, text: &str) -> Result<String, Problem> {
    let spaced = text.replace('+', " ");
    match percent_decode_str(&spaced).decode_utf8() {
        Ok(decoded) => Ok(decoded.into_owned()),
        Err(_) => {
            let name = percent_decode_str(name).decode_utf8_lossy().into_owned();
            Err(Problem::parameter(&name, format!("{name} is not UTF-8"), "percent-encoded UTF-8"))
        }
    }
}
