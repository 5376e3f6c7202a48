//! DO IT: what Guatu answers, each a use case over one consistent view: the atlas and the day that lights are read for.
//!
//! Use cases are sync and pure; `writer`, `past`, `timeline`, `photos`, `seeding` and `accounts` alone reach into the store.

pub mod accounts;
pub mod compare;
pub mod demo;
pub mod edits;
pub mod exports;
mod facts;
pub mod field;
pub mod history;
pub mod imports;
pub mod inspections;
pub mod items;
pub mod lights;
pub mod moving;
pub mod nearby;
pub mod order;
pub mod past;
pub mod photos;
pub mod plan_tree;
pub mod projects;
pub mod publish;
pub mod scan;
pub mod search;
pub mod seeding;
pub mod tiles;
pub mod timeline;
pub mod workbook;
pub mod writer;

use std::sync::Arc;

use crate::atlas::Atlas;
use crate::plan::{Date, Light, LightReading, LightRule, Project, light};

pub use facts::{Facts, Field, FieldType, context_fields, plan_fields};

/// What every use case looks at: the plan as it stands, on a day.
#[derive(Clone)]
pub struct View {
    pub atlas: Arc<Atlas>,
    pub today: Date,
    pub audience: Audience,
}

/// Whose eyes a view is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Whoever signed in: all that is there.
    Staff,
    /// Anybody: nothing that is internal, by what was known at a change of the log.
    Public { known_at: u64 },
}

impl View {
    pub fn light(&self, project: &Project) -> LightReading {
        self.light_by(project, &self.atlas.light_rule().value)
    }

    /// The light by another rule than the one in force.
    fn light_by(&self, project: &Project, rule: &LightRule) -> LightReading {
        light(project, self.atlas.plan(), rule, self.atlas.inspections.evidence(&project.id), self.today)
    }

    pub fn colour(&self, project: &Project) -> Light {
        self.light(project).colour
    }
}
