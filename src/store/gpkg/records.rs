//! Which columns each type of record has. The tables themselves are in the migrations.

use rusqlite::types::Value;

use super::cells::{Cell, Cells, optional_text, optional_word, text, word};
use super::rows::Kept;
use crate::plan::{Collection, Plan, Project, Relations, Role, Section, Slug, Theme};
use crate::spatial::GeometryType;

impl Kept for Plan {
    const TABLE: &'static str = "plan";
    const COLUMNS: &'static [&'static str] =
        &["district_zh", "district_en", "city_zh", "city_en", "year", "start", "due", "west", "south", "east", "north"];

    fn id(&self) -> &Slug {
        &self.id
    }

    fn values(&self) -> Vec<Value> {
        let mut values = Vec::new();
        values.extend(text(&self.district));
        values.extend(text(&self.city));
        values.extend([Value::from(self.year), word(self.start), word(self.due)]);
        values.extend(self.extent.map(Value::Real));
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

impl Kept for Project {
    const TABLE: &'static str = "projects";
    const COLUMNS: &'static [&'static str] = &[
        "\"order\"",
        "kind",
        "section",
        "item",
        "name_zh",
        "name_en",
        "aim",
        "due",
        "stage",
        "progress",
        "reported",
        "from_zh",
        "from_en",
        "to_zh",
        "to_en",
        "carries_zh",
        "carries_en",
        "crosses_zh",
        "crosses_en",
        "note_zh",
        "note_en",
    ];

    fn id(&self) -> &Slug {
        &self.id
    }

    fn values(&self) -> Vec<Value> {
        let mut values = vec![Value::from(self.order), word(self.kind), word(&self.section), Value::from(self.item)];
        values.extend(text(&self.name));
        values.extend([word(self.aim), word(self.due), word(self.stage), Value::from(self.progress)]);
        values.push(optional_word(self.reported));
        let Relations { from, to, carries, crosses } = &self.relations;
        for relation in [from, to, carries, crosses, &self.note] {
            values.extend(optional_text(relation.as_ref()));
        }
        values
    }

    fn read(id: Slug, cells: &mut Cells) -> Cell<Project> {
        Ok(Project {
            id,
            order: cells.get()?,
            kind: cells.parsed()?,
            section: cells.parsed()?,
            item: cells.get()?,
            name: cells.text()?,
            aim: cells.parsed()?,
            due: cells.parsed()?,
            stage: cells.parsed()?,
            progress: cells.optional_number()?,
            reported: cells.optional()?,
            relations: Relations {
                from: cells.optional_text()?,
                to: cells.optional_text()?,
                carries: cells.optional_text()?,
                crosses: cells.optional_text()?,
            },
            note: cells.optional_text()?,
        })
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
    const COLUMNS: &'static [&'static str] = &["\"order\"", "title_zh", "title_en", "geometry_type", "role", "kind"];

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
        values.extend([word(self.geometry_type), word(role), optional_word(kind)]);
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
        Ok(Collection { id, order, title, geometry_type, role })
    }
}
