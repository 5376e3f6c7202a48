//! The closed vocabularies of a plan, spelt the same in Rust, JSON, SQL and the web app, and text in two languages.

use std::{fmt, hash::Hash, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Text in Chinese and English; both are always there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Text {
    pub zh: String,
    pub en: String,
}

impl Text {
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Text {
        Text { zh: zh.into(), en: en.into() }
    }
}

/// A member of a closed vocabulary.
pub trait Word:
    Copy + Eq + Hash + Ord + fmt::Display + FromStr<Err = WordError> + Into<&'static str> + 'static
{
    /// What the vocabulary is called.
    const NAME: &'static str;
    /// Every word, in the vocabulary's own order.
    const ALL: &'static [Self];
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not among the {name}s: {expected}")]
pub struct WordError {
    pub found: String,
    pub name: &'static str,
    pub expected: String,
}

macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident, $title:literal { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word,)+ }
            }
        }

        impl From<$name> for &'static str {
            fn from(word: $name) -> &'static str {
                word.as_str()
            }
        }

        impl Word for $name {
            const NAME: &'static str = $title;
            const ALL: &'static [$name] = &[$($name::$variant,)+];
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = WordError;

            fn from_str(text: &str) -> Result<$name, WordError> {
                match text {
                    $($word => Ok($name::$variant),)+
                    _ => Err(WordError { found: text.to_owned(), name: $title, expected: [$($word),+].join(", ") }),
                }
            }
        }
    };
}

pub(super) use vocabulary;

vocabulary! {
    /// What sort of thing a project is.
    Kind, "kind" {
        Road = "road", Bridge = "bridge", Park = "park", School = "school", Hospital = "hospital",
        Estate = "estate", Industry = "industry", Hotel = "hotel", Zone = "zone", Service = "service",
    }
}

vocabulary! {
    /// How far a project has come. `not_reported` is a state of its own, not a zero.
    Stage, "stage" {
        NotReported = "not_reported",
        Planned = "planned", Preparing = "preparing", Building = "building", Completed = "completed", InUse = "in_use",
        Suspended = "suspended", Cancelled = "cancelled",
    }
}

vocabulary! {
    /// The stage that the plan wants reached by the due date.
    Aim, "aim" {
        /// Urban design done.
        Design = "design",
        /// Construction begun.
        Start = "start",
        /// Moved on markedly.
        Advance = "advance",
        /// Road opened through.
        Connect = "connect",
        /// Works done.
        Renovate = "renovate",
        /// Built and in production.
        Complete = "complete",
        /// In use.
        Open = "open",
    }
}

vocabulary! {
    /// 红黄绿灯: how a project stands against its schedule; grey where that cannot be judged.
    Light, "light" { Red = "red", Yellow = "yellow", Green = "green", Grey = "grey" }
}

vocabulary! {
    /// How well a feature's place is known, best first.
    Position, "position" {
        Surveyed = "surveyed", Approximate = "approximate", Rough = "rough",
        /// Drawn somewhere so that it can be seen; the place is not established.
        Placeholder = "placeholder",
    }
}

vocabulary! {
    /// Who may see it: anyone, or those who are signed in.
    #[derive(Default)]
    Visibility, "word for visibility" { #[default] Public = "public", Internal = "internal" }
}

vocabulary! {
    /// How a target's reading must stand to its value.
    Op, "operator" { AtLeast = ">=", AtMost = "<=", Above = ">", Below = "<", Equal = "=" }
}

impl Stage {
    /// In words, as a part of a sentence.
    pub fn text(self) -> Text {
        match self {
            Stage::NotReported => Text::new("未报告", "not reported"),
            Stage::Planned => Text::new("谋划", "planned"),
            Stage::Preparing => Text::new("前期", "preparing"),
            Stage::Building => Text::new("在建", "building"),
            Stage::Completed => Text::new("竣工", "completed"),
            Stage::InUse => Text::new("投用", "in use"),
            Stage::Suspended => Text::new("暂停", "suspended"),
            Stage::Cancelled => Text::new("撤销", "cancelled"),
        }
    }

    /// Place in the line planned → … → in use; none for the states beside that line.
    pub const fn step(self) -> Option<u8> {
        match self {
            Stage::Planned => Some(0),
            Stage::Preparing => Some(1),
            Stage::Building => Some(2),
            Stage::Completed => Some(3),
            Stage::InUse => Some(4),
            Stage::NotReported | Stage::Suspended | Stage::Cancelled => None,
        }
    }
}

impl Aim {
    /// The first stage that by itself proves the aim. For `advance` only completion does; short of that, progress must tell.
    pub const fn proven_by(self) -> Stage {
        match self {
            Aim::Design => Stage::Preparing,
            Aim::Start => Stage::Building,
            Aim::Advance | Aim::Connect | Aim::Renovate | Aim::Complete => Stage::Completed,
            Aim::Open => Stage::InUse,
        }
    }

    /// In words, as a part of a sentence.
    pub fn text(self) -> Text {
        match self {
            Aim::Design => Text::new("完成设计", "design done"),
            Aim::Start => Text::new("开工", "construction begun"),
            Aim::Advance => Text::new("明显推进", "moved on markedly"),
            Aim::Connect => Text::new("打通", "road opened through"),
            Aim::Renovate => Text::new("完成改造", "works done"),
            Aim::Complete => Text::new("竣工投产", "built and in production"),
            Aim::Open => Text::new("投入使用", "in use"),
        }
    }

    pub fn reached_at(self, stage: Stage) -> bool {
        stage.step().is_some_and(|step| Some(step) >= self.proven_by().step())
    }
}

impl Op {
    pub fn holds(self, reading: f64, value: f64) -> bool {
        match self {
            Op::AtLeast => reading >= value,
            Op::AtMost => reading <= value,
            Op::Above => reading > value,
            Op::Below => reading < value,
            #[expect(clippy::float_cmp, reason = "a plan that says equal means equal")]
            Op::Equal => reading == value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back_as_itself() {
        fn check<W: Word + fmt::Debug>() {
            for word in W::ALL {
                assert_eq!(word.to_string().parse::<W>().as_ref(), Ok(word));
            }
            let fault = "?".parse::<W>().expect_err("not a word").to_string();
            assert!(fault.contains(&W::ALL[0].to_string()), "{fault} says what would be right");
        }
        check::<Kind>();
        check::<Stage>();
        check::<Aim>();
        check::<Light>();
        check::<Position>();
        check::<Op>();
        check::<Visibility>();
    }

    #[test]
    fn a_stage_beside_the_line_reaches_no_aim() {
        for aim in Aim::ALL {
            for stage in [Stage::NotReported, Stage::Suspended, Stage::Cancelled] {
                assert!(!aim.reached_at(stage), "{aim} {stage}");
            }
        }
        assert!(Aim::Start.reached_at(Stage::Building));
        assert!(!Aim::Advance.reached_at(Stage::Building));
        assert!(Aim::Open.reached_at(Stage::InUse));
    }
}
