//! The columns of a project, and its milestones, which are a table of their own.

use rusqlite::types::Value;
use rusqlite::{Connection, params};

use super::cells::{Cell, Cells, optional_numbers, optional_text, optional_word, text, word};
use super::fault::Fault;
use super::rows::{Kept, parts};
use crate::plan::{Date, Investment, Milestone, Project, Relations, Slug};

impl Kept for Project {
    const TABLE: &'static str = "projects";
    const COLUMNS: &'static [&'static str] = &[
        "\"order\"",
        "kind",
        "section",
        "item",
        "name_zh",
        "name_en",
        "aim",
        "due",
        "stage",
        "progress",
        "reported",
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
        "start",
        "owner_zh",
        "owner_en",
        "warden",
        "planned_cny",
        "paid_cny",
        "curve",
        "visibility",
        "simulated",
    ];

    fn id(&self) -> &Slug {
        &self.id
    }

    fn values(&self) -> Vec<Value> {
        let mut values = vec![Value::from(self.order), word(self.kind), word(&self.section), Value::from(self.item)];
        values.extend(text(&self.name));
        values.extend([word(self.aim), word(self.due), word(self.stage), Value::from(self.progress)]);
        values.push(optional_word(self.reported));
        let Relations { from, to, carries, crosses } = &self.relations;
        for relation in [from, to, carries, crosses, &self.note] {
            values.extend(optional_text(relation.as_ref()));
        }
        values.push(optional_word(self.start));
        values.extend(optional_text(self.owner.as_ref()));
        values.push(Value::from(self.warden.clone()));
        values.push(Value::from(self.investment.map(|investment| investment.planned_cny)));
        values.push(Value::from(self.investment.and_then(|investment| investment.paid_cny)));
        values.push(optional_numbers(self.curve.as_deref()));
        values.extend([word(self.visibility), Value::from(self.simulated)]);
        values
    }

    fn read(id: Slug, cells: &mut Cells) -> Cell<Project> {
        Ok(Project {
            id,
            order: cells.get()?,
            kind: cells.parsed()?,
            section: cells.parsed()?,
            item: cells.get()?,
            name: cells.text()?,
            aim: cells.parsed()?,
            due: cells.parsed()?,
            stage: cells.parsed()?,
            progress: cells.optional_number()?,
            reported: cells.optional()?,
            relations: Relations {
                from: cells.optional_text()?,
                to: cells.optional_text()?,
                carries: cells.optional_text()?,
                crosses: cells.optional_text()?,
            },
            note: cells.optional_text()?,
            start: cells.optional()?,
            owner: cells.optional_text()?,
            warden: cells.get()?,
            investment: investment(cells.optional_number()?, cells.optional_number()?)?,
            milestones: Vec::new(),
            curve: cells.optional_numbers()?,
            visibility: cells.parsed()?,
            simulated: cells.get()?,
        })
    }

    fn put_parts(&self, connection: &Connection) -> Result<(), Fault> {
        connection.prepare_cached("DELETE FROM project_milestones WHERE project = ?")?.execute([self.id.as_str()])?;
        let mut statement = connection.prepare_cached(
            "INSERT INTO project_milestones (project, \"order\", name_zh, name_en, due, done) VALUES (?, ?, ?, ?, ?, ?)",
        )?;
        for (milestone, order) in self.milestones.iter().zip(1_i64..) {
            let Milestone { name, due, done } = milestone;
            let done = done.map(|day: Date| day.to_string());
            statement.execute(params![self.id.as_str(), order, name.zh, name.en, due.to_string(), done])?;
        }
        Ok(())
    }

    fn read_parts(&mut self, connection: &Connection) -> Result<(), Fault> {
        let sql =
            "SELECT fid, name_zh, name_en, due, done FROM project_milestones WHERE project = ? ORDER BY \"order\"";
        self.milestones = parts(connection, "project_milestones", sql, &self.id, |cells| {
            Ok(Milestone { name: cells.text()?, due: cells.parsed()?, done: cells.optional()? })
        })?;
        Ok(())
    }
}

fn investment(planned_cny: Option<f64>, paid_cny: Option<f64>) -> Cell<Option<Investment>> {
    match (planned_cny, paid_cny) {
        (Some(planned_cny), paid_cny) => Ok(Some(Investment { planned_cny, paid_cny })),
        (None, None) => Ok(None),
        (None, Some(_)) => Err("column planned_cny: is empty, but paid_cny is not".to_owned()),
    }
}
