//! How records stand in their tables: each column as SQL of the record's JSON, and the JSON as SQL of the columns. The tables
//! themselves are in the migrations; features, which are many, have a file of their own.

use crate::plan::RecordType;

/// A table of records. In the SQL of columns the record is `r`, in that of lists its element is `p` (`jsonb` both).
pub(super) struct Table {
    pub record_type: RecordType,
    pub name: &'static str,
    /// Each column and its value.
    columns: &'static [(&'static str, &'static str)],
    /// Pairs for `json_build_object` from the row `t`.
    json: &'static str,
    pub lists: &'static [List],
}

/// A list of a record in a table of its own.
pub(super) struct List {
    name: &'static str,
    owner: &'static str,
    /// What the record's JSON calls it.
    field: &'static str,
    columns: &'static [(&'static str, &'static str)],
}

impl Table {
    /// Puts versions (`$1`) of records in JSON (`$2`).
    pub(super) fn put(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        let values: Vec<&str> = self.columns.iter().map(|(_, value)| *value).collect();
        let updates: Vec<String> = names.iter().map(|name| format!("{name} = excluded.{name}")).collect();
        format!(
            "WITH given AS MATERIALIZED (
               SELECT version, record::jsonb AS r, n FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS g (version, record, n))
             INSERT INTO guatu.{} (id, version, {}) SELECT r->>'id', version, {} FROM given ORDER BY n
             ON CONFLICT (id) DO UPDATE SET version = excluded.version, {}",
            self.name,
            names.join(", "),
            values.join(", "),
            updates.join(", "),
        )
    }

    /// Removes records by their ids (`$1`).
    pub(super) fn delete(&self) -> String {
        format!("DELETE FROM guatu.{} WHERE id = ANY($1::text[])", self.name)
    }

    fn record(&self) -> String {
        format!("json_build_object('id', t.id, {})::text", self.json)
    }

    /// Gives version and JSON of each record, in the order of their first commit.
    pub(super) fn list(&self) -> String {
        format!("SELECT version, {} FROM guatu.{} t ORDER BY fid", self.record(), self.name)
    }

    /// As [`Table::list`], of records by their ids (`$1`).
    pub(super) fn find(&self) -> String {
        format!("SELECT version, {} FROM guatu.{} t WHERE id = ANY($1::text[])", self.record(), self.name)
    }
}

impl List {
    /// Removes the lists of records by their ids (`$1`).
    pub(super) fn clear(&self) -> String {
        format!("DELETE FROM guatu.{} WHERE {} = ANY($1::text[])", self.name, self.owner)
    }

    /// Fills the lists of records in JSON (`$1`).
    pub(super) fn fill(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        let values: Vec<&str> = self.columns.iter().map(|(_, value)| *value).collect();
        format!(
            "WITH given AS MATERIALIZED (SELECT record::jsonb AS r FROM unnest($1::text[]) AS g (record))
             INSERT INTO guatu.{} ({}, \"order\", {})
             SELECT r->>'id', n, {} FROM given, jsonb_array_elements(r->'{}') WITH ORDINALITY AS e (p, n)",
            self.name,
            self.owner,
            names.join(", "),
            values.join(", "),
            self.field,
        )
    }
}

/// In an order in which none refers to a later one, but for a quota's members.
pub(super) const TABLES: [Table; 11] = [
    PLAN,
    SECTIONS,
    TARGETS,
    PROJECTS,
    QUOTAS,
    THEMES,
    LIGHT_RULES,
    INSPECTION_RULES,
    PATCHES,
    INSPECTIONS,
    COLLECTIONS,
];

const PLAN: Table = Table {
    record_type: RecordType::Plan,
    name: "plan",
    columns: &[
        ("district_zh", "r->'district'->>'zh'"),
        ("district_en", "r->'district'->>'en'"),
        ("city_zh", "r->'city'->>'zh'"),
        ("city_en", "r->'city'->>'en'"),
        ("year", "(r->>'year')::smallint"),
        ("start", "(r->>'start')::date"),
        ("due", "(r->>'due')::date"),
        ("west", "(r->'extent'->>0)::float8"),
        ("south", "(r->'extent'->>1)::float8"),
        ("east", "(r->'extent'->>2)::float8"),
        ("north", "(r->'extent'->>3)::float8"),
        ("simulated", "(r->>'simulated')::boolean"),
    ],
    json: "'type', 'plan', 'district', json_build_object('zh', district_zh, 'en', district_en),
        'city', json_build_object('zh', city_zh, 'en', city_en), 'year', year, 'start', start, 'due', due,
        'extent', json_build_array(west, south, east, north), 'simulated', simulated",
    lists: &[],
};

const SECTIONS: Table = Table {
    record_type: RecordType::Section,
    name: "sections",
    columns: &[
        ("\"order\"", "(r->>'order')::bigint"),
        ("name_zh", "r->'name'->>'zh'"),
        ("name_en", "r->'name'->>'en'"),
    ],
    json: "'type', 'section', 'order', \"order\", 'name', json_build_object('zh', name_zh, 'en', name_en)",
    lists: &[],
};

const TARGETS: Table = Table {
    record_type: RecordType::Target,
    name: "targets",
    columns: &[
        ("\"order\"", "(r->>'order')::bigint"),
        ("section", "r->>'section'"),
        ("item", "(r->>'item')::smallint"),
        ("name_zh", "r->'name'->>'zh'"),
        ("name_en", "r->'name'->>'en'"),
        ("op", "r->>'op'"),
        ("value", "(r->>'value')::float8"),
        ("unit_zh", "r->'unit'->>'zh'"),
        ("unit_en", "r->'unit'->>'en'"),
        ("stretch", "(r->>'stretch')::float8"),
    ],
    json: "'type', 'target', 'order', \"order\", 'section', section, 'item', item,
        'name', json_build_object('zh', name_zh, 'en', name_en), 'op', op, 'value', value,
        'unit', json_build_object('zh', unit_zh, 'en', unit_en), 'stretch', stretch,
        'readings', (SELECT coalesce(json_agg(json_build_object('date', p.date, 'value', p.value, 'source', p.source)
                            ORDER BY p.\"order\"), '[]') FROM guatu.target_readings p WHERE p.target = t.id)",
    lists: &[List {
        name: "target_readings",
        owner: "target",
        field: "readings",
        columns: &[("date", "(p->>'date')::date"), ("value", "(p->>'value')::float8"), ("source", "p->>'source'")],
    }],
};

const QUOTAS: Table = Table {
    record_type: RecordType::Quota,
    name: "quotas",
    columns: &[
        ("\"order\"", "(r->>'order')::bigint"),
        ("section", "r->>'section'"),
        ("item", "(r->>'item')::smallint"),
        ("name_zh", "r->'name'->>'zh'"),
        ("name_en", "r->'name'->>'en'"),
        ("count", "(r->>'count')::bigint"),
        ("aim", "r->>'aim'"),
    ],
    json: "'type', 'quota', 'order', \"order\", 'section', section, 'item', item,
        'name', json_build_object('zh', name_zh, 'en', name_en), 'count', count, 'aim', aim,
        'members', (SELECT coalesce(json_agg(p.project ORDER BY p.\"order\"), '[]') FROM guatu.quota_members p
                    WHERE p.quota = t.id)",
    lists: &[List { name: "quota_members", owner: "quota", field: "members", columns: &[("project", "p#>>'{}'")] }],
};

const PROJECTS: Table = Table {
    record_type: RecordType::Project,
    name: "projects",
    columns: &[
        ("\"order\"", "(r->>'order')::bigint"),
        ("kind", "r->>'kind'"),
        ("section", "r->>'section'"),
        ("item", "(r->>'item')::smallint"),
        ("name_zh", "r->'name'->>'zh'"),
        ("name_en", "r->'name'->>'en'"),
        ("aim", "r->>'aim'"),
        ("start", "(r->>'start')::date"),
        ("due", "(r->>'due')::date"),
        ("stage", "r->>'stage'"),
        ("progress", "(r->>'progress')::float8"),
        ("reported", "(r->>'reported')::date"),
        ("owner_zh", "r->'owner'->>'zh'"),
        ("owner_en", "r->'owner'->>'en'"),
        ("warden", "r->>'warden'"),
        ("planned_cny", "(r->'investment'->>'planned_cny')::float8"),
        ("paid_cny", "(r->'investment'->>'paid_cny')::float8"),
        (
            "curve",
            "CASE WHEN jsonb_typeof(r->'curve') = 'array' THEN ARRAY(
               SELECT v::float8 FROM jsonb_array_elements_text(r->'curve') WITH ORDINALITY AS e (v, k) ORDER BY k) END",
        ),
        ("from_zh", "r->'relations'->'from'->>'zh'"),
        ("from_en", "r->'relations'->'from'->>'en'"),
        ("to_zh", "r->'relations'->'to'->>'zh'"),
        ("to_en", "r->'relations'->'to'->>'en'"),
        ("carries_zh", "r->'relations'->'carries'->>'zh'"),
        ("carries_en", "r->'relations'->'carries'->>'en'"),
        ("crosses_zh", "r->'relations'->'crosses'->>'zh'"),
        ("crosses_en", "r->'relations'->'crosses'->>'en'"),
        ("note_zh", "r->'note'->>'zh'"),
        ("note_en", "r->'note'->>'en'"),
        ("visibility", "r->>'visibility'"),
        ("simulated", "(r->>'simulated')::boolean"),
    ],
    json: "'type', 'project', 'order', \"order\", 'kind', kind, 'section', section, 'item', item,
        'name', json_build_object('zh', name_zh, 'en', name_en), 'aim', aim, 'start', start, 'due', due, 'stage', stage,
        'progress', progress, 'reported', reported,
        'owner', CASE WHEN owner_zh IS NOT NULL THEN json_build_object('zh', owner_zh, 'en', owner_en) END,
        'warden', warden, 'investment', CASE WHEN planned_cny IS NOT NULL THEN
            json_build_object('planned_cny', planned_cny, 'paid_cny', paid_cny) END,
        'milestones', (SELECT coalesce(json_agg(json_build_object(
                'name', json_build_object('zh', p.name_zh, 'en', p.name_en), 'due', p.due, 'done', p.done)
            ORDER BY p.\"order\"), '[]') FROM guatu.project_milestones p WHERE p.project = t.id),
        'curve', to_json(curve),
        'relations', json_build_object(
            'from', CASE WHEN from_zh IS NOT NULL THEN json_build_object('zh', from_zh, 'en', from_en) END,
            'to', CASE WHEN to_zh IS NOT NULL THEN json_build_object('zh', to_zh, 'en', to_en) END,
            'carries', CASE WHEN carries_zh IS NOT NULL THEN json_build_object('zh', carries_zh, 'en', carries_en) END,
            'crosses', CASE WHEN crosses_zh IS NOT NULL THEN json_build_object('zh', crosses_zh, 'en', crosses_en) END),
        'note', CASE WHEN note_zh IS NOT NULL THEN json_build_object('zh', note_zh, 'en', note_en) END,
        'visibility', visibility, 'simulated', simulated",
    lists: &[List {
        name: "project_milestones",
        owner: "project",
        field: "milestones",
        columns: &[
            ("name_zh", "p->'name'->>'zh'"),
            ("name_en", "p->'name'->>'en'"),
            ("due", "(p->>'due')::date"),
            ("done", "(p->>'done')::date"),
        ],
    }],
};

const THEMES: Table = Table {
    record_type: RecordType::Theme,
    name: "themes",
    columns: &[
        ("\"order\"", "(r->>'order')::bigint"),
        ("section", "r->>'section'"),
        ("item", "(r->>'item')::smallint"),
        ("name_zh", "r->'name'->>'zh'"),
        ("name_en", "r->'name'->>'en'"),
        ("note_zh", "r->'note'->>'zh'"),
        ("note_en", "r->'note'->>'en'"),
    ],
    json: "'type', 'theme', 'order', \"order\", 'section', section, 'item', item,
        'name', json_build_object('zh', name_zh, 'en', name_en),
        'note', CASE WHEN note_zh IS NOT NULL THEN json_build_object('zh', note_zh, 'en', note_en) END",
    lists: &[],
};

const COLLECTIONS: Table = Table {
    record_type: RecordType::Collection,
    name: "collections",
    columns: &[
        ("\"order\"", "(r->>'order')::bigint"),
        ("title_zh", "r->'title'->>'zh'"),
        ("title_en", "r->'title'->>'en'"),
        ("geometry_type", "r->>'geometry_type'"),
        ("role", "r->>'role'"),
        ("kind", "r->>'kind'"),
        ("visibility", "r->>'visibility'"),
    ],
    json: "'type', 'collection', 'order', \"order\", 'title', json_build_object('zh', title_zh, 'en', title_en),
        'geometry_type', geometry_type, 'role', role, 'kind', kind, 'visibility', visibility",
    lists: &[],
};

const LIGHT_RULES: Table = Table {
    record_type: RecordType::LightRule,
    name: "light_rules",
    columns: &[
        ("behind_yellow_points", "(r->>'behind_yellow_points')::float8"),
        ("behind_red_points", "(r->>'behind_red_points')::float8"),
        ("unstarted_yellow_months", "(r->>'unstarted_yellow_months')::bigint"),
        ("unstarted_red_months", "(r->>'unstarted_red_months')::bigint"),
        ("evidence_days", "(r->>'evidence_days')::bigint"),
        ("needs_inspection", "(r->>'needs_inspection')::boolean"),
    ],
    json: "'type', 'light_rule', 'behind_yellow_points', behind_yellow_points, 'behind_red_points', behind_red_points,
        'unstarted_yellow_months', unstarted_yellow_months, 'unstarted_red_months', unstarted_red_months,
        'evidence_days', evidence_days, 'needs_inspection', needs_inspection",
    lists: &[],
};

const INSPECTION_RULES: Table = Table {
    record_type: RecordType::InspectionRule,
    name: "inspection_rules",
    columns: &[
        ("fix_limit_m", "(r->>'fix_limit_m')::float8"),
        ("reach_m", "(r->>'reach_m')::float8"),
        ("visit_days", "(r->>'visit_days')::bigint"),
        ("accept_at_once", "(r->>'accept_at_once')::boolean"),
    ],
    json: "'type', 'inspection_rule', 'fix_limit_m', fix_limit_m, 'reach_m', reach_m, 'visit_days', visit_days,
        'accept_at_once', accept_at_once",
    lists: &[],
};

const PATCHES: Table = Table {
    record_type: RecordType::Patch,
    name: "patches",
    columns: &[
        ("\"order\"", "(r->>'order')::bigint"),
        ("name_zh", "r->'name'->>'zh'"),
        ("name_en", "r->'name'->>'en'"),
        ("role", "r->>'role'"),
        ("reach_m", "(r->>'reach_m')::float8"),
        ("shape", "(r->'shape')::json"),
        ("geom", "ST_SetSRID(ST_GeomFromGeoJSON(r->>'shape'), 4326)"),
    ],
    json: "'type', 'patch', 'order', \"order\", 'name', json_build_object('zh', name_zh, 'en', name_en), 'role', role,
        'inspectors', (SELECT coalesce(json_agg(p.inspector ORDER BY p.\"order\"), '[]') FROM guatu.patch_inspectors p
                       WHERE p.patch = t.id),
        'reach_m', reach_m, 'shape', shape",
    lists: &[List {
        name: "patch_inspectors",
        owner: "patch",
        field: "inspectors",
        columns: &[("inspector", "p#>>'{}'")],
    }],
};

const INSPECTIONS: Table = Table {
    record_type: RecordType::Inspection,
    name: "inspections",
    columns: &[
        ("project", "r->>'project'"),
        ("inspector", "r->>'inspector'"),
        ("observed_at", "date_trunc('milliseconds', (r->>'observed_at')::timestamptz)"),
        ("received_at", "date_trunc('milliseconds', (r->>'received_at')::timestamptz)"),
        ("day", "(r->>'day')::date"),
        ("stage", "r->>'stage'"),
        ("progress", "(r->>'progress')::float8"),
        ("note", "r->>'note'"),
        ("lon", "(r->'fix'->>'lon')::float8"),
        ("lat", "(r->'fix'->>'lat')::float8"),
        ("fix_accuracy_m", "(r->'fix'->>'accuracy_m')::float8"),
        ("fix_source", "r->'fix'->>'source'"),
        ("distance_m", "(r->>'distance_m')::float8"),
        ("marks", "ARRAY(SELECT v FROM jsonb_array_elements_text(r->'marks') WITH ORDINALITY AS e (v, k) ORDER BY k)"),
        ("confirmed", "(r->>'confirmed')::boolean"),
        ("accepted", "(r->'decision'->>'accepted')::boolean"),
        ("decided_by", "r->'decision'->>'by'"),
        ("decided_at", "date_trunc('milliseconds', (r->'decision'->>'at')::timestamptz)"),
        ("reason", "r->'decision'->>'reason'"),
        ("superseded", "coalesce((r->'decision'->>'superseded')::boolean, false)"),
        ("simulated", "(r->>'simulated')::boolean"),
    ],
    json: "'type', 'inspection', 'project', project, 'inspector', inspector, 'observed_at', observed_at,
        'received_at', received_at, 'day', day, 'stage', stage, 'progress', progress, 'note', note,
        'fix', CASE WHEN lon IS NOT NULL THEN
            json_build_object('lon', lon, 'lat', lat, 'accuracy_m', fix_accuracy_m, 'source', fix_source) END,
        'distance_m', distance_m,
        'photos', (SELECT coalesce(json_agg(json_build_object('id', p.id, 'sha256', p.sha256, 'media_type', p.media_type,
                'bytes', p.bytes, 'width', p.width, 'height', p.height, 'taken', p.taken,
                'position', CASE WHEN p.lon IS NOT NULL THEN json_build_array(p.lon, p.lat) END) ORDER BY p.\"order\"), '[]')
            FROM guatu.inspection_photos p WHERE p.inspection = t.id),
        'marks', to_json(marks), 'confirmed', confirmed,
        'decision', CASE WHEN accepted IS NOT NULL THEN json_build_object('accepted', accepted, 'by', decided_by,
            'at', decided_at, 'reason', reason, 'superseded', superseded) END,
        'simulated', simulated",
    lists: &[List {
        name: "inspection_photos",
        owner: "inspection",
        field: "photos",
        columns: &[
            ("id", "p->>'id'"),
            ("sha256", "p->>'sha256'"),
            ("media_type", "p->>'media_type'"),
            ("bytes", "(p->>'bytes')::bigint"),
            ("width", "(p->>'width')::bigint"),
            ("height", "(p->>'height')::bigint"),
            ("taken", "p->>'taken'"),
            ("lon", "(p->'position'->>0)::float8"),
            ("lat", "(p->'position'->>1)::float8"),
        ],
    }],
};
