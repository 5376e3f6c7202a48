//! The five tables of a plan, row by row.

use std::collections::{HashMap, HashSet};

use super::Problems;
use super::table::{Entry, Row, Table};
use crate::plan::rules::MAX_ITEM;
use crate::plan::{Investment, Plan, Project, Quota, Relations, Section, Slug, Stage, Target, Theme};

pub(super) struct Texts {
    pub sections: Option<String>,
    pub targets: Option<String>,
    pub quotas: Option<String>,
    pub projects: Option<String>,
    pub themes: Option<String>,
}

#[derive(Default)]
pub(super) struct Tables {
    pub sections: Vec<Section>,
    pub targets: Vec<Target>,
    pub quotas: Vec<Quota>,
    pub projects: Vec<Project>,
    pub themes: Vec<Theme>,
    pub rows: Rows,
}

/// The line of each record, for problems that show only when all is read.
#[derive(Default)]
pub(super) struct Rows {
    /// Refused rows too, as long as their id can be read.
    lines: HashMap<(&'static str, Slug), u64>,
    /// Tables of which not every id is known.
    unread: HashSet<&'static str>,
    /// What rows refer to, refused ones too.
    pub references: Vec<Reference>,
}

/// A field of a row that names a record of another table.
pub(super) struct Reference {
    pub file: &'static str,
    pub line: u64,
    /// The row's own id, when it can be read.
    pub id: Option<Slug>,
    pub column: &'static str,
    pub names: Slug,
}

impl Rows {
    pub(super) fn line(&self, file: &'static str, id: &Slug) -> Option<String> {
        self.lines.get(&(file, id.clone())).map(|line| format!("line {line}"))
    }

    /// Whether a reference into a table may hold; a row that was refused is not missing on top of that.
    pub(super) fn may_hold(&self, file: &'static str, id: &Slug) -> bool {
        self.unread.contains(file) || self.lines.contains_key(&(file, id.clone()))
    }
}

/// Reads all tables; without a plan (its manifest was refused) due dates and years go unchecked.
pub(super) fn read(texts: &Texts, plan: Option<&Plan>, problems: &mut Problems) -> Tables {
    let mut tables = Tables::default();
    let sections = Table {
        file: "sections.csv",
        columns: &["id", "name_zh", "name_en"],
        optional: &[],
        text: texts.sections.as_deref(),
    };
    tables.sections = tables.rows.keep(&sections, problems, section);
    let targets = Table {
        file: "targets.csv",
        columns: &["id", "section", "item", "name_zh", "name_en", "op", "value", "unit_zh", "unit_en", "stretch"],
        optional: &[],
        text: texts.targets.as_deref(),
    };
    tables.targets = tables.rows.keep(&targets, problems, target);
    let quotas = Table {
        file: "quotas.csv",
        columns: &["id", "section", "item", "name_zh", "name_en", "count", "aim", "members"],
        optional: &[],
        text: texts.quotas.as_deref(),
    };
    tables.quotas = tables.rows.keep(&quotas, problems, quota);
    let projects = Table {
        file: "projects.csv",
        columns: &[
            "id",
            "kind",
            "section",
            "item",
            "name_zh",
            "name_en",
            "aim",
            "due",
            "stage",
            "from_zh",
            "from_en",
            "to_zh",
            "to_en",
            "carries_zh",
            "carries_en",
            "crosses_zh",
            "crosses_en",
            "note_zh",
            "note_en",
        ],
        optional: &["start", "owner_zh", "owner_en", "warden", "investment_cny", "visibility"],
        text: texts.projects.as_deref(),
    };
    tables.projects = tables.rows.keep(&projects, problems, |row, order| project(row, order, plan));
    let themes = Table {
        file: "themes.csv",
        columns: &["id", "section", "item", "name_zh", "name_en", "note_zh", "note_en"],
        optional: &[],
        text: texts.themes.as_deref(),
    };
    tables.themes = tables.rows.keep(&themes, problems, theme);
    tables
}

impl Rows {
    /// Reads a table, notes where each record stands, and refuses an id that is there twice.
    fn keep<T>(
        &mut self,
        table: &Table,
        problems: &mut Problems,
        read: impl FnMut(&mut Row, u32) -> Option<T>,
    ) -> Vec<T> {
        let mut kept = Vec::new();
        let Some(entries) = table.rows(problems, read) else {
            self.unread.insert(table.file);
            return kept;
        };
        for Entry { line, id, value, references } in entries {
            let twice = id.as_ref().and_then(|id| self.line(table.file, id).map(|earlier| (id, earlier)));
            if let Some((id, earlier)) = twice {
                let message = format!("{id} is there twice, first on {earlier}");
                problems.add(table.file, Some(format!("line {line}")), Some("id"), message);
                continue;
            }
            let refer = |(column, names)| Reference { file: table.file, line, id: id.clone(), column, names };
            self.references.extend(references.into_iter().map(refer));
            match id {
                Some(id) => drop(self.lines.insert((table.file, id), line)),
                None => drop(self.unread.insert(table.file)),
            }
            kept.extend(value);
        }
        kept
    }
}

// Each reader below looks at every field before it gives up, so that all problems of a row are told at once.

fn section(row: &mut Row, order: u32) -> Option<Section> {
    let (id, name) = (row.required("id"), row.text("name"));
    Some(Section { id: id?, order, name: name? })
}

fn item(row: &mut Row) -> Option<u8> {
    row.whole("item", MAX_ITEM.into()).and_then(|item| item.try_into().ok())
}

fn target(row: &mut Row, order: u32) -> Option<Target> {
    let (id, section, item, name) = (row.required("id"), row.section(), item(row), row.text("name"));
    let (op, value, unit) = (row.required("op"), row.optional_number("value"), row.text("unit"));
    let stretch = row.optional_number("stretch");
    if value == Some(None) {
        row.problem("value", "is empty, but required");
    }
    Some(Target {
        id: id?,
        order,
        section: section?,
        item: item?,
        name: name?,
        op: op?,
        value: value??,
        unit: unit?,
        stretch: stretch?,
        readings: Vec::new(),
    })
}

fn quota(row: &mut Row, order: u32) -> Option<Quota> {
    let (id, section, item, name) = (row.required("id"), row.section(), item(row), row.text("name"));
    let (count, aim, members) = (row.whole("count", u32::MAX), row.required("aim"), row.members());
    if let (Some(count), Some(members)) = (count, &members)
        && members.len() > count as usize
    {
        row.problem("members", format_args!("{} are named, more than the quota's count of {count}", members.len()));
    }
    Some(Quota {
        id: id?,
        order,
        section: section?,
        item: item?,
        name: name?,
        count: count?,
        aim: aim?,
        members: members?,
    })
}

fn project(row: &mut Row, order: u32, plan: Option<&Plan>) -> Option<Project> {
    let (id, kind, section) = (row.required("id"), row.required("kind"), row.section());
    let (item, name, aim) = (item(row), row.text("name"), row.required("aim"));
    let (due, stage) = (row.optional_date("due"), row.optional::<Stage>("stage"));
    let (from, to) = (row.optional_text("from"), row.optional_text("to"));
    let (carries, crosses) = (row.optional_text("carries"), row.optional_text("crosses"));
    let note = row.optional_text("note");
    let (start, owner, warden) = (row.optional_date("start"), row.optional_text("owner"), row.raw("warden"));
    let (planned_cny, visibility) = (row.optional_number("investment_cny"), row.optional("visibility"));
    if due == Some(None) {
        row.problem("due", "is empty, but required");
    }
    if let (Some(Some(due)), Some(plan)) = (due, plan)
        && due < plan.start
    {
        row.problem("due", format_args!("{due} is before the plan's start {}", plan.start));
    }
    if let (Some(Some(start)), Some(Some(due))) = (start, due)
        && start > due
    {
        row.problem("start", format_args!("{start} is after the due date {due}"));
    }
    if let Some(Some(sum)) = planned_cny
        && sum < 0.0
    {
        row.problem("investment_cny", format_args!("{sum} is less than nothing"));
    }
    let investment = planned_cny.map(|sum| sum.map(|planned_cny| Investment { planned_cny, paid_cny: None }));
    Some(Project {
        id: id?,
        order,
        kind: kind?,
        section: section?,
        item: item?,
        name: name?,
        aim: aim?,
        start: start?,
        due: due??,
        stage: stage?.unwrap_or(Stage::NotReported),
        progress: None,
        reported: None,
        owner: owner?,
        warden: Some(warden).filter(|warden| !warden.is_empty()),
        investment: investment?,
        milestones: Vec::new(),
        curve: None,
        relations: Relations { from: from?, to: to?, carries: carries?, crosses: crosses? },
        note: note?,
        visibility: visibility?.unwrap_or_default(),
        simulated: false,
    })
}

fn theme(row: &mut Row, order: u32) -> Option<Theme> {
    let (id, section, item, name) = (row.required("id"), row.section(), item(row), row.text("name"));
    let note = row.optional_text("note");
    Some(Theme { id: id?, order, section: section?, item: item?, name: name?, note: note? })
}
