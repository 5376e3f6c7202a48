//! Counts by vocabulary: every word has a number, zero included, so that a reader never wonders what was left out.

use std::collections::BTreeMap;

use super::{Light, Stage, Word};

/// How many of each word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally<W: Word>(BTreeMap<W, u64>);

impl<W: Word> Default for Tally<W> {
    fn default() -> Self {
        Tally(W::ALL.iter().map(|word| (*word, 0)).collect())
    }
}

impl<W: Word> Tally<W> {
    pub fn add(&mut self, word: W) {
        *self.0.entry(word).or_default() += 1;
    }

    pub fn of(&self, word: W) -> u64 {
        self.0.get(&word).copied().unwrap_or_default()
    }

    pub fn iter(&self) -> impl Iterator<Item = (W, u64)> {
        self.0.iter().map(|(word, count)| (*word, *count))
    }
}

/// Projects counted by stage and by light.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollup {
    pub total: u64,
    pub by_stage: Tally<Stage>,
    pub by_light: Tally<Light>,
}

impl FromIterator<(Stage, Light)> for Rollup {
    fn from_iter<I: IntoIterator<Item = (Stage, Light)>>(projects: I) -> Rollup {
        let mut rollup = Rollup::default();
        for (stage, light) in projects {
            rollup.total += 1;
            rollup.by_stage.add(stage);
            rollup.by_light.add(light);
        }
        rollup
    }
}
