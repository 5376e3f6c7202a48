//! Knows features again, by id or by name, and finds ids for new ones. A name counts within its collection, and so within its kind.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

use super::mapping::Matching;
use crate::atlas::{Atlas, Row};
use crate::plan::{Collection, Feature, Kind, Role, Slug, Text};
use crate::services::workbook::Fault;

/// The longest beginning of an id that is made from a name; a number may follow.
const MAX_ID_CHARS: usize = 56;

/// Candidates that are told by id.
const TOLD: usize = 5;

/// What a row is known by.
#[derive(Default)]
pub(super) struct Known<'a> {
    pub id: Option<&'a str>,
    pub name_zh: Option<&'a str>,
    pub name_en: Option<&'a str>,
}

pub(super) struct Matcher<'a> {
    atlas: &'a Atlas,
    collection: &'a Collection,
    by: Matching,
    /// Features by each of their names; only where names count.
    named: HashMap<String, Vec<&'a Row<Feature>>>,
    projects: HashMap<String, Vec<&'a Slug>>,
    /// Ids that rows before this one have taken.
    taken: HashSet<Slug>,
    /// Features that the file has, whether or not their rows can be taken.
    pub seen: HashSet<Slug>,
}

/// A name as it is compared: what looks the same is the same.
fn plain(name: &str) -> String {
    name.trim().nfkc().collect()
}

impl<'a> Matcher<'a> {
    pub(super) fn new(atlas: &'a Atlas, collection: &'a Collection, by: Matching) -> Matcher<'a> {
        let mut named: HashMap<String, Vec<&'a Row<Feature>>> = HashMap::new();
        let mut projects: HashMap<String, Vec<&'a Slug>> = HashMap::new();
        if by == Matching::Name {
            for row in atlas.features_after(collection, 0) {
                for name in both(&row.value.name) {
                    named.entry(name).or_default().push(row);
                }
            }
            let kind = kind_of(collection);
            for row in atlas.projects.iter().filter(|row| Some(row.value.kind) == kind) {
                for name in both(&row.value.name) {
                    projects.entry(name).or_default().push(&row.value.id);
                }
            }
        }
        Matcher { atlas, collection, by, named, projects, taken: HashSet::new(), seen: HashSet::new() }
    }

    /// The feature that a row is about; none for a new one.
    pub(super) fn find(&mut self, known: &Known) -> Result<Option<&'a Row<Feature>>, Fault> {
        let found = match self.by {
            Matching::Id => known.id.and_then(|id| self.atlas.feature(self.collection, id)),
            Matching::Name => {
                let names: HashSet<String> =
                    [known.name_zh, known.name_en].into_iter().flatten().map(plain).filter(|n| !n.is_empty()).collect();
                let mut found: Vec<&'a Row<Feature>> =
                    names.iter().flat_map(|name| self.named.get(name).into_iter().flatten().copied()).collect();
                found.sort_by_key(|row| row.value.number);
                found.dedup_by_key(|row| row.value.number);
                self.seen.extend(found.iter().map(|row| row.value.id.clone()));
                if found.len() > 1 {
                    let ids: Vec<&str> = found.iter().take(TOLD).map(|row| row.value.id.as_str()).collect();
                    let ids = ids.join(", ");
                    let detail = Text::new(
                        format!("有 {} 个要素叫这个名字：{ids}", found.len()),
                        format!("{} features have this name: {ids}", found.len()),
                    );
                    let expected = Text::new("按 id 对应", "to match by id");
                    return Err(Fault::new("name", detail, expected));
                }
                found.first().copied()
            }
        };
        self.seen.extend(found.map(|row| row.value.id.clone()));
        Ok(found)
    }

    /// An id for a new feature: the one that the file gives, or one made from its name.
    pub(super) fn new_id(&mut self, given: Option<&str>, name_en: &str) -> Result<Slug, Fault> {
        if let Some(given) = given {
            let id: Slug = given.parse().map_err(|_| {
                let detail = Text::new(format!("{given:?} 不是标识"), format!("{given:?} is not an id"));
                let expected = Text::new(
                    "1 到 64 个 a-z 0-9 - _，以字母或数字开头",
                    "1 to 64 of a-z 0-9 - _, beginning with a letter or digit",
                );
                Fault::new("id", detail, expected)
            })?;
            if let Some(row) = self.atlas.feature(self.collection, id.as_str()) {
                let (zh, en) = (&row.value.name.zh, &row.value.name.en);
                let detail =
                    Text::new(format!("{id} 已经是另一个要素：{zh}"), format!("{id} is another feature already: {en}"));
                return Err(Fault::new("id", detail, Text::new("没有用过的标识", "an id that no other feature has")));
            }
            self.taken.insert(id.clone());
            return Ok(id);
        }
        let stem = stem(name_en);
        let is_free =
            |id: &Slug| !self.taken.contains(id) && self.atlas.feature(self.collection, id.as_str()).is_none();
        let numbered = (1_u32..1_000).map(|n| if n == 1 { stem.clone() } else { format!("{stem}-{n}") });
        let named = numbered.filter_map(|text| text.parse::<Slug>().ok()).find(is_free);
        let id = named
            .unwrap_or_else(|| format!("f-{}", Uuid::now_v7().simple()).parse().expect("letters, digits and a dash"));
        self.taken.insert(id.clone());
        Ok(id)
    }

    /// The project that a text means: its id, or its name where names count.
    pub(super) fn project(&self, text: &str) -> Option<Slug> {
        if let Some(row) = self.atlas.projects.get(text) {
            return Some(row.value.id.clone());
        }
        self.project_named(text)
    }

    /// The one project of the collection's kind that has this name, where names count.
    pub(super) fn project_named(&self, name: &str) -> Option<Slug> {
        match self.projects.get(&plain(name)).map(Vec::as_slice) {
            Some([one]) => Some((*one).clone()),
            _ => None,
        }
    }
}

fn kind_of(collection: &Collection) -> Option<Kind> {
    match collection.role {
        Role::Plan { kind } => Some(kind),
        Role::Context => None,
    }
}

/// A name in each language, once where both are the same.
fn both(name: &Text) -> HashSet<String> {
    [plain(&name.zh), plain(&name.en)].into_iter().filter(|name| !name.is_empty()).collect()
}

/// The letters and digits of a name with dashes between its words; empty for one that has none.
fn stem(name: &str) -> String {
    let lower: String =
        name.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).collect::<String>().to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut stem = words.collect::<Vec<_>>().join("-");
    stem.truncate(MAX_ID_CHARS);
    stem.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_made_of_the_letters_of_a_name() {
        let check = |name: &str, expected: &str| assert_eq!(stem(name), expected, "{name}");
        check("Zuili Road", "zuili-road");
        check("  N° 7, Café ", "n-7-cafe");
        check("槜李路", "");
        check(&"a ".repeat(80), &"a-".repeat(28)[..55]);
    }

    #[test]
    fn names_that_look_the_same_are_the_same() {
        assert_eq!(plain(" Ｎｏ．７ "), "No.7");
        assert_eq!(plain("Cafe\u{301}"), "Café");
    }
}
