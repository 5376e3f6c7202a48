//! Which columns each type of record has. The tables themselves are in the migrations.

use rusqlite::types::Value;

use super::cells::{Cell, Cells, optional_text, optional_word, text, word};
use super::rows::Kept;
use crate::plan::{Collection, LightRule, Plan, Role, Section, Slug, Theme};
use crate::spatial::GeometryType;

impl Kept for Plan {
    const TABLE: &'static str = "plan";
    const COLUMNS: &'static [&'static str] = &[
        "district_zh",
        "district_en",
        "city_zh",
        "city_en",
        "year",
        "start",
        "due",
        "west",
        "south",
        "east",
        "north",
        "simulated",
    ];

    fn id(&self) -> &Slug {
        &self.id
    }

    fn values(&self) -> Vec<Value> {
        let mut values = Vec::new();
        values.extend(text(&self.district));
        values.extend(text(&self.city));
        values.extend([Value::from(self.year), word(self.start), word(self.due)]);
        values.extend(self.extent.map(Value::Real));
        values.push(Value::from(self.simulated));
        values
    }

    fn read(id: Slug, cells: &mut Cells) -> Cell<Plan> {
        Ok(Plan {
            id,
            district: cells.text()?,
            city: cells.text()?,
            year: cells.get()?,
            start: cells.parsed()?,
            due: cells.parsed()?,
            extent: [cells.number()?, cells.number()?, cells.number()?, cells.number()?],
            simulated: cells.get()?,
        })
    }
}

impl Kept for Section {
    const TABLE: &'static str = "sections";
    const COLUMNS: &'static [&'static str] = &["\"order\"", "name_zh", "name_en"];

    fn id(&self) -> &Slug {
        &self.id
    }

    fn values(&self) -> Vec<Value> {
        let mut values = vec![Value::from(self.order)];
        values.extend(text(&self.name));
        values
    }

    fn read(id: Slug, cells: &mut Cells) -> Cell<Section> {
        Ok(Section { id, order: cells.get()?, name: cells.text()? })
    }
}

impl Kept for Theme {
    const TABLE: &'static str = "themes";
    const COLUMNS: &'static [&'static str] =
        &["\"order\"", "section", "item", "name_zh", "name_en", "note_zh", "note_en"];

    fn id(&self) -> &Slug {
        &self.id
    }

    fn values(&self) -> Vec<Value> {
        let mut values = vec![Value::from(self.order), word(&self.section), Value::from(self.item)];
        values.extend(text(&self.name));
        values.extend(optional_text(self.note.as_ref()));
        values
    }

    fn read(id: Slug, cells: &mut Cells) -> Cell<Theme> {
        Ok(Theme {
            id,
            order: cells.get()?,
            section: cells.parsed()?,
            item: cells.get()?,
            name: cells.text()?,
            note: cells.optional_text()?,
        })
    }
}

const GEOMETRY_TYPES: [GeometryType; 6] = [
    GeometryType::Point,
    GeometryType::LineString,
    GeometryType::Polygon,
    GeometryType::MultiPoint,
    GeometryType::MultiLineString,
    GeometryType::MultiPolygon,
];

const ROLE_PLAN: &str = "plan";
const ROLE_CONTEXT: &str = "context";

impl Kept for Collection {
    const TABLE: &'static str = "collections";
    const COLUMNS: &'static [&'static str] =
        &["\"order\"", "title_zh", "title_en", "geometry_type", "role", "kind", "visibility"];

    fn id(&self) -> &Slug {
        &self.id
    }

    fn values(&self) -> Vec<Value> {
        let (role, kind) = match self.role {
            Role::Plan { kind } => (ROLE_PLAN, Some(kind)),
            Role::Context => (ROLE_CONTEXT, None),
        };
        let mut values = vec![Value::from(self.order)];
        values.extend(text(&self.title));
        values.extend([word(self.geometry_type), word(role), optional_word(kind), word(self.visibility)]);
        values
    }

    fn read(id: Slug, cells: &mut Cells) -> Cell<Collection> {
        let (order, title) = (cells.get()?, cells.text()?);
        let name = cells.get::<String>()?;
        let geometry_type = GEOMETRY_TYPES.into_iter().find(|known| known.to_string() == name);
        let geometry_type = geometry_type.ok_or_else(|| format!("column geometry_type: {name} is none of the six"))?;
        let role = match (cells.get::<String>()?.as_str(), cells.optional()?) {
            (ROLE_PLAN, Some(kind)) => Role::Plan { kind },
            (ROLE_CONTEXT, None) => Role::Context,
            (role, _) => {
                return Err(format!("column role: {role} with this kind is neither a plan's role nor context's"));
            }
        };
        Ok(Collection { id, order, title, geometry_type, role, visibility: cells.parsed()? })
    }
}

impl Kept for LightRule {
    const TABLE: &'static str = "light_rules";
    const COLUMNS: &'static [&'static str] = &[
        "behind_yellow_points",
        "behind_red_points",
        "unstarted_yellow_months",
        "unstarted_red_months",
        "evidence_days",
        "needs_inspection",
    ];

    fn id(&self) -> &Slug {
        &self.id
    }

    fn values(&self) -> Vec<Value> {
        let points = [self.behind_yellow_points, self.behind_red_points].map(Value::Real);
        let months = [self.unstarted_yellow_months, self.unstarted_red_months].map(Value::from);
        let evidence = [Value::from(self.evidence_days), Value::from(self.needs_inspection)];
        points.into_iter().chain(months).chain(evidence).collect()
    }

    fn read(id: Slug, cells: &mut Cells) -> Cell<LightRule> {
        Ok(LightRule {
            id,
            behind_yellow_points: cells.number()?,
            behind_red_points: cells.number()?,
            unstarted_yellow_months: cells.get()?,
            unstarted_red_months: cells.get()?,
            evidence_days: cells.get()?,
            needs_inspection: cells.get()?,
        })
    }
}
