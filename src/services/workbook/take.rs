//! Sheets as records that somebody wants: each held against the record of its id, with the cell of whatever cannot be taken. What the
//! plan's rules say of them is not looked at here.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::cells::to_value;
use super::fault::Fault;
use super::record::{blank, clear, get, record_of, set, value_of};
use super::sheets::{Column, List, Need, SHEETS, Sheet, main_sheets};
use super::write::records;
use crate::atlas::{Atlas, Row};
use crate::formats::table::{Cell, ReadTable, cell_name};
use crate::plan::{Record, RecordKey, RecordType, Slug, Text};

/// What happens to records that a file does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Absent {
    #[default]
    Keep,
    Remove,
}

/// What a workbook wants of the plan.
#[derive(Debug)]
pub struct Taken {
    pub wanted: Vec<Wanted>,
    /// Sheets that are none of a plan's.
    pub ignored: Vec<String>,
}

/// What is wanted of one record.
#[derive(Debug)]
pub struct Wanted {
    pub sheet: &'static str,
    pub record_type: RecordType,
    pub id: Option<Slug>,
    pub before: Option<Row<Record>>,
    /// None where the record is to go, or cannot be read.
    pub after: Option<Record>,
    /// What cannot be taken; a record with faults is not to be touched.
    pub faults: Vec<Fault>,
    row: Option<u32>,
    /// The rows of its lists, by the record's member, in the order that they have in the record.
    lists: Vec<(&'static str, &'static Sheet, Vec<u32>)>,
    headers: Arc<Headers>,
}

/// Sheets that cannot be read as a whole, cell by cell.
#[derive(Debug, thiserror::Error)]
#[error("the workbook cannot be read: {}", .0.iter().map(told).collect::<Vec<_>>().join("; "))]
pub struct WorkbookError(pub Vec<Fault>);

fn told(fault: &Fault) -> String {
    format!("{}: {}", fault.place.as_deref().unwrap_or(&fault.field), fault.detail.en)
}

impl std::fmt::Debug for Sheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Wanted {
    /// The record's row, such as `projects!A7`; the sheet where it has none.
    pub fn place(&self) -> String {
        self.row.map_or_else(|| self.sheet.to_owned(), |row| cell_name(self.sheet, 0, row))
    }

    /// The cell of a member as rules name it: `name.en`, `milestones[1].due`.
    pub fn place_of(&self, field: &str) -> Option<String> {
        if let Some((member, rest)) = field.split_once('[')
            && let Some((_, sheet, rows)) = self.lists.iter().find(|(known, ..)| *known == member)
        {
            let (index, rest) = rest.split_once(']')?;
            let row = rows.get(index.parse::<usize>().ok()?)?;
            let name = rest.trim_start_matches('.');
            let column = sheet.columns.iter().skip(1).find(|column| column.path.join(".") == name)?;
            return Some(self.headers.place(sheet, column, *row));
        }
        let row = self.row?;
        let sheet = main_sheets().find(|sheet| sheet.record_type == self.record_type)?;
        let is_it = |column: &&Column| {
            let path = column.path.join(".");
            path == field || path.trim_start_matches("relations.") == field || path.starts_with(&format!("{field}."))
        };
        let column = sheet.columns.iter().find(is_it).or_else(|| {
            // A list as a whole is shown at the record's row; `curve[3]` is in the one cell of the curve.
            let (member, _) = field.split_once('[')?;
            sheet.columns.iter().find(|column| column.path == [member])
        });
        Some(column.map_or_else(|| self.place(), |column| self.headers.place(sheet, column, row)))
    }
}

/// Where each column is in the file.
#[derive(Debug, Default)]
struct Headers(HashMap<(&'static str, &'static str), usize>);

impl Headers {
    fn column(&self, sheet: &Sheet, column: &Column) -> Option<usize> {
        self.0.get(&(sheet.name, column.name)).copied()
    }

    fn place(&self, sheet: &Sheet, column: &Column, row: u32) -> String {
        cell_name(sheet.name, self.column(sheet, column).unwrap_or_default(), row)
    }

    /// Reads a header.
    fn read(&mut self, sheet: &'static Sheet, table: &ReadTable, faults: &mut Vec<Fault>) {
        let known = || sheet.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
        for (at, name) in table.header.iter().enumerate() {
            let place = || cell_name(sheet.name, at, 1);
            let name = name.trim();
            if name.is_empty() {
                let has_values = table.rows.iter().any(|(_, row)| row.get(at).is_some_and(|cell| !cell.is_empty()));
                if has_values {
                    let detail = Text::new("这一列没有名称", "the column has no name");
                    faults.push(Fault::new("header", detail, Text::new(known(), known())).at(place()));
                }
                continue;
            }
            let Some(column) = sheet.columns.iter().find(|column| column.name == name) else {
                let detail = Text::new(format!("没有 {name} 这一列"), format!("{name} is not a column of this sheet"));
                faults.push(Fault::new("header", detail, Text::new(known(), known())).at(place()));
                continue;
            };
            if self.0.insert((sheet.name, column.name), at).is_some() {
                let detail = Text::new(format!("{name} 这一列出现了两次"), format!("the column {name} is there twice"));
                faults.push(Fault::new("header", detail, Text::new("每列一次", "each column once")).at(place()));
            }
        }
        // Rows cannot be told apart without the columns that name them.
        let keys = if sheet.list.is_some() { sheet.columns } else { &sheet.columns[..1] };
        for column in keys.iter().filter(|column| column.need == Need::Required) {
            if self.column(sheet, column).is_none() {
                let name = column.name;
                let detail = Text::new(format!("缺少 {name} 这一列"), format!("the column {name} is missing"));
                faults.push(Fault::new("header", detail, column.meaning()).at(cell_name(sheet.name, 0, 1)));
            }
        }
    }
}

/// Members of a list, of one record.
#[derive(Default)]
struct Members {
    rows: Vec<(u32, Value)>,
    faults: Vec<Fault>,
    first: u32,
}

/// The lists of all records that have rows in the file.
type Lists = BTreeMap<(RecordType, Slug), Vec<(&'static str, &'static Sheet, Members)>>;

/// Reads the sheets that are a plan's.
///
/// Cost: O(cells + records).
///
/// # Errors
/// Headers that cannot be understood; what is wrong with single rows is told with them.
pub fn take(tables: &[ReadTable], atlas: &Atlas, absent: Absent) -> Result<Taken, WorkbookError> {
    let mut headers = Headers::default();
    let (mut faults, mut ignored) = (Vec::new(), Vec::new());
    let mut found: Vec<(&'static Sheet, &ReadTable)> = Vec::new();
    for table in tables {
        match SHEETS.iter().find(|sheet| sheet.name == table.name.trim()) {
            Some(sheet) => {
                headers.read(sheet, table, &mut faults);
                found.push((sheet, table));
            }
            None => ignored.push(table.name.clone()),
        }
    }
    if !faults.is_empty() {
        return Err(WorkbookError(faults));
    }
    let mut reading = Reading { atlas, headers: Arc::new(headers), wanted: Vec::new(), lists: Lists::new() };
    for (sheet, table) in found.iter().filter(|(sheet, _)| sheet.list.is_some()) {
        let list = sheet.list.as_ref().expect("filtered by its list");
        reading.list(sheet, list, table);
    }
    for sheet in main_sheets() {
        if let Some((_, table)) = found.iter().find(|(known, _)| known.name == sheet.name) {
            reading.records(sheet, table, absent);
        }
    }
    reading.orphans();
    Ok(Taken { wanted: reading.wanted, ignored })
}

struct Reading<'a> {
    atlas: &'a Atlas,
    headers: Arc<Headers>,
    wanted: Vec<Wanted>,
    lists: Lists,
}

impl Reading<'_> {
    fn list(&mut self, sheet: &'static Sheet, list: &'static List, table: &ReadTable) {
        let key = &sheet.columns[0];
        for (number, cells) in table.rows.iter().filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty())) {
            let mut faults = Vec::new();
            let mut value = Value::Null;
            for column in &sheet.columns[1..] {
                self.read_cell(sheet, column, *number, cells, &mut value, &mut faults);
            }
            let Some(id) = self.id(sheet, key, *number, cells, &mut faults) else {
                self.refuse(sheet, *number, None, faults);
                continue;
            };
            let of_record = self.lists.entry((sheet.record_type, id)).or_default();
            let at = of_record.iter().position(|(member, ..)| *member == list.member).unwrap_or_else(|| {
                of_record.push((list.member, sheet, Members { first: *number, ..Members::default() }));
                of_record.len() - 1
            });
            let members = &mut of_record[at].2;
            members.rows.push((*number, value));
            members.faults.extend(faults);
        }
        for (_, _, members) in self.lists.values_mut().flatten().filter(|(member, ..)| *member == list.member) {
            if let Some(name) = list.sorted_by {
                members.rows.sort_by_cached_key(|(_, value)| value.get(name).map(ToString::to_string));
            }
        }
    }

    fn records(&mut self, sheet: &'static Sheet, table: &ReadTable, absent: Absent) {
        let mut seen: HashMap<Slug, u32> = HashMap::new();
        let known = records(self.atlas, sheet.record_type);
        let mut order = known.iter().filter_map(order_of).max().unwrap_or(0);
        for (number, cells) in table.rows.iter().filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty())) {
            let mut faults = Vec::new();
            let Some(id) = self.id(sheet, &sheet.columns[0], *number, cells, &mut faults) else {
                self.refuse(sheet, *number, None, faults);
                continue;
            };
            if let Some(first) = seen.get(&id) {
                let detail =
                    Text::new(format!("{id} 在第 {first} 行已经有了"), format!("{id} is in row {first} already"));
                let fault = Fault::new("id", detail, Text::new("每个标识一行", "one row for each id"));
                let place = self.headers.place(sheet, &sheet.columns[0], *number);
                self.refuse(sheet, *number, Some(id), vec![fault.at(place)]);
                continue;
            }
            seen.insert(id.clone(), *number);
            self.record(sheet, *number, cells, id, &mut order);
        }
        if absent == Absent::Remove && sheet.record_type != RecordType::Plan {
            for record in known {
                let key = record.key();
                if !seen.contains_key(&key.id) {
                    let before = self.atlas.record(&key);
                    let wanted = self.wanted(sheet, None, Some(key.id), before);
                    self.wanted.push(wanted);
                }
            }
        }
    }

    fn record(&mut self, sheet: &'static Sheet, number: u32, cells: &[Cell], id: Slug, order: &mut u32) {
        let key = RecordKey { record_type: sheet.record_type, collection: None, id: id.clone() };
        let before = self.atlas.record(&key);
        if sheet.record_type == RecordType::Plan && before.is_none() {
            let plan = &self.atlas.plan().id;
            let detail = Text::new(format!("没有计划 {id}"), format!("there is no plan {id}"));
            let expected = Text::new(format!("{plan}，这里唯一的计划"), format!("{plan}, the one plan of this server"));
            let place = self.headers.place(sheet, &sheet.columns[0], number);
            self.refuse(sheet, number, Some(id), vec![Fault::new("id", detail, expected).at(place)]);
            return;
        }
        let mut value = before.as_ref().map_or_else(|| blank(sheet.record_type), |row| value_of(&row.value));
        let mut faults = Vec::new();
        let mut given = HashSet::new();
        for column in sheet.columns {
            if self.headers.column(sheet, column).is_some() {
                given.insert(column.name);
                self.read_cell(sheet, column, number, cells, &mut value, &mut faults);
            }
        }
        self.check_whole(sheet, number, &given, &value, &mut faults);
        if let Some(column) = sheet.columns.iter().find(|column| column.path == ["order"])
            && get(&value, column).is_none_or(Value::is_null)
        {
            let kept = before.as_ref().and_then(|row| order_of(&row.value));
            let place = kept.unwrap_or_else(|| {
                *order = order.saturating_add(1);
                *order
            });
            set(&mut value, column, place.into());
        }
        let wanted = self.wanted(sheet, Some(number), Some(id), before);
        self.finish(wanted, value, faults);
    }

    /// A required column that the file does not have is missed by new records only.
    fn check_whole(&self, sheet: &Sheet, number: u32, given: &HashSet<&str>, value: &Value, faults: &mut Vec<Fault>) {
        let is_there = |column: &Column| get(value, column).is_some_and(|value| !value.is_null());
        for column in sheet.columns {
            let partner = || sheet.columns.iter().find(|other| other.name != column.name && is_pair(other, column));
            let is_missing = match column.need {
                Need::Required => !given.contains(column.name) && !is_there(column),
                Need::BothOrNone => !is_there(column) && partner().is_some_and(is_there),
                Need::Optional => false,
            };
            if is_missing && !faults.iter().any(|fault| fault.field == column.path.join(".")) {
                let name = column.name;
                let detail = Text::new(format!("没有填写 {name}"), format!("{name} is empty"));
                let place = self.headers.place(sheet, column, number);
                faults.push(Fault::new(&column.path.join("."), detail, column.meaning()).at(place));
            }
        }
    }

    fn wanted(&self, sheet: &'static Sheet, row: Option<u32>, id: Option<Slug>, before: Option<Row<Record>>) -> Wanted {
        let (record_type, headers) = (sheet.record_type, Arc::clone(&self.headers));
        Wanted {
            sheet: sheet.name,
            record_type,
            id,
            before,
            after: None,
            faults: Vec::new(),
            row,
            lists: Vec::new(),
            headers,
        }
    }

    fn refuse(&mut self, sheet: &'static Sheet, number: u32, id: Option<Slug>, faults: Vec<Fault>) {
        let wanted = self.wanted(sheet, Some(number), id, None);
        self.wanted.push(Wanted { faults, ..wanted });
    }

    /// Puts the record's lists in and makes a record of the whole.
    fn finish(&mut self, mut wanted: Wanted, mut value: Value, mut faults: Vec<Fault>) {
        let lists = wanted.id.as_ref().and_then(|id| self.lists.remove(&(wanted.record_type, id.clone())));
        for (member, sheet, members) in lists.into_iter().flatten() {
            faults.extend(members.faults);
            let (rows, values): (Vec<u32>, Vec<Value>) = members.rows.into_iter().unzip();
            wanted.lists.push((member, sheet, rows));
            if let Value::Object(all) = &mut value {
                all.insert(member.to_owned(), Value::Array(values));
            }
        }
        if faults.is_empty() {
            match record_of(value) {
                Ok(record) => wanted.after = Some(record),
                Err(fault) => {
                    let detail = Text::new(format!("读不懂：{fault}"), fault);
                    let expected = Text::new("readme 所说的样子", "a row as the readme sheet describes it");
                    faults.push(Fault::new("", detail, expected).at(wanted.place()));
                }
            }
        }
        self.wanted.push(Wanted { faults, ..wanted });
    }

    /// Lists of records that have no row of their own.
    fn orphans(&mut self) {
        let left: Vec<(RecordType, Slug)> = self.lists.keys().cloned().collect();
        for (record_type, id) in left {
            let key = RecordKey { record_type, collection: None, id: id.clone() };
            let (sheet, number, name) = match self.lists.get(&(record_type, id.clone())).and_then(|all| all.first()) {
                Some((_, sheet, members)) => (*sheet, members.first, sheet.columns[0].name),
                None => continue,
            };
            match self.atlas.record(&key) {
                // A record whose own row was refused has been told of.
                None if self
                    .wanted
                    .iter()
                    .any(|one| one.record_type == record_type && one.id.as_ref() == Some(&id)) => {}
                None => {
                    let detail = Text::new(format!("没有 {id}"), format!("there is no {name} {id}"));
                    let place = self.headers.place(sheet, &sheet.columns[0], number);
                    let fault = Fault::new("id", detail, sheet.columns[0].meaning()).at(place);
                    self.refuse(sheet, number, Some(id), vec![fault]);
                }
                Some(row) => {
                    let value = value_of(&row.value);
                    let wanted = self.wanted(sheet, Some(number), Some(id), Some(row));
                    self.finish(wanted, value, Vec::new());
                }
            }
        }
    }

    /// The id in a row's first column.
    fn id(&self, sheet: &Sheet, column: &Column, number: u32, cells: &[Cell], faults: &mut Vec<Fault>) -> Option<Slug> {
        let mut value = Value::Null;
        let own = Column { path: &[], ..*column };
        self.read_cell(sheet, &own, number, cells, &mut value, faults);
        value.as_str().and_then(|id| id.parse().ok())
    }

    fn read_cell(
        &self,
        sheet: &Sheet,
        column: &Column,
        number: u32,
        cells: &[Cell],
        value: &mut Value,
        faults: &mut Vec<Fault>,
    ) {
        let cell = self.headers.column(sheet, column).and_then(|at| cells.get(at)).unwrap_or(&Cell::Empty);
        let place = || self.headers.place(sheet, column, number);
        if cell.is_empty() {
            if column.need == Need::Required {
                let detail = Text::new(format!("没有填写 {}", column.name), format!("{} is empty", column.name));
                faults.push(Fault::new(&column.path.join("."), detail, column.meaning()).at(place()));
            } else if column.path != ["order"] {
                clear(value, column);
            }
            return;
        }
        match to_value(column, cell) {
            Ok(new) => set(value, column, new),
            Err((detail, expected)) => {
                faults.push(Fault::new(&column.path.join("."), detail, expected).at(place()));
            }
        }
    }
}

/// Whether two columns are the languages of one text.
fn is_pair(a: &Column, b: &Column) -> bool {
    let parent = |column: &'_ Column| column.path.split_last().map(|(_, parents)| parents);
    a.need == Need::BothOrNone && parent(a) == parent(b)
}

fn order_of(record: &Record) -> Option<u32> {
    match record {
        Record::Section(section) => Some(section.order),
        Record::Target(target) => Some(target.order),
        Record::Quota(quota) => Some(quota.order),
        Record::Project(project) => Some(project.order),
        Record::Theme(theme) => Some(theme.order),
        Record::Collection(collection) => Some(collection.order),
        _ => None,
    }
}
