//! A project as it is edited.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Body, BodyError, order_of, visibility_of};
use crate::plan::{
    Aim, Date, Investment, Kind, Milestone, Project, Record, RecordKey, Relations, Slug, Stage, Text, Visibility,
};

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectBody {
    name: Text,
    kind: Kind,
    section: Slug,
    item: u8,
    aim: Aim,
    /// When it is planned to begin.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    start: Option<Date>,
    #[schemars(with = "String")]
    due: Date,
    #[serde(default = "not_reported")]
    stage: Stage,
    /// Percent; null until somebody reports it.
    #[serde(default)]
    progress: Option<f64>,
    /// When the stage was last reported; null while the plan's words imply it.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    reported: Option<Date>,
    /// The unit that answers for it.
    #[serde(default)]
    owner: Option<Text>,
    /// The named person in charge.
    #[serde(default)]
    warden: Option<String>,
    #[serde(default)]
    investment: Option<InvestmentBody>,
    #[serde(default)]
    milestones: Vec<MilestoneBody>,
    /// Percent that the schedule asks for at the end of each month from the start; a straight line when null.
    #[serde(default)]
    curve: Option<Vec<f64>>,
    #[serde(default)]
    from: Option<Text>,
    #[serde(default)]
    to: Option<Text>,
    #[serde(default)]
    carries: Option<Text>,
    #[serde(default)]
    crosses: Option<Text>,
    #[serde(default)]
    note: Option<Text>,
    /// As it was when absent or null, and public for a new project.
    #[serde(default)]
    visibility: Option<Visibility>,
}

fn not_reported() -> Stage {
    Stage::NotReported
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct InvestmentBody {
    /// Yuan.
    planned_cny: f64,
    #[serde(default)]
    paid_cny: Option<f64>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MilestoneBody {
    name: Text,
    #[schemars(with = "String")]
    due: Date,
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    done: Option<Date>,
}

impl ProjectBody {
    pub fn from_project(project: &Project) -> ProjectBody {
        let project = project.clone();
        let Relations { from, to, carries, crosses } = project.relations;
        ProjectBody {
            name: project.name,
            kind: project.kind,
            section: project.section,
            item: project.item,
            aim: project.aim,
            start: project.start,
            due: project.due,
            stage: project.stage,
            progress: project.progress,
            reported: project.reported,
            owner: project.owner,
            warden: project.warden,
            investment: project
                .investment
                .map(|Investment { planned_cny, paid_cny }| InvestmentBody { planned_cny, paid_cny }),
            milestones: project
                .milestones
                .into_iter()
                .map(|Milestone { name, due, done }| MilestoneBody { name, due, done })
                .collect(),
            curve: project.curve,
            from,
            to,
            carries,
            crosses,
            note: project.note,
            visibility: Some(project.visibility),
        }
    }
}

impl Body for ProjectBody {
    fn of(record: &Record) -> Option<ProjectBody> {
        let Record::Project(project) = record else { return None };
        Some(ProjectBody::from_project(project))
    }

    fn into_record(self, key: &RecordKey, before: Option<&Record>, order: u32) -> Result<Record, BodyError> {
        // A stage that somebody says is no longer simulated.
        let simulated = match before {
            Some(Record::Project(before)) => {
                before.simulated
                    && (before.stage, before.progress, before.reported) == (self.stage, self.progress, self.reported)
            }
            _ => false,
        };
        Ok(Record::Project(Project {
            id: key.id.clone(),
            order: order_of(before, order),
            kind: self.kind,
            section: self.section,
            item: self.item,
            name: self.name,
            aim: self.aim,
            start: self.start,
            due: self.due,
            stage: self.stage,
            progress: self.progress,
            reported: self.reported,
            owner: self.owner,
            warden: self.warden,
            investment: self
                .investment
                .map(|InvestmentBody { planned_cny, paid_cny }| Investment { planned_cny, paid_cny }),
            milestones: self
                .milestones
                .into_iter()
                .map(|MilestoneBody { name, due, done }| Milestone { name, due, done })
                .collect(),
            curve: self.curve,
            relations: Relations { from: self.from, to: self.to, carries: self.carries, crosses: self.crosses },
            note: self.note,
            visibility: visibility_of(self.visibility, before),
            simulated,
        }))
    }
}
