//! What a folder or a bucket says when it fails, as an error of the store. Never with what a bucket answers: that can hold keys.

use object_store::Error;
use object_store::client::{HttpError, HttpErrorKind};

use crate::store::StoreError;

pub(super) fn fault(fault: &Error) -> StoreError {
    if let Error::PermissionDenied { .. } | Error::Unauthenticated { .. } = fault {
        return StoreError::Failed("photos: the bucket refuses the key, or the key may not do this".to_owned());
    }
    let mut cause: &dyn std::error::Error = fault;
    let mut line = None;
    // What the disk or the network said is towards the end of the chain.
    while let Some(next) = cause.source() {
        line = line.or(next.downcast_ref::<HttpError>().map(HttpError::kind));
        cause = next;
    }
    let kind = cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    if let Some(std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded) = kind {
        return StoreError::Full(fault.to_string());
    }
    match (line, answered(&fault.to_string())) {
        (Some(HttpErrorKind::Decode), None) => {
            StoreError::Failed("photos: the bucket's answer cannot be read".to_owned())
        }
        (Some(_), None) => StoreError::Busy(format!("photos: the bucket cannot be reached: {cause}")),
        (_, Some(said)) if said.is_passing() => StoreError::Busy(format!("photos: the bucket answers {said}")),
        (_, Some(said)) => StoreError::Failed(format!("photos: the bucket answers {said}")),
        (None, None) => StoreError::Failed(format!("photos: {fault}: {cause}")),
    }
}

/// A status, and the code that the protocol has for it.
struct Said<'a> {
    status: &'a str,
    code: &'a str,
}

impl Said<'_> {
    /// Whether the same request may go through later.
    fn is_passing(&self) -> bool {
        self.status.starts_with('5') || self.status.starts_with("429") || self.status.starts_with("408")
    }
}

impl std::fmt::Display for Said<'_> {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{}", self.status)?;
        if self.code.is_empty() { Ok(()) } else { write!(to, " ({})", self.code) }
    }
}

/// What a bucket answered, without its words: they repeat the request, and what was signed of it.
fn answered(told: &str) -> Option<Said<'_>> {
    let (_, rest) = told.split_once("status code: ")?;
    let (status, body) = rest.split_once(':').unwrap_or((rest, ""));
    let code = body.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>")).map_or("", |(code, _)| code);
    let is_word = code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    Some(Said { status, code: if is_word { code } else { "" } })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generic(told: &'static str) -> Error {
        Error::Generic { store: "S3", source: told.into() }
    }

    #[test]
    fn what_a_bucket_answers_is_told_without_its_words() {
        let answer = "Error performing PUT https://b.example.org/x in 5ms - Server returned non-2xx status code: 400 Bad Request: \
            <Error><Code>InvalidRequest</Code><AWSAccessKeyId>AKIASECRET</AWSAccessKeyId></Error>";
        let told = fault(&generic(answer)).to_string();
        assert_eq!(told, "the store failed: photos: the bucket answers 400 Bad Request (InvalidRequest)");
        let refused = Error::PermissionDenied { path: "x".to_owned(), source: "<StringToSign>AKIASECRET".into() };
        assert!(!fault(&refused).to_string().contains("AKIA"));
    }

    #[test]
    fn what_may_pass_is_busy() {
        for (status, busy) in [
            ("503 Slow Down", true),
            ("500 Internal Server Error", true),
            ("429 Too Many", true),
            ("404 Not Found", false),
        ] {
            let told = format!("Server returned non-2xx status code: {status}: <Error>");
            let told = Error::Generic { store: "S3", source: told.into() };
            assert_eq!(matches!(fault(&told), StoreError::Busy(_)), busy, "{status}");
        }
    }
}
