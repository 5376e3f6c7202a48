//! Reads the whole content from the tables, not from the log, so that we see what every other reader of the file sees.

use std::collections::HashSet;

use rusqlite::Connection;

use super::fault::Fault;
use super::rows::{self, Kept};
use super::{features, log};
use crate::atlas::Row;
use crate::plan::{
    Collection, Inspection, InspectionRule, LightRule, Patch, Plan, Project, Quota, Record, Section, Target, Theme,
};
use crate::store::Loaded;

/// Records in an order in which none refers to a later one, but for a quota's members.
pub(super) fn load(connection: &mut Connection) -> Result<Loaded, Fault> {
    // One transaction, so that all reads see the same moment.
    let transaction = connection.transaction()?;
    let seq = log::last(&transaction)?.seq;
    let mut records = Vec::new();
    append::<Plan>(&transaction, &mut records, Record::Plan)?;
    append::<Section>(&transaction, &mut records, Record::Section)?;
    append::<Target>(&transaction, &mut records, Record::Target)?;
    append::<Project>(&transaction, &mut records, Record::Project)?;
    append::<Quota>(&transaction, &mut records, Record::Quota)?;
    append::<Theme>(&transaction, &mut records, Record::Theme)?;
    append::<LightRule>(&transaction, &mut records, Record::LightRule)?;
    append::<InspectionRule>(&transaction, &mut records, Record::InspectionRule)?;
    append::<Patch>(&transaction, &mut records, Record::Patch)?;
    append::<Inspection>(&transaction, &mut records, Record::Inspection)?;
    let collections = rows::list::<Collection>(&transaction)?;
    records.extend(collections.iter().cloned().map(|row| wrap(row, Record::Collection)));
    let mut numbers = HashSet::new();
    for collection in &collections {
        let table = &collection.value.id;
        features::list(&transaction, &collection.value, |row| {
            let number = row.value.number;
            if !numbers.insert(number) {
                let reason = "its fid is the number of a feature in another collection".to_owned();
                return Err(Fault::Row { table: table.to_string(), fid: rows::integer(number), reason });
            }
            records.push(wrap(row, Record::Feature));
            Ok(())
        })?;
    }
    Ok(Loaded { seq, records })
}

fn append<T: Kept>(
    connection: &Connection,
    records: &mut Vec<Row<Record>>,
    record: impl Fn(T) -> Record,
) -> Result<(), Fault> {
    records.extend(rows::list::<T>(connection)?.into_iter().map(|row| wrap(row, &record)));
    Ok(())
}

fn wrap<T>(row: Row<T>, record: impl Fn(T) -> Record) -> Row<Record> {
    Row { version: row.version, value: record(row.value) }
}
