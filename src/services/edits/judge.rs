//! What each of many edits would be refused for, by the same rules that a batch is held to. Edits that depend on a refused one are
//! refused too; the others could land together.

use super::references::still_needed;
use super::{Author, EditError, Moves, broken_rules, change_of, rights_of_edit};
use crate::atlas::{Atlas, AtlasError};
use crate::plan::{Change, Edit, Text, Violation};

/// How often what is left is held against the rules anew. What depends on what goes four steps deep: a place on its project, that on its
/// section; the other rounds are for lists that shrink.
const MAX_ROUNDS: usize = 8;

/// What speaks against each edit, in their order; nothing speaks against those that could land as one batch. Edits are of different
/// records.
///
/// Cost: that of applying all edits, at most [`MAX_ROUNDS`] times.
pub fn judge(atlas: &Atlas, edits: &[Edit], author: &Author) -> Vec<Vec<Violation>> {
    let mut verdicts: Vec<Vec<Violation>> = edits.iter().map(|edit| by_itself(atlas, edit, author)).collect();
    for _ in 0..MAX_ROUNDS {
        let left: Vec<usize> = (0..edits.len()).filter(|at| verdicts[*at].is_empty()).collect();
        if left.is_empty() || !together(atlas, edits, author, &left, &mut verdicts) {
            return verdicts;
        }
    }
    // They still pull each other down: none of them is sure to land.
    for verdict in verdicts.iter_mut().filter(|verdict| verdict.is_empty()) {
        let detail = Text::new("取决于被拒绝的其他各行", "depends on other rows that are rejected");
        verdict.push(Violation { field: String::new(), detail, expected: None });
    }
    verdicts
}

/// What can be said of an edit without the others.
fn by_itself(atlas: &Atlas, edit: &Edit, author: &Author) -> Vec<Violation> {
    let rights = rights_of_edit(edit);
    if !rights.iter().any(|right| author.rights.contains(right)) {
        let right = rights[0];
        let roles = right.roles().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
        let detail = Text::new(format!("需要 {right} 权限"), format!("this takes the right {right}"));
        let expected = Text::new(format!("由 {roles} 来做"), format!("somebody with one of the roles {roles}"));
        return vec![Violation::new("", detail, expected)];
    }
    match change_of(atlas, edit, atlas.seq() + 1, author) {
        Ok(_) => Vec::new(),
        Err(fault) => vec![of_error(&fault)],
    }
}

/// Holds what is left against the plan as it would be with all of it. Says whether anything was refused.
fn together(atlas: &Atlas, edits: &[Edit], author: &Author, left: &[usize], verdicts: &mut [Vec<Violation>]) -> bool {
    let mut refused = false;
    let mut changes: Vec<Change> = Vec::with_capacity(left.len());
    let mut places = Vec::with_capacity(left.len());
    for at in left {
        let seq = atlas.seq() + 1 + changes.len() as u64;
        match change_of(atlas, &edits[*at], seq, author) {
            Ok(change) => {
                changes.push(change);
                places.push(*at);
            }
            Err(fault) => {
                verdicts[*at].push(of_error(&fault));
                refused = true;
            }
        }
    }
    let draft = match atlas.apply(&changes) {
        Ok(draft) => draft,
        Err(fault) => {
            let homeless = |change: &Change| matches!(&fault, AtlasError::NoCollection { key, .. } if change.key.collection == key.collection);
            for (change, at) in changes.iter().zip(places).filter(|(change, _)| homeless(change)) {
                let key = &change.key;
                let detail =
                    Text::new(format!("{key} 所在的图层不存在"), format!("{key} is in a collection that is not there"));
                verdicts[at].push(Violation::new(
                    "collection",
                    detail,
                    Text::new("图层的标识", "the id of a collection"),
                ));
                refused = true;
            }
            return refused;
        }
    };
    for (change, at) in changes.iter().zip(places) {
        let mut found = broken_rules(&draft, change, author.today, Moves::Step);
        if change.after.is_none() {
            let needed_by = still_needed(atlas, &draft, change, &changes);
            if !needed_by.is_empty() {
                found.push(of_error(&EditError::Needed { key: change.key.clone(), needed_by }));
            }
        }
        refused |= !found.is_empty();
        verdicts[at].extend(found);
    }
    refused
}

fn of_error(fault: &EditError) -> Violation {
    let en = fault.to_string();
    let (field, zh) = match fault {
        EditError::Exists(key) => ("id", format!("已经有 {key}")),
        EditError::NotFound(key) => ("id", format!("没有 {key}")),
        EditError::Stale { key, asked, current } => ("", format!("{key} 现在是第 {current} 版，不是第 {asked} 版")),
        EditError::Needed { key, needed_by } => ("", format!("{key} 还被用到：{}", needed_by.join("、"))),
        EditError::Forbidden(_) | EditError::Rules(_) | EditError::Overtaken(_) => ("", en.clone()),
    };
    Violation { field: field.to_owned(), detail: Text { zh, en }, expected: None }
}
