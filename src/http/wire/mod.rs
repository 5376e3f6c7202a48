//! The JSON shapes of the wire, made from what services answer, in this folder and nowhere else.

mod accounts;
mod changes;
mod exports;
mod features;
mod field;
mod imports;
mod inspections;
mod ogc;
mod plan;
mod projects;
mod records;
mod search;
mod settings;
mod tally;
mod tile_sets;

pub use accounts::{
    Acceptance, AccessWire, CreatedToken, InvitationWire, InvitedUser, NewPassword, NewTokenWire, NewUserWire,
    OidcWire, SessionWire, Setup, SignIn, SignedInUser, TokenList, TokenWire, UserList, UserPatchWire, UserWire,
};
pub use changes::{
    BatchEdit, BatchOp, BatchRequest, ChangeList, Comparison, Edited, NewReading, Timeline, TimelineDay, UnitWire,
    kind_word, project_of,
};
pub use exports::{CrsWire, EncodingWord, ExportRequest, ExportState, ExportWire, FormatWire, Formats, OffsetWire};
pub use features::{FeatureCollection, NearbyFeatures, QueryAnswer, QueryRequest, RelationWord};
pub use field::{FieldKit, PatchCollection};
pub use imports::{ImportCommit, ImportFeatures, ImportList, ImportRowWire, ImportRows, ImportWire};
pub use inspections::{
    Acceptances, DecisionResult, DecisionResults, DecisionState, InspectionFeature, InspectionPageWire,
    InspectionReport, Rejection,
};
pub use ogc::{
    CollectionWire, Collections, Conformance, ItemWire, ItemsWire, LandingPage, OgcLink, StyleItem, StyleList,
};
pub use plan::{PlanList, PlanSummary, PlanTree, QuotaList, QuotaWire, TargetList, TargetWire};
pub use projects::{ProjectDetail, ProjectPage, ProjectSummary};
pub use records::{
    Body, BodyError, CollectionBody, FeatureBody, InspectionRuleBody, InspectionRuleWire, LightPreviewWire,
    LightRuleBody, LightRuleWire, PatchBody, PlanBody, ProjectBody, QuotaBody, SectionBody, TargetBody, ThemeBody,
    body_of,
};
pub use search::SearchAnswer;
pub use settings::{BaseMap, BaseMapType, SettingsWire};
pub use tile_sets::{
    TileLink, TileMatrixSet, TileMatrixSetItem, TileMatrixSets, TileSet, TileSetItem, TileSetLayer, TileSets,
};
