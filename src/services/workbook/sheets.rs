//! The sheets and their columns: what each is called, what it means, and which member of the record it holds.

use super::readme;
use crate::formats::table::Column as TableColumn;
use crate::plan::rules::MAX_ITEM;
use crate::plan::{Aim, Kind, Op, RecordType, Stage, Text, Visibility, Word};

/// A sheet of records, or of the members of a list in them.
pub(super) struct Sheet {
    pub name: &'static str,
    pub record_type: RecordType,
    pub about: (&'static str, &'static str),
    /// None where a row is a record; the list where a row is one of its members.
    pub list: Option<List>,
    pub columns: &'static [Column],
}

/// A list within a record: its first column is the id of the record.
pub(super) struct List {
    /// The record's member.
    pub member: &'static str,
    /// The column by which a list has an order of its own; rows count otherwise.
    pub sorted_by: Option<&'static str>,
}

pub(super) struct Column {
    pub name: &'static str,
    pub meaning: (&'static str, &'static str),
    pub kind: CellKind,
    /// Where the value is in the record's (or the list member's) JSON; empty for a member that is the value itself.
    pub path: &'static [&'static str],
    pub need: Need,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Required,
    Optional,
    /// A language of a text that is there in both or in none.
    BothOrNone,
}

#[derive(Clone, Copy)]
pub(super) enum CellKind {
    Text,
    Id,
    Word(fn() -> Vec<&'static str>),
    Whole {
        most: u32,
    },
    Number,
    Date,
    /// Numbers with semicolons between them.
    Numbers,
}

impl Column {
    pub(super) fn meaning(&self) -> Text {
        Text::new(self.meaning.0, self.meaning.1)
    }

    pub(super) fn heading(&self) -> TableColumn {
        TableColumn { name: self.name.to_owned(), meaning: readme::meaning(self) }
    }
}

/// Whether a sheet of this name is one of a plan's workbook.
pub fn is_sheet(name: &str) -> bool {
    SHEETS.iter().any(|sheet| sheet.name == name)
}

pub(super) fn main_sheets() -> impl Iterator<Item = &'static Sheet> {
    SHEETS.iter().filter(|sheet| sheet.list.is_none())
}

fn words<W: Word>() -> Vec<&'static str> {
    W::ALL.iter().map(|word| (*word).into()).collect()
}

fn geometry_types() -> Vec<&'static str> {
    vec!["Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"]
}

const fn column(
    name: &'static str,
    need: Need,
    kind: CellKind,
    path: &'static [&'static str],
    meaning: (&'static str, &'static str),
) -> Column {
    Column { name, meaning, kind, path, need }
}

use CellKind as K;
use Need::{BothOrNone, Optional, Required};

const ID: Column = column(
    "id",
    Required,
    K::Id,
    &["id"],
    ("标识：1 到 64 个小写字母、数字、- 或 _", "id: 1 to 64 of a-z 0-9 - _, beginning with a letter or digit"),
);
const ORDER: Column = column(
    "order",
    Optional,
    K::Whole { most: u32::MAX },
    &["order"],
    ("在计划中的次序；不填则保持不变，新的排在最后", "place in the plan; empty keeps it, and puts what is new last"),
);
const SECTION: Column =
    column("section", Required, K::Id, &["section"], ("所属篇章的标识", "id of the section that it is in"));
const ITEM: Column = column(
    "item",
    Required,
    K::Whole { most: MAX_ITEM as u32 },
    &["item"],
    ("篇章中的条目，0 为整章", "number of the item in its section; 0 for the section as a whole"),
);
const NAME_ZH: Column = column("name_zh", Required, K::Text, &["name", "zh"], ("中文名称", "name in Chinese"));
const NAME_EN: Column = column("name_en", Required, K::Text, &["name", "en"], ("英文名称", "name in English"));
const NOTE_ZH: Column = column("note_zh", BothOrNone, K::Text, &["note", "zh"], ("中文备注", "note in Chinese"));
const NOTE_EN: Column = column("note_en", BothOrNone, K::Text, &["note", "en"], ("英文备注", "note in English"));
const AIM: Column = column(
    "aim",
    Required,
    K::Word(words::<Aim>),
    &["aim"],
    ("到期应达到的目标", "stage that the plan wants by the due date"),
);
const VISIBILITY: Column = column(
    "visibility",
    Required,
    K::Word(words::<Visibility>),
    &["visibility"],
    ("谁可以看", "who may see it: anyone, or those who are signed in"),
);

pub(super) const SHEETS: &[Sheet] = &[
    Sheet {
        name: "plan",
        record_type: RecordType::Plan,
        about: ("计划本身，只有一行", "the plan itself, in one row"),
        list: None,
        columns: &[
            ID,
            column("district_zh", Required, K::Text, &["district", "zh"], ("区域，中文", "district in Chinese")),
            column("district_en", Required, K::Text, &["district", "en"], ("区域，英文", "district in English")),
            column("city_zh", Required, K::Text, &["city", "zh"], ("城市，中文", "city in Chinese")),
            column("city_en", Required, K::Text, &["city", "en"], ("城市，英文", "city in English")),
            column("year", Required, K::Whole { most: 9_999 }, &["year"], ("年份", "year")),
            column("start", Required, K::Date, &["start"], ("开始日期", "first day")),
            column("due", Required, K::Date, &["due"], ("截止日期", "day by which all is due")),
            column("west", Required, K::Number, &["extent", "0"], ("范围西边经度", "west end of its extent, degrees")),
            column(
                "south",
                Required,
                K::Number,
                &["extent", "1"],
                ("范围南边纬度", "south end of its extent, degrees"),
            ),
            column("east", Required, K::Number, &["extent", "2"], ("范围东边经度", "east end of its extent, degrees")),
            column(
                "north",
                Required,
                K::Number,
                &["extent", "3"],
                ("范围北边纬度", "north end of its extent, degrees"),
            ),
        ],
    },
    Sheet {
        name: "sections",
        record_type: RecordType::Section,
        about: ("篇章", "chapters of the plan"),
        list: None,
        columns: &[ID, ORDER, NAME_ZH, NAME_EN],
    },
    Sheet {
        name: "targets",
        record_type: RecordType::Target,
        about: ("指标：承诺的数字", "promised numbers"),
        list: None,
        columns: &[
            ID,
            ORDER,
            SECTION,
            ITEM,
            NAME_ZH,
            NAME_EN,
            column(
                "op",
                Required,
                K::Word(words::<Op>),
                &["op"],
                ("读数与数值的关系", "how a reading must stand to the value"),
            ),
            column("value", Required, K::Number, &["value"], ("承诺的数值", "the promised value")),
            column("unit_zh", Required, K::Text, &["unit", "zh"], ("单位，中文", "unit in Chinese")),
            column("unit_en", Required, K::Text, &["unit", "en"], ("单位，英文", "unit in English")),
            column("stretch", Optional, K::Number, &["stretch"], ("力争的数值", "a second, more ambitious value")),
        ],
    },
    Sheet {
        name: "readings",
        record_type: RecordType::Target,
        about: ("指标的读数，每行一次", "readings of the targets, one in a row"),
        list: Some(List { member: "readings", sorted_by: Some("date") }),
        columns: &[
            column("target", Required, K::Id, &[], ("指标的标识", "id of the target")),
            column("date", Required, K::Date, &["date"], ("日期", "day")),
            column("value", Required, K::Number, &["value"], ("数值，用指标的单位", "value in the target's unit")),
            column("source", Required, K::Text, &["source"], ("来源", "who says so")),
        ],
    },
    Sheet {
        name: "quotas",
        record_type: RecordType::Quota,
        about: ("数量：多少个这样的项目", "counts: so many projects like these"),
        list: None,
        columns: &[
            ID,
            ORDER,
            SECTION,
            ITEM,
            NAME_ZH,
            NAME_EN,
            column("count", Required, K::Whole { most: u32::MAX }, &["count"], ("项目的个数", "how many projects")),
            AIM,
        ],
    },
    Sheet {
        name: "quota_members",
        record_type: RecordType::Quota,
        about: ("数量中点了名的项目，每行一个", "projects that are named members of quotas, one in a row"),
        list: Some(List { member: "members", sorted_by: None }),
        columns: &[
            column("quota", Required, K::Id, &[], ("数量的标识", "id of the quota")),
            column("project", Required, K::Id, &[], ("项目的标识", "id of the project")),
        ],
    },
    Sheet {
        name: "projects",
        record_type: RecordType::Project,
        about: ("项目", "projects"),
        list: None,
        columns: &[
            ID,
            ORDER,
            column("kind", Required, K::Word(words::<Kind>), &["kind"], ("类别", "kind of project")),
            SECTION,
            ITEM,
            NAME_ZH,
            NAME_EN,
            AIM,
            column("start", Optional, K::Date, &["start"], ("计划开工日期", "when work is to begin")),
            column("due", Required, K::Date, &["due"], ("期限", "day by which the aim is due")),
            column(
                "stage",
                Required,
                K::Word(words::<Stage>),
                &["stage"],
                ("进展阶段，一次只走一步", "stage reached; it moves one step at a time"),
            ),
            column("progress", Optional, K::Number, &["progress"], ("进度，百分数", "progress in percent")),
            column("reported", Optional, K::Date, &["reported"], ("最近报告日期", "when the stage was last reported")),
            column(
                "owner_zh",
                BothOrNone,
                K::Text,
                &["owner", "zh"],
                ("责任单位，中文", "unit that answers for it, in Chinese"),
            ),
            column(
                "owner_en",
                BothOrNone,
                K::Text,
                &["owner", "en"],
                ("责任单位，英文", "unit that answers for it, in English"),
            ),
            column(
                "warden",
                Optional,
                K::Text,
                &["warden"],
                ("责任人（路长、河长、楼长）", "the named person in charge"),
            ),
            column(
                "planned_cny",
                Optional,
                K::Number,
                &["investment", "planned_cny"],
                ("计划投资，元", "planned investment in yuan"),
            ),
            column(
                "paid_cny",
                Optional,
                K::Number,
                &["investment", "paid_cny"],
                ("已支付，元", "paid so far, in yuan"),
            ),
            column(
                "curve",
                Optional,
                K::Numbers,
                &["curve"],
                (
                    "各月末应完成的百分数，用分号隔开",
                    "percent due at the end of each month, with semicolons between them",
                ),
            ),
            column(
                "from_zh",
                BothOrNone,
                K::Text,
                &["relations", "from", "zh"],
                ("起点，中文", "where a road begins, in Chinese"),
            ),
            column(
                "from_en",
                BothOrNone,
                K::Text,
                &["relations", "from", "en"],
                ("起点，英文", "where a road begins, in English"),
            ),
            column(
                "to_zh",
                BothOrNone,
                K::Text,
                &["relations", "to", "zh"],
                ("终点，中文", "where a road ends, in Chinese"),
            ),
            column(
                "to_en",
                BothOrNone,
                K::Text,
                &["relations", "to", "en"],
                ("终点，英文", "where a road ends, in English"),
            ),
            column(
                "carries_zh",
                BothOrNone,
                K::Text,
                &["relations", "carries", "zh"],
                ("桥上的路，中文", "road on a bridge, in Chinese"),
            ),
            column(
                "carries_en",
                BothOrNone,
                K::Text,
                &["relations", "carries", "en"],
                ("桥上的路，英文", "road on a bridge, in English"),
            ),
            column(
                "crosses_zh",
                BothOrNone,
                K::Text,
                &["relations", "crosses", "zh"],
                ("桥下的河，中文", "river under a bridge, in Chinese"),
            ),
            column(
                "crosses_en",
                BothOrNone,
                K::Text,
                &["relations", "crosses", "en"],
                ("桥下的河，英文", "river under a bridge, in English"),
            ),
            NOTE_ZH,
            NOTE_EN,
            VISIBILITY,
        ],
    },
    Sheet {
        name: "milestones",
        record_type: RecordType::Project,
        about: ("项目的节点，每行一个", "steps on the projects' way, one in a row"),
        list: Some(List { member: "milestones", sorted_by: None }),
        columns: &[
            column("project", Required, K::Id, &[], ("项目的标识", "id of the project")),
            NAME_ZH,
            NAME_EN,
            column("due", Required, K::Date, &["due"], ("期限", "day by which it is due")),
            column("done", Optional, K::Date, &["done"], ("完成日期", "day on which it was done")),
        ],
    },
    Sheet {
        name: "themes",
        record_type: RecordType::Theme,
        about: ("没有数字也没有地点的承诺", "commitments with neither number nor place"),
        list: None,
        columns: &[ID, ORDER, SECTION, ITEM, NAME_ZH, NAME_EN, NOTE_ZH, NOTE_EN],
    },
    Sheet {
        name: "collections",
        record_type: RecordType::Collection,
        about: ("图层；其中的要素另外导入", "collections; their features are imported as layers"),
        list: None,
        columns: &[
            ID,
            ORDER,
            column("title_zh", Required, K::Text, &["title", "zh"], ("中文标题", "title in Chinese")),
            column("title_en", Required, K::Text, &["title", "en"], ("英文标题", "title in English")),
            column(
                "kind",
                Optional,
                K::Word(words::<Kind>),
                &["kind"],
                ("其中位置的项目类别；背景图层不填", "kind of projects whose places it holds; empty for the context"),
            ),
            column(
                "geometry_type",
                Required,
                K::Word(geometry_types),
                &["geometry_type"],
                ("图形类型", "geometry type of its features"),
            ),
            VISIBILITY,
        ],
    },
];
