//! The door before every handler: who asks, by cookie or token, and whether the operation is for them.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State as Extract};
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::Next;
use axum::response::Response;

use super::Options;
use super::answer::{self, Problem};
use super::forwarded::{Forwarded, base_path};
use super::route::Access;
use super::state::State;
use crate::plan::{Caller, Identity, Right, SignedInBy};
use crate::services::accounts::{ABSOLUTE_LIMIT, Accounts, Source};

pub const SESSION_COOKIE: &str = "guatu_session";

const STATE_COOKIE: &str = "guatu_oidc";
const STATE_PATH: &str = "/api/v1/session/oidc";

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Lets a request through to its handler, with its caller, or answers in its place.
pub async fn enter(
    Extract((state, access)): Extract<(Arc<State>, Access)>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let caller = caller(&state, request.headers(), Asking::Something).await?;
    let by_cookie = caller.identity().is_some_and(|identity| identity.how == SignedInBy::Session);
    if by_cookie && !request.method().is_safe() && !is_same_origin(request.headers(), &state.options) {
        return Err(Problem::forbidden(
            "the request comes from another site; with a session, changes come from this one",
        ));
    }
    admit(access, &caller, &state)?;
    if caller.identity().is_some() && !request.method().is_safe() && !state.accounts.is_sure() {
        return Err(Problem::unavailable(
            "the database with the accounts cannot be asked at the moment whether you may still do this; nothing was changed",
        ));
    }
    let is_signed_in = caller.identity().is_some();
    request.extensions_mut().insert(caller);
    let response = next.run(request).await;
    Ok(if is_signed_in { answer::private(response) } else { response })
}

/// Whether whoever listens may still do so and hears what they may see, no less and no more.
pub async fn is_still(state: &State, headers: &HeaderMap, caller: &Caller) -> bool {
    // A secret that is not there cannot have been taken away.
    let now = match caller {
        Caller::Anonymous => Ok(Caller::Anonymous),
        Caller::User(_) => self::caller(state, headers, Asking::Nothing).await,
    };
    let name = |caller: &Caller| caller.identity().map(|identity| identity.name.clone());
    now.is_ok_and(|now| {
        let is_same = now.has(Right::Read) == caller.has(Right::Read) && name(&now) == name(caller);
        is_same && admit(Access::READ, &now, state).is_ok()
    })
}

/// Whether somebody is doing something with their session or token, or is only looked at again.
#[derive(Clone, Copy)]
enum Asking {
    Something,
    Nothing,
}

/// Who asks. A token that is shown counts more than a cookie that the browser sends along.
///
/// # Errors
/// 401 for a token that is not good. A session that has ended is as good as none.
async fn caller(state: &State, headers: &HeaderMap, asking: Asking) -> Result<Caller, Problem> {
    if let Some(token) = bearer(headers) {
        let token = token.to_owned();
        let ask = move |accounts: &Accounts, now| match asking {
            Asking::Something => accounts.caller_of_token(&token, now),
            Asking::Nothing => accounts.still_of_token(&token, now),
        };
        let found = state.ask_accounts(ask).await?;
        let refused = || Problem::not_signed_in("the token is unknown, has expired, or was revoked");
        return found.map(Caller::User).ok_or_else(refused);
    }
    let Some(secret) = session_secret(headers) else { return Ok(Caller::Anonymous) };
    let secret = secret.to_owned();
    let ask = move |accounts: &Accounts, now| match asking {
        Asking::Something => accounts.caller_of_session(&secret, now),
        Asking::Nothing => accounts.still_of_session(&secret, now),
    };
    let found = state.ask_accounts(ask).await?;
    Ok(found.map_or(Caller::Anonymous, Caller::User))
}

fn admit(access: Access, caller: &Caller, state: &State) -> Result<(), Problem> {
    match (access, caller) {
        (Access::Right(Right::Read), Caller::Anonymous) if state.accounts.settings().anonymous_reading => Ok(()),
        (Access::Open, _) => Ok(()),
        (_, Caller::Anonymous) => Err(Problem::not_signed_in("sign in first")),
        (Access::SignedIn | Access::Administrator, Caller::User(user)) if user.how == SignedInBy::Token => {
            Err(Problem::forbidden("this is for people who sign in, not for tokens"))
        }
        (Access::Administrator, Caller::User(user)) if !user.rights.contains(&Right::Administer) => {
            Err(lacks(user, Right::Administer))
        }
        (Access::Right(right), Caller::User(user)) if !user.rights.contains(&right) => Err(lacks(user, right)),
        (Access::Staff, Caller::User(user)) if !user.rights.contains(&Right::Read) => Err(lacks(user, Right::Read)),
        (Access::Editor, Caller::User(user)) => {
            let edits = [Right::EditPlan, Right::EditGeometry];
            if edits.iter().any(|right| user.rights.contains(right)) {
                Ok(())
            } else {
                Err(lacks(user, Right::EditPlan))
            }
        }
        (Access::Right(_) | Access::Staff | Access::SignedIn | Access::Administrator, Caller::User(_)) => Ok(()),
    }
}

fn lacks(user: &Identity, right: Right) -> Problem {
    let roles = right.roles().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
    match user.how {
        SignedInBy::Session => {
            Problem::forbidden(format!("this takes the right {right}, which the roles {roles} give"))
        }
        SignedInBy::Token => Problem::forbidden(format!(
            "this takes the right {right}: a token with that scope, of somebody with one of the roles {roles}"
        )),
    }
}

fn text(headers: &HeaderMap, name: impl axum::http::header::AsHeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The token after `Bearer`; other schemes are a proxy's business.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = text(headers, AUTHORIZATION)?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// What the session's cookie holds.
pub fn session_secret(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, SESSION_COOKIE)
}

/// The state with which a browser went to the identity provider.
pub fn state(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, STATE_COOKIE)
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut named = pairs.filter(|(found, value)| *found == name && !value.is_empty());
    named.next().map(|(_, value)| value)
}

/// Adds the cookie of a session that has begun; the browser gives it to no script and to no other site's requests.
pub fn with_session(response: Response, secret: &str, headers: &HeaderMap, options: &Options) -> Response {
    let life = ABSOLUTE_LIMIT.as_secs();
    let cookie = format!("{SESSION_COOKIE}={secret}; Max-Age={life}; Path={}/", base_path(headers, options));
    answer::with(response, SET_COOKIE, &guarded(&cookie, headers, options))
}

/// Takes the cookie away.
pub fn without_session(response: Response, headers: &HeaderMap, options: &Options) -> Response {
    let cookie = format!("{SESSION_COOKIE}=; Max-Age=0; Path={}/", base_path(headers, options));
    answer::with(response, SET_COOKIE, &guarded(&cookie, headers, options))
}

/// The cookie of a browser that goes to the identity provider.
pub fn state_cookie(state: &str, life: i64, headers: &HeaderMap, options: &Options) -> String {
    let path = format!("{}{STATE_PATH}", base_path(headers, options));
    guarded(&format!("{STATE_COOKIE}={state}; Max-Age={life}; Path={path}"), headers, options)
}

/// Takes it away once it has been used.
pub fn without_state(response: Response, headers: &HeaderMap, options: &Options) -> Response {
    let path = format!("{}{STATE_PATH}", base_path(headers, options));
    let cookie = guarded(&format!("{STATE_COOKIE}=; Max-Age=0; Path={path}"), headers, options);
    answer::also_with(response, SET_COOKIE, &cookie)
}

/// A cookie that no script reads and that other sites' requests do not carry.
fn guarded(cookie: &str, headers: &HeaderMap, options: &Options) -> String {
    let proxy_says = || Forwarded::read(headers, options).scheme == Some("https");
    let is_https = options.public_url.as_ref().is_some_and(|url| url.starts_with("https://")) || proxy_says();
    let secure = if is_https { "; Secure" } else { "" };
    format!("{cookie}; HttpOnly; SameSite=Lax{secure}")
}

/// Whether a browser says that this server's own pages ask. Browsers that say nothing are not believed.
fn is_same_origin(headers: &HeaderMap, options: &Options) -> bool {
    if let Some(site) = text(headers, FETCH_SITE) {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = text(headers, ORIGIN) else { return false };
    let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    // Behind a proxy for TLS the scheme is not known here, but the host that the browser asked is.
    let asked = [text(headers, HOST).map(str::to_owned), Forwarded::read(headers, options).host];
    let is_public = options.public_url.as_deref().and_then(super::origin) == Some(origin);
    is_public || host.is_some_and(|host| asked.iter().flatten().any(|asked| asked == host))
}

/// Where a request comes from: the peer, or what the proxy in front adds at the end.
pub fn source(parts: &Parts, options: &Options) -> Source {
    let peer = || parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let forwarded = Forwarded::read(&parts.headers, options).from;
    Source(forwarded.or_else(peer).unwrap_or(Ipv4Addr::UNSPECIFIED.into()))
}
