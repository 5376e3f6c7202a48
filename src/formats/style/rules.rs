//! The table of looks: which features are drawn how, for each style and family.

use super::{Applies, Colour, Condition, Family, Firmness, Look, Mark, Rule, StyleId};
use crate::plan::{Light, Position, Stage, Text, Word};

/// The rules of a style. A place without a project has neither light nor stage, and is drawn all the same.
pub(super) fn rules(style: StyleId, family: Family) -> Vec<Rule> {
    let without = |property| Rule {
        title: text("无项目", "No project"),
        applies: Applies::Absent(property),
        look: Look { firmness: Firmness::Unsurveyed, ..NEUTRAL },
    };
    match style {
        StyleId::Light => words("light", Light::ALL, family).chain([without("light")]).collect(),
        StyleId::Stage => words("stage", Stage::ALL, family).chain([without("stage")]).collect(),
        StyleId::Position => Position::ALL.iter().map(|position| by_position(*position)).collect(),
    }
}

fn words<W: Shown>(property: &'static str, words: &'static [W], family: Family) -> impl Iterator<Item = Rule> {
    words.iter().flat_map(move |word| by_word(property, *word, family))
}

const NEUTRAL: Look = look(0x008b_949b, 0x005f_686f, Mark::Circle);

const fn look(fill: u32, edge: u32, mark: Mark) -> Look {
    Look { fill: Colour(fill), edge: Colour(edge), mark, firmness: Firmness::Surveyed }
}

/// A word of the plan with its look and its names.
trait Shown: Word {
    fn shown(self) -> (Look, &'static str, &'static str);
}

impl Shown for Light {
    fn shown(self) -> (Look, &'static str, &'static str) {
        match self {
            Light::Red => (look(0x00c4_281b, 0x00c4_281b, Mark::Octagon), "红灯", "Red"),
            Light::Yellow => (look(0x00f2_b705, 0x007a_5a00, Mark::Triangle), "黄灯", "Yellow"),
            Light::Green => (look(0x001e_7f4f, 0x001e_7f4f, Mark::Circle), "绿灯", "Green"),
            Light::Grey => (look(0x00b9_c0c5, 0x007b_858c, Mark::Circle), "无灯", "No light"),
        }
    }
}

impl Shown for Stage {
    fn shown(self) -> (Look, &'static str, &'static str) {
        let (fill, edge, zh, en) = match self {
            Stage::NotReported => return (NEUTRAL, "未报告", "Not reported"),
            Stage::Planned => (0x00d5_cdf0, 0x007d_72b8, "谋划", "Planned"),
            Stage::Preparing => (0x009f_a8e0, 0x005a_64b4, "前期", "Preparing"),
            Stage::Building => (0x005a_80cc, 0x0031_59a8, "在建", "Building"),
            Stage::Completed => (0x0028_5a9e, 0x001c_4680, "竣工", "Completed"),
            Stage::InUse => (0x0012_355f, 0x0012_355f, "投用", "In use"),
            Stage::Suspended => (0x00b0_8d57, 0x007d_5f2e, "暂停", "Suspended"),
            Stage::Cancelled => (0x004d_4a46, 0x004d_4a46, "已取消", "Cancelled"),
        };
        (look(fill, edge, Mark::Circle), zh, en)
    }
}

/// A word's rules: one for each firmness that the family shows apart.
fn by_word<W: Shown>(property: &'static str, word: W, family: Family) -> Vec<Rule> {
    let (look, zh, en) = word.shown();
    let is_word = Condition { property, word: word.into(), is_equal: true };
    let of = |(firmness, placed): (Firmness, Vec<Condition>)| {
        let (more_zh, more_en) = match firmness {
            Firmness::Surveyed => ("", ""),
            Firmness::Unsurveyed => ("（未测量）", ", not surveyed"),
            Firmness::Placeholder => ("（位置未确定）", ", position not established"),
        };
        Rule {
            title: text(&format!("{zh}{more_zh}"), &format!("{en}{more_en}")),
            applies: Applies::When(std::iter::once(is_word).chain(placed).collect()),
            look: Look { firmness, ..look },
        }
    };
    firmnesses(family).into_iter().map(of).collect()
}

/// What a family shows apart. Points are full unless their place is only held for them.
fn firmnesses(family: Family) -> Vec<(Firmness, Vec<Condition>)> {
    let placed = |position: Position, is_equal| Condition { property: "position", word: position.into(), is_equal };
    let surveyed = |is_equal| placed(Position::Surveyed, is_equal);
    let placeholder = |is_equal| placed(Position::Placeholder, is_equal);
    match family {
        Family::Points => {
            vec![(Firmness::Surveyed, vec![placeholder(false)]), (Firmness::Placeholder, vec![placeholder(true)])]
        }
        Family::Lines => {
            vec![(Firmness::Surveyed, vec![surveyed(true)]), (Firmness::Unsurveyed, vec![surveyed(false)])]
        }
        Family::Areas => vec![
            (Firmness::Surveyed, vec![surveyed(true)]),
            (Firmness::Unsurveyed, vec![surveyed(false), placeholder(false)]),
            (Firmness::Placeholder, vec![placeholder(true)]),
        ],
    }
}

fn by_position(position: Position) -> Rule {
    let (fill, firmness, zh, en) = match position {
        Position::Surveyed => (0x000b_6e72, Firmness::Surveyed, "已测量", "Surveyed"),
        Position::Approximate => (0x004f_a3a6, Firmness::Unsurveyed, "大致位置", "Approximate"),
        Position::Rough => (0x00c9_8a4b, Firmness::Unsurveyed, "粗略位置", "Rough"),
        Position::Placeholder => (0x008a_4b12, Firmness::Placeholder, "位置未确定", "Position not established"),
    };
    let is_position = Condition { property: "position", word: position.into(), is_equal: true };
    Rule {
        title: text(zh, en),
        applies: Applies::When(vec![is_position]),
        look: Look { firmness, ..look(fill, fill, Mark::Circle) },
    }
}

fn text(zh: &str, en: &str) -> Text {
    Text { zh: zh.to_owned(), en: en.to_owned() }
}
