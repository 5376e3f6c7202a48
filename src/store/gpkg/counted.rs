//! Targets with their readings and quotas with their members: the records whose lists are tables of their own.

use rusqlite::types::Value;
use rusqlite::{Connection, params};

use super::cells::{Cell, Cells, text, word};
use super::fault::Fault;
use super::rows::{Kept, parts};
use crate::plan::{Quota, Reading, Slug, Target};

impl Kept for Target {
    const TABLE: &'static str = "targets";
    const COLUMNS: &'static [&'static str] =
        &["\"order\"", "section", "item", "name_zh", "name_en", "op", "value", "unit_zh", "unit_en", "stretch"];

    fn id(&self) -> &Slug {
        &self.id
    }

    fn values(&self) -> Vec<Value> {
        let mut values = vec![Value::from(self.order), word(&self.section), Value::from(self.item)];
        values.extend(text(&self.name));
        values.extend([word(self.op), Value::Real(self.value)]);
        values.extend(text(&self.unit));
        values.push(Value::from(self.stretch));
        values
    }

    fn read(id: Slug, cells: &mut Cells) -> Cell<Target> {
        Ok(Target {
            id,
            order: cells.get()?,
            section: cells.parsed()?,
            item: cells.get()?,
            name: cells.text()?,
            op: cells.parsed()?,
            value: cells.number()?,
            unit: cells.text()?,
            stretch: cells.optional_number()?,
            readings: Vec::new(),
        })
    }

    fn put_parts(&self, connection: &Connection) -> Result<(), Fault> {
        connection.prepare_cached("DELETE FROM target_readings WHERE target = ?")?.execute([self.id.as_str()])?;
        let mut statement = connection.prepare_cached(
            "INSERT INTO target_readings (target, \"order\", date, value, source) VALUES (?, ?, ?, ?, ?)",
        )?;
        for (reading, order) in self.readings.iter().zip(1_i64..) {
            let Reading { date, value, source } = reading;
            statement.execute(params![self.id.as_str(), order, date.to_string(), value, source])?;
        }
        Ok(())
    }

    fn read_parts(&mut self, connection: &Connection) -> Result<(), Fault> {
        let sql = "SELECT fid, date, value, source FROM target_readings WHERE target = ? ORDER BY \"order\"";
        self.readings = parts(connection, "target_readings", sql, &self.id, |cells| {
            Ok(Reading { date: cells.parsed()?, value: cells.number()?, source: cells.get()? })
        })?;
        Ok(())
    }
}

impl Kept for Quota {
    const TABLE: &'static str = "quotas";
    const COLUMNS: &'static [&'static str] = &["\"order\"", "section", "item", "name_zh", "name_en", "count", "aim"];

    fn id(&self) -> &Slug {
        &self.id
    }

    fn values(&self) -> Vec<Value> {
        let mut values = vec![Value::from(self.order), word(&self.section), Value::from(self.item)];
        values.extend(text(&self.name));
        values.extend([Value::from(self.count), word(self.aim)]);
        values
    }

    fn read(id: Slug, cells: &mut Cells) -> Cell<Quota> {
        Ok(Quota {
            id,
            order: cells.get()?,
            section: cells.parsed()?,
            item: cells.get()?,
            name: cells.text()?,
            count: cells.get()?,
            aim: cells.parsed()?,
            members: Vec::new(),
        })
    }

    fn put_parts(&self, connection: &Connection) -> Result<(), Fault> {
        connection.prepare_cached("DELETE FROM quota_members WHERE quota = ?")?.execute([self.id.as_str()])?;
        let mut statement =
            connection.prepare_cached("INSERT INTO quota_members (quota, \"order\", project) VALUES (?, ?, ?)")?;
        for (project, order) in self.members.iter().zip(1_i64..) {
            statement.execute(params![self.id.as_str(), order, project.as_str()])?;
        }
        Ok(())
    }

    fn read_parts(&mut self, connection: &Connection) -> Result<(), Fault> {
        let sql = "SELECT fid, project FROM quota_members WHERE quota = ? ORDER BY \"order\"";
        self.members = parts(connection, "quota_members", sql, &self.id, |cells| cells.parsed())?;
        Ok(())
    }
}
