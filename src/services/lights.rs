//! What another light rule would change, before anybody decides for it. Changes nothing itself.

use super::View;
use crate::atlas::Row;
use crate::plan::{Light, LightReading, LightRule, Project, Tally};

/// The plan's lights under the rule in force and under another one, for the same day.
#[derive(Clone, Debug)]
pub struct LightPreview<'a> {
    /// In the plan's order.
    pub changed: Vec<TurnedLight<'a>>,
    pub before: Tally<Light>,
    pub after: Tally<Light>,
}

/// A project whose light would show another colour, or the same one for another cause.
#[derive(Clone, Debug)]
pub struct TurnedLight<'a> {
    pub row: &'a Row<Project>,
    pub before: LightReading,
    pub after: LightReading,
}

impl View {
    /// Reads every light under `rule` beside the rule in force. Cost: O(projects).
    pub fn preview_lights(&self, rule: &LightRule) -> LightPreview<'_> {
        let mut preview = LightPreview { changed: Vec::new(), before: Tally::default(), after: Tally::default() };
        for row in self.atlas.projects.iter() {
            let before = self.light(&row.value);
            let after = self.light_by(&row.value, rule);
            preview.before.add(before.colour);
            preview.after.add(after.colour);
            if (before.colour, before.code) != (after.colour, after.code) {
                preview.changed.push(TurnedLight { row, before, after });
            }
        }
        preview
    }
}
