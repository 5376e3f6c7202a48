//! `guatu.toml`: what an operator decides. Every member is optional; an unknown one is refused with its name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use openidconnect::ClientSecret;
use serde::Deserialize;

use crate::http::{BaseMap, BaseMapType, OidcOptions, Options, origin, prefix};
use crate::plan::UserRole;
use crate::spatial::CrsCatalogue;
use crate::store::photos::{Addressing, S3Options, Transport};

/// Where days begin and end when the operator does not say: the shipped plan's district.
const DEFAULT_TIME_ZONE: &str = "Asia/Shanghai";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    #[serde(default)]
    server: ServerWire,
    #[serde(default)]
    map: MapWire,
    #[serde(default)]
    auth: AuthWire,
    photos: Option<PhotosWire>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PhotosWire {
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

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthWire {
    oidc: Option<OidcWire>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OidcWire {
    name: String,
    issuer: String,
    client_id: String,
    client_secret_file: Option<PathBuf>,
    scopes: Option<Vec<String>>,
    role_claim: String,
    roles: BTreeMap<String, UserRole>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ServerWire {
    public_url: Option<String>,
    time_zone: Option<String>,
    trust_forwarded: Option<bool>,
    #[serde(default)]
    crs: Vec<u32>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct MapWire {
    #[serde(default)]
    basemaps: Vec<BaseMap>,
}

/// What a configuration file says, checked.
#[derive(Clone, Debug)]
pub struct Config {
    pub options: Options,
    /// The bucket for photos; in the data folder when absent.
    pub photos: Option<S3Options>,
}

#[derive(Debug, thiserror::Error)]
#[error("{path}{}: {reason}", .line.map(|line| format!(", line {line}")).unwrap_or_default())]
pub struct ConfigError {
    path: PathBuf,
    line: Option<usize>,
    reason: String,
}

impl Config {
    /// Reads a file, or gives the defaults without one.
    ///
    /// # Errors
    /// The file, the line and the member that cannot be taken.
    pub fn read(path: Option<&Path>) -> Result<Config, ConfigError> {
        let Some(path) = path else { return Config::check(Wire::default(), Path::new("guatu.toml")) };
        let error = |line, reason: String| ConfigError { path: path.to_owned(), line, reason };
        let text = std::fs::read_to_string(path).map_err(|fault| error(None, fault.to_string()))?;
        let wire = toml::from_str(&text).map_err(|fault| {
            let line = fault.span().map(|span| 1 + text[..span.start].matches('\n').count());
            error(line, fault.message().to_owned())
        })?;
        Config::check(wire, path)
    }

    fn check(wire: Wire, path: &Path) -> Result<Config, ConfigError> {
        let error = |reason: String| ConfigError { path: path.to_owned(), line: None, reason };
        let zone = wire.server.time_zone.as_deref().unwrap_or(DEFAULT_TIME_ZONE);
        let time_zone = TimeZone::get(zone).map_err(|_| {
            error(format!("server.time_zone: {zone:?} is no zone of the IANA database, such as Asia/Shanghai"))
        })?;
        let public_url = wire.server.public_url.map(|url| url.trim_end_matches('/').to_owned());
        if let Some(url) = public_url.as_deref().filter(|url| !is_public_url(url)) {
            return Err(error(format!(
                "server.public_url: {url:?} is not an address such as https://plan.example.org or https://example.org/plan (plain ASCII)"
            )));
        }
        for (at, basemap) in wire.map.basemaps.iter().enumerate() {
            let id = &basemap.id;
            let wrong = |what: &str| Err(error(format!("map.basemaps {id}: {what}")));
            if wire.map.basemaps[..at].iter().any(|earlier| earlier.id == *id) {
                return wrong("the id is there twice");
            }
            if origin(&basemap.url).is_none() {
                return wrong("url does not begin with http:// or https:// and a host in plain ASCII");
            }
            let has_place = ["{z}", "{x}", "{y}"].iter().all(|part| basemap.url.contains(part));
            if basemap.map_type == BaseMapType::Xyz && !has_place {
                return wrong("an xyz url holds {z}, {x} and {y}");
            }
            if basemap.origins.iter().any(|url| origin(url) != Some(url)) {
                return wrong("origins are addresses such as https://tiles.example.org, without a path");
            }
            if basemap.attribution.trim().is_empty() {
                return wrong("attribution is empty; say whose map it is");
            }
        }
        let oidc = wire.auth.oidc.map(|oidc| check_oidc(oidc, public_url.as_deref())).transpose().map_err(error)?;
        let trust_forwarded = wire.server.trust_forwarded.unwrap_or_default();
        let crs = wire
            .server
            .crs
            .iter()
            .try_fold(CrsCatalogue::default(), |known, number| known.with(*number))
            .map_err(|fault| {
                let known =
                    "EPSG's numbers 4326, 4490, 3857, 4491 to 4554 (CGCS2000 Gauss-Kruger) and 32601 to 32660 (UTM)";
                error(format!("server.crs: {fault}; known are {known}"))
            })?;
        let photos = wire.photos.map(check_photos).transpose().map_err(error)?;
        Ok(Config {
            photos,
            options: Options { basemaps: wire.map.basemaps, public_url, time_zone, trust_forwarded, crs, oidc },
        })
    }
}

/// An origin, perhaps with a path below which a proxy serves us.
fn is_public_url(url: &str) -> bool {
    let path = origin(url).and_then(|origin| url.strip_prefix(origin));
    path.is_some_and(|path| path.is_empty() || prefix(path).as_deref() == Some(path))
}

/// Scopes that give a name and an address with most providers.
const DEFAULT_SCOPES: [&str; 2] = ["profile", "email"];

fn check_oidc(wire: OidcWire, public_url: Option<&str>) -> Result<OidcOptions, String> {
    if public_url.is_none() {
        return Err("auth.oidc: goes with server.public_url, to which the provider sends users back".to_owned());
    }
    // On this machine nobody listens in between.
    let is_near = |origin: &str| {
        let host = origin.strip_prefix("http://").map(|host| host.split_once(':').map_or(host, |(host, _)| host));
        host.is_some_and(|host| ["127.0.0.1", "localhost"].contains(&host))
    };
    if !origin(&wire.issuer).is_some_and(|origin| origin.starts_with("https://") || is_near(origin)) {
        return Err(format!("auth.oidc.issuer: {:?} is not an https address", wire.issuer));
    }
    if wire.roles.is_empty() {
        return Err("auth.oidc.roles: is empty, so nobody could sign in".to_owned());
    }
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path);
        let text = text.map_err(|fault| format!("auth.oidc.client_secret_file: {}: {fault}", path.display()))?;
        Ok::<_, String>(ClientSecret::new(text.trim().to_owned()))
    };
    Ok(OidcOptions {
        name: wire.name,
        issuer: wire.issuer,
        client_id: wire.client_id,
        client_secret: wire.client_secret_file.map(read).transpose()?,
        scopes: wire.scopes.unwrap_or_else(|| DEFAULT_SCOPES.map(str::to_owned).to_vec()),
        role_claim: wire.role_claim,
        roles: wire.roles,
    })
}

/// The region of stores that have none.
const DEFAULT_REGION: &str = "us-east-1";

fn check_photos(wire: PhotosWire) -> Result<S3Options, String> {
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
