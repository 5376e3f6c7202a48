//! The faults of the rooms below as problems: what each means for whoever asked.

use std::time::Duration;

use axum::http::StatusCode;

use super::{Problem, Violation};
use crate::formats::photo::PhotoError;
use crate::formats::read::SourceFormat;
use crate::plan::{Text, rules};
use crate::services::accounts::AccountsError;
use crate::services::edits::EditError;
use crate::services::imports::ImportError;
use crate::services::photos::UploadError;
use crate::services::workbook::Fault;
use crate::store::StoreError;

/// When to come again for an upload after too many.
const UPLOADS_WAIT: Duration = Duration::from_mins(1);

impl From<AccountsError> for Problem {
    fn from(fault: AccountsError) -> Problem {
        let told = fault.to_string();
        match fault {
            AccountsError::WrongPassword => Problem::not_signed_in(told),
            AccountsError::Throttled { retry_after } => Problem::throttled(told, retry_after),
            AccountsError::Absent { what, detail } => Problem::not_found(what, detail),
            AccountsError::Conflict(detail) => Problem::conflict(detail),
            AccountsError::Violated(violations) => Problem::violated(
                violations
                    .into_iter()
                    .map(|one| Violation {
                        field: one.field.to_owned(),
                        detail: one.detail,
                        expected: Some(one.expected),
                        detail_zh: None,
                        expected_zh: None,
                    })
                    .collect(),
            ),
            AccountsError::Store(fault) => Problem::from(fault),
            AccountsError::Internal(_) => Problem::internal(told),
        }
    }
}

impl From<UploadError> for Problem {
    fn from(fault: UploadError) -> Problem {
        let told = fault.to_string();
        match fault {
            UploadError::Absent(_) => Problem::not_found("upload", told),
            UploadError::Length(0) => Problem::parameter("upload-length", told, "a number of bytes from 1 on"),
            UploadError::Length(_) => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, told),
            UploadError::TooMany => Problem::throttled(told, UPLOADS_WAIT),
            UploadError::Offset { .. } => Problem::conflict(told),
            UploadError::Photo(PhotoError::NotAPhoto) => Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, told),
            UploadError::Photo(PhotoError::TooLarge { .. } | PhotoError::Damaged(_)) => Problem::unprocessable(told),
            UploadError::Store(fault) => Problem::from(fault),
        }
    }
}

impl From<ImportError> for Problem {
    fn from(fault: ImportError) -> Problem {
        let told = fault.to_string();
        match fault {
            ImportError::Absent(_) => Problem::not_found("import", told),
            ImportError::TooMany | ImportError::Conflict(_) => Problem::conflict(told),
            ImportError::Full => Problem::unavailable(told),
            ImportError::TooLarge => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, told),
            ImportError::UnknownFormat(_) => {
                let known = SourceFormat::ALL.map(SourceFormat::id).join(", ");
                let expected = Some(format!("one of {known}").into());
                Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, told).expecting(expected)
            }
            ImportError::Refused(_) => Problem::unprocessable(told),
            ImportError::Mapping(faults) => Problem::violated(
                faults
                    .into_iter()
                    .map(|Fault { field, place, detail, expected }| {
                        let (expected_zh, expected) = expected.map(|text| (text.zh, text.en)).unzip();
                        let field = place.unwrap_or(field);
                        Violation { field, detail: detail.en, expected, detail_zh: Some(detail.zh), expected_zh }
                    })
                    .collect(),
            ),
            ImportError::Store(fault) => Problem::from(fault),
        }
    }
}

/// A store that fails where nothing of the caller's can be the reason.
impl From<StoreError> for Problem {
    fn from(fault: StoreError) -> Problem {
        match fault {
            StoreError::Full(cause) => Problem::no_room(cause),
            StoreError::Unreachable(cause) => Problem::out_of_reach(
                "the database cannot be reached at the moment; what is on the map can still be read, and nothing was changed",
                cause,
            ),
            fault @ StoreError::Parted { .. } => {
                Problem::out_of_reach("the database was put back, and is being read anew; nothing was changed", fault)
            }
            StoreError::Busy(cause) => Problem::out_of_reach("the store is busy, and nothing was changed", cause),
            StoreError::Unknown(cause) => Problem::out_of_reach(
                "the database went away while the change was being kept, and whether it landed is not known yet; sent again with the \
                 same Idempotency-Key, it lands once",
                cause,
            ),
            fault => Problem::internal(fault),
        }
    }
}

impl From<EditError> for Problem {
    fn from(fault: EditError) -> Problem {
        let detail = fault.to_string();
        match fault {
            EditError::Forbidden(_) => Problem::forbidden(detail),
            EditError::NotFound(key) => Problem::not_found("id", format!("there is no {key}")),
            EditError::Exists(_) => Problem::conflict(detail).about("id"),
            EditError::Stale { .. } => Problem::new(StatusCode::PRECONDITION_FAILED, detail),
            EditError::Rules(violations) => Problem::violated(
                violations
                    .into_iter()
                    .map(|rules::Violation { field, detail, expected }| {
                        let (expected_zh, expected) = expected.map(|Text { zh, en }| (zh, en)).unzip();
                        Violation { field, detail: detail.en, expected, detail_zh: Some(detail.zh), expected_zh }
                    })
                    .collect(),
            ),
            EditError::Needed { .. } | EditError::Overtaken(_) => Problem::conflict(detail),
        }
    }
}
