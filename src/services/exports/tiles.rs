//! stub
use super::{Export, ExportError, Progress};
use crate::services::View;
use std::path::Path;
pub(super) fn write(_: &Export, _: &View, _: &Path, _: &Progress) -> Result<Vec<String>, ExportError> {
    Ok(vec![])
}
