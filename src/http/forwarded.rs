//! What a proxy in front says of the request that it took: the scheme, host and path prefix that the caller knows this server by,
//! and who the caller is. `X-Forwarded-*`, or `Forwarded` (RFC 7239) where there is none of those.
//!
//! Only where the operator trusts the proxy; and what cannot be a scheme, a host or a prefix is as good as not said. Of a list the last
//! entry counts, which the nearest proxy adds; whoever asks may have written those before it.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use axum::http::header::HOST;

use super::{Options, origin};

const FOR: &str = "x-forwarded-for";
const PROTO: &str = "x-forwarded-proto";
const FORWARDED_HOST: &str = "x-forwarded-host";
const PREFIX: &str = "x-forwarded-prefix";
const FORWARDED: &str = "forwarded";

/// Longer prefixes are no prefixes: every link would carry them.
const MAX_PREFIX_BYTES: usize = 200;

/// A trusted proxy's words; empty where none is trusted.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Forwarded {
    pub scheme: Option<&'static str>,
    pub host: Option<String>,
    /// Begins with a slash and does not end with one.
    pub prefix: Option<String>,
    pub from: Option<IpAddr>,
}

impl Forwarded {
    pub fn read(headers: &HeaderMap, options: &Options) -> Forwarded {
        if !options.trust_forwarded {
            return Forwarded::default();
        }
        let speaks_x = [FOR, PROTO, FORWARDED_HOST, PREFIX].iter().any(|name| headers.contains_key(*name));
        if !speaks_x {
            return last(headers, FORWARDED).map(standard).unwrap_or_default();
        }
        let word = |name| last(headers, name).and_then(|line| line.rsplit(',').next()).map(str::trim);
        Forwarded {
            scheme: word(PROTO).and_then(scheme),
            host: word(FORWARDED_HOST).and_then(host),
            prefix: word(PREFIX).and_then(prefix),
            from: word(FOR).and_then(address),
        }
    }
}

/// The address of this server's root as the caller knows it, without a slash at the end.
pub fn base_url(headers: &HeaderMap, options: &Options) -> String {
    if let Some(url) = &options.public_url {
        return url.clone();
    }
    let Forwarded { scheme, host: forwarded, prefix, .. } = Forwarded::read(headers, options);
    let asked = || headers.get(HOST).and_then(|host| host.to_str().ok()).and_then(host);
    let host = forwarded.or_else(asked).unwrap_or_else(|| "localhost".to_owned());
    format!("{}://{host}{}", scheme.unwrap_or("http"), prefix.unwrap_or_default())
}

/// The path of that address: empty, or with a slash at its beginning.
pub fn base_path(headers: &HeaderMap, options: &Options) -> String {
    match &options.public_url {
        Some(url) => origin(url).and_then(|origin| url.strip_prefix(origin)).unwrap_or_default().to_owned(),
        None => Forwarded::read(headers, options).prefix.unwrap_or_default(),
    }
}

/// A path that may stand before all others: segments of plain characters, none of which leads elsewhere. A slash at its end is let go.
pub fn prefix(path: &str) -> Option<String> {
    let path = path.strip_suffix('/').unwrap_or(path);
    if path.is_empty() || path.len() > MAX_PREFIX_BYTES {
        return None;
    }
    let is_plain = |c: u8| c.is_ascii_alphanumeric() || b"-._~".contains(&c);
    let is_segment =
        |segment: &str| !segment.is_empty() && segment != "." && segment != ".." && segment.bytes().all(is_plain);
    path.strip_prefix('/')?.split('/').all(is_segment).then(|| path.to_owned())
}

fn scheme(word: &str) -> Option<&'static str> {
    ["http", "https"].into_iter().find(|scheme| scheme.eq_ignore_ascii_case(word))
}

/// A host with or without a port, in plain ASCII.
fn host(word: &str) -> Option<String> {
    let url = format!("http://{word}");
    let is_host = origin(&url) == Some(&url) && word.parse::<axum::http::uri::Authority>().is_ok();
    is_host.then(|| word.to_owned())
}

/// An address with or without a port.
fn address(word: &str) -> Option<IpAddr> {
    let bare = || word.trim_start_matches('[').trim_end_matches(']').parse().ok();
    word.parse::<SocketAddr>().ok().map(|socket| socket.ip()).or_else(bare)
}

/// The last line of a header.
fn last<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).next_back()
}

/// The last element of RFC 7239's header. It has no word for a prefix.
fn standard(line: &str) -> Forwarded {
    let element = split(line, ',').pop().unwrap_or_default();
    let mut said = Forwarded::default();
    for pair in split(element, ';') {
        let Some((name, value)) = pair.trim().split_once('=') else { continue };
        let value = value.trim();
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
        match name.trim().to_ascii_lowercase().as_str() {
            "proto" => said.scheme = scheme(value),
            "host" => said.host = host(value),
            "for" => said.from = address(value),
            _ => {}
        }
    }
    said
}

/// The parts between separators that stand outside of quotes.
fn split(text: &str, separator: char) -> Vec<&str> {
    let mut is_quoted = false;
    let part = |c: char| {
        is_quoted ^= c == '"';
        c == separator && !is_quoted
    };
    text.split(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_path_is_a_prefix() {
        let check = |path: &str, expected: Option<&str>| assert_eq!(prefix(path).as_deref(), expected, "{path:?}");
        check("/plan", Some("/plan"));
        check("/plan/", Some("/plan"));
        check("/gis/plan-2019", Some("/gis/plan-2019"));
        for wrong in [
            "",
            "/",
            "plan",
            "//plan",
            "/plan//",
            "/a//b",
            "/..",
            "/a/../b",
            "/./a",
            "/a b",
            "/a?b",
            "/a#b",
            "/a%2e",
            "/a\"b",
            "/a\\b",
            "/计划",
            "/a\r\nset-cookie: b",
            "https://x.test/a",
            "/<script>",
            "/{z}",
        ] {
            check(wrong, None);
        }
        check(&format!("/{}", "a".repeat(300)), None);
    }

    #[test]
    fn the_nearest_proxys_word_of_the_standard_header_counts() {
        let check = |line: &str, scheme: Option<&str>, host: Option<&str>, from: Option<&str>| {
            let said = standard(line);
            let from = from.map(|from| from.parse::<IpAddr>().expect("an address"));
            assert_eq!((said.scheme, said.host.as_deref(), said.from), (scheme, host, from), "{line}");
        };
        check("for=192.0.2.60;proto=https;host=plan.test", Some("https"), Some("plan.test"), Some("192.0.2.60"));
        check("For=\"[2001:db8::1]:4711\" ; Proto=HTTPS", Some("https"), None, Some("2001:db8::1"));
        check("host=evil.test, host=\"plan.test:8443\";proto=http", Some("http"), Some("plan.test:8443"), None);
        check("for=\"a,b;host=evil.test\";host=plan.test", None, Some("plan.test"), None);
        check("for=unknown;host=\"evil.test/x\";proto=gopher", None, None, None);
        check("host=\"user@evil.test\"", None, None, None);
        check(";;,=;\"", None, None, None);
    }
}
