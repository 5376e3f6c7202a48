//! The sheet that explains the others in both languages. Nothing is read from it.

use super::sheets::{CellKind, Column, Need, README, SHEETS, Sheet};
use crate::formats::table::{Cell, Column as TableColumn, Table};
use crate::plan::Text;

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
    ("要素（位置）不在这里，请作为图层导入。", "Features (places) are not here; import them as layers."),
];

/// One explained example, shown where the sheets themselves are empty.
const EXAMPLE: &[(&str, &str)] = &[
    ("projects.id", "lotus-road"),
    ("projects.kind", "road"),
    ("projects.section", "s1"),
    ("projects.item", "3"),
    ("projects.name_zh", "莲花路"),
    ("projects.name_en", "Lotus Road"),
    ("projects.aim", "connect"),
    ("projects.due", "2019-12-31"),
    ("projects.stage", "planned"),
    ("projects.visibility", "public"),
];

pub(super) fn table() -> Table {
    made(&[])
}

pub(super) fn table_with_example() -> Table {
    made(EXAMPLE)
}

fn made(examples: &[(&str, &str)]) -> Table {
    let column = |name: &str, zh: &str, en: &str| TableColumn { name: name.to_owned(), meaning: Text::new(zh, en) };
    let mut columns = vec![
        column("sheet", "工作表", "sheet"),
        column("column", "列", "column"),
        column("required", "是否必填", "whether it must be there"),
        column("holds", "填写内容", "what it holds"),
        column("zh", "说明（中文）", "meaning in Chinese"),
        column("en", "说明（英文）", "meaning in English"),
    ];
    if !examples.is_empty() {
        columns.push(column("example", "例子", "an example"));
    }
    let mut rows: Vec<Vec<Cell>> = RULES.iter().map(|(zh, en)| row(["", "", "", "", zh, en])).collect();
    for sheet in SHEETS {
        let (zh, en) = sheet.about;
        rows.push(row([sheet.name, "", "", "", zh, en]));
        rows.extend(sheet.columns.iter().map(|column| explained(sheet, column, examples)));
    }
    Table { name: README.to_owned(), columns, rows }
}

fn explained(sheet: &Sheet, column: &Column, examples: &[(&str, &str)]) -> Vec<Cell> {
    let need = match column.need {
        Need::Required => "yes",
        Need::Optional => "no",
        Need::BothOrNone => "both languages or none",
    };
    let (zh, en) = column.meaning;
    let holds = holds(column.kind);
    let mut cells = row([sheet.name, column.name, need, &holds, zh, en]);
    if !examples.is_empty() {
        let name = format!("{}.{}", sheet.name, column.name);
        let example = examples.iter().find(|(known, _)| *known == name);
        cells.push(example.map_or(Cell::Empty, |(_, value)| Cell::Text((*value).to_owned())));
    }
    cells
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

fn row(words: [&str; 6]) -> Vec<Cell> {
    words.map(|word| if word.is_empty() { Cell::Empty } else { Cell::Text(word.to_owned()) }).to_vec()
}
