//! `[photos]`: the bucket in which many servers keep photos.

use std::path::PathBuf;

use serde::Deserialize;

use crate::http::origin;
use crate::store::photos::{Addressing, S3Options, Transport};

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PhotosWire {
    url: String,
    endpoint: Option<String>,
    region: Option<String>,
    #[serde(default)]
    virtual_host: bool,
    #[serde(default)]
    allow_http: bool,
    access_key_id_file: Option<PathBuf>,
    secret_access_key_file: Option<PathBuf>,
}

/// The region of stores that have none.
const DEFAULT_REGION: &str = "us-east-1";

pub(super) fn check(wire: PhotosWire) -> Result<S3Options, String> {
    let named = wire.url.strip_prefix("s3://").map(|rest| rest.split_once('/').unwrap_or((rest, "")));
    let is_bucket = |name: &&str| {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
        (3..=63).contains(&name.len()) && name.bytes().all(is_plain)
    };
    let Some((bucket, prefix)) = named.filter(|(bucket, _)| is_bucket(bucket)) else {
        return Err(format!("photos.url: {:?} is not an address such as s3://guatu-photos/plan-2020", wire.url));
    };
    let transport = if wire.allow_http { Transport::HttpToo } else { Transport::Https };
    if let Some(endpoint) = &wire.endpoint {
        let scheme = origin(endpoint).and_then(|origin| origin.split_once("://")).map(|(scheme, _)| scheme);
        match (scheme, transport) {
            (Some("https"), _) | (Some("http"), Transport::HttpToo) => {}
            (Some("http"), Transport::Https) => {
                return Err(
                    "photos.endpoint: is in the clear; photos.allow_http = true says that this is meant".to_owned()
                );
            }
            _ => return Err(format!("photos.endpoint: {endpoint:?} is not an address such as https://s3.example.org")),
        }
    }
    Ok(S3Options {
        bucket: bucket.to_owned(),
        prefix: prefix.trim_matches('/').to_owned(),
        endpoint: wire.endpoint.map(|endpoint| endpoint.trim_end_matches('/').to_owned()),
        region: wire.region.unwrap_or_else(|| DEFAULT_REGION.to_owned()),
        addressing: if wire.virtual_host { Addressing::VirtualHost } else { Addressing::Path },
        transport,
        access_key_id: secret("access_key_id_file", wire.access_key_id_file, "AWS_ACCESS_KEY_ID")?,
        secret_access_key: secret("secret_access_key_file", wire.secret_access_key_file, "AWS_SECRET_ACCESS_KEY")?,
    })
}

/// Half of a key, from a file or else from the environment. It stands in no error.
fn secret(member: &str, file: Option<PathBuf>, variable: &str) -> Result<String, String> {
    let (told, place) = match file {
        Some(path) => {
            let text = std::fs::read_to_string(&path);
            let place = path.display().to_string();
            (text.map_err(|fault| format!("photos.{member}: {place}: {fault}"))?, place)
        }
        None => {
            let told = std::env::var(variable);
            let missing = || format!("photos: goes with the variable {variable}, or with {member} in its place");
            (told.map_err(|_| missing())?, variable.to_owned())
        }
    };
    let told = told.trim();
    if told.is_empty() || !told.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(format!("photos: {place} is empty, or holds what no key has"));
    }
    Ok(told.to_owned())
}
