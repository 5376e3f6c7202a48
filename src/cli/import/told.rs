//! A preview as a terminal shows it: where the layers go, counts, warnings, then the rows that something happens to.

use crate::formats::read::SourceFormat;
use crate::services::imports::{Counts, ImportRow, Mapping, Matching, Outcome, Preview};

/// Rows of each outcome that are printed; a page of the app or the API shows all.
const MAX_ROWS: usize = 200;

pub(super) fn print(name: &str, format: SourceFormat, mapping: &Mapping, preview: &Preview) {
    println!("{name}: {}, held against change {}", format.id(), preview.seq);
    for layer in &mapping.layers {
        let by = match layer.by {
            Matching::Id => "id",
            Matching::Name => "name",
        };
        match &layer.collection {
            Some(collection) => println!("{} -> {collection}, matched by {by}", layer.layer),
            None => println!("{} is left out", layer.layer),
        }
    }
    let Counts { added, changed, unchanged, removed, rejected } = preview.counts;
    println!("added {added}, changed {changed}, unchanged {unchanged}, removed {removed}, rejected {rejected}");
    for warning in &preview.warnings {
        println!("warning\t{}\t{}", warning.layer, warning.detail.en);
    }
    for outcome in [Outcome::Rejected, Outcome::Changed, Outcome::Removed, Outcome::Added] {
        let rows = preview.rows.iter().filter(|row| row.outcome == outcome);
        rows.take(MAX_ROWS).for_each(print_row);
        let count = preview.rows.iter().filter(|row| row.outcome == outcome).count();
        if count > MAX_ROWS {
            println!("{}\tand {} more", outcome.as_str(), count - MAX_ROWS);
        }
    }
}

/// Outcome, layer, place, id, and what there is to say, with tabs between them.
fn print_row(row: &ImportRow) {
    let id = row.id.as_ref().map(|id| id.as_str()).unwrap_or_default();
    let reasons = row.faults.iter().map(|fault| {
        let at = fault.place.as_deref().unwrap_or(&fault.field);
        let expected = fault.expected.as_ref().map(|expected| format!(" (expected: {})", expected.en));
        format!("{at}: {}{}", fault.detail.en, expected.unwrap_or_default())
    });
    let changes = row.changes().into_iter().map(|change| {
        if change.before.is_null() {
            format!("{}: {}", change.field, change.after)
        } else {
            format!("{}: {} -> {}", change.field, change.before, change.after)
        }
    });
    let said: Vec<String> = reasons.chain(changes).collect();
    println!("{}\t{}\t{}\t{id}\t{}", row.outcome.as_str(), row.layer, row.place, said.join("; "));
}
