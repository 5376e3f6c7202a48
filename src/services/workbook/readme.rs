//! What the sheet that explains the others says beside the meanings of columns: what holds for the whole, and an example.

use super::sheets::{CellKind, Column, Need, SHEETS};
use crate::plan::Text;

/// A line of that sheet: sheet, column, and what is said of it.
pub type Explanation = [String; 3];

/// What holds for the workbook as a whole.
const RULES: &[(&str, &str)] = &[
    (
        "各行按 id 对应。没有的列保持原值；空的单元格清除可以不填的值。",
        "Rows are matched by id. What has no column is kept; an empty cell clears what may be empty.",
    ),
    (
        "readings、quota_members、milestones 中有某条记录的行时，这些行就是它的全部。",
        "Where readings, quota_members or milestones have rows of a record, these rows are the whole list.",
    ),
    (
        "文件里没有的记录默认保留；导入时可以选择删除。",
        "Records that the file does not have are kept, unless the import is told to remove them.",
    ),
    ("要素（位置）不在这些表里，请作为图层导入。", "Features (places) are not in these sheets; import them as layers."),
];

/// A project as somebody would write it, by the names of its columns.
const EXAMPLE: &[(&str, &str)] = &[
    ("id", "lotus-road"),
    ("kind", "road"),
    ("section", "s1"),
    ("item", "3"),
    ("name_zh", "莲花路"),
    ("name_en", "Lotus Road"),
    ("aim", "connect"),
    ("due", "2019-12-31"),
    ("stage", "planned"),
    ("visibility", "public"),
];

/// What holds for the workbook, and what each sheet is for.
pub fn rules() -> Vec<Explanation> {
    let line = |sheet: &str, (zh, en): (&str, &str)| [sheet.to_owned(), String::new(), format!("{zh} {en}")];
    let whole = RULES.iter().map(|rule| line("", *rule));
    whole.chain(SHEETS.iter().map(|sheet| line(sheet.name, sheet.about))).collect()
}

/// A row of the projects, column by column.
pub fn example() -> Vec<Explanation> {
    let line = |(column, value): &(&str, &str)| {
        ["projects".to_owned(), (*column).to_owned(), format!("例如 / for example: {value}")]
    };
    EXAMPLE.iter().map(line).collect()
}

/// What a column means, whether it must be there, and what it holds.
pub(super) fn meaning(column: &Column) -> Text {
    let (zh, en) = match column.need {
        Need::Required => ("必填", "required"),
        Need::Optional => ("可不填", "may be empty"),
        Need::BothOrNone => ("两种语言都填或都不填", "both languages or none"),
    };
    let Text { zh: meaning_zh, en: meaning_en } = column.meaning();
    Text::new(format!("{meaning_zh}（{zh}）"), format!("{meaning_en} ({en}; {})", holds(column.kind)))
}

fn holds(kind: CellKind) -> String {
    match kind {
        CellKind::Text => "text".to_owned(),
        CellKind::Id => "id".to_owned(),
        CellKind::Word(words) => words().join(" | "),
        CellKind::Whole { .. } => "whole number".to_owned(),
        CellKind::Number => "number".to_owned(),
        CellKind::Date => "date".to_owned(),
        CellKind::Numbers => "numbers;with;semicolons".to_owned(),
    }
}
