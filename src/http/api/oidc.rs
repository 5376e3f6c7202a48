//! A session by way of an identity provider: there and back. A browser is looking, so every answer leads to a page.

use axum::http::header::SET_COOKIE;
use axum::response::Response;
use axum::routing::get;
use openidconnect::core::CoreAuthPrompt;

use crate::http::answer::{self, Problem};
use crate::http::asked::Asked;
use crate::http::door;
use crate::http::oidc::{Brought, CALLBACK, NotSignedIn, Oidc, PATIENCE, Pending};
use crate::http::params::{Param, ParamShape, Params};
use crate::http::route::{Access, Answer, Method, Route};
use crate::services::accounts::Opened;

const LONG: ParamShape = ParamShape::Text { max: 4_096 };
const PAGE: Param = Param::new(
    "page",
    LONG,
    "The page of the app to come back to, as path and query; any other address counts as `/`.",
);
const PROMPT: Param =
    Param::new("prompt", ParamShape::OneOf(&["login"]), "Asks the provider to let the user choose anew who signs in.");
const CODE: Param = Param::new("code", LONG, "What the provider gave the browser.");
const STATE: Param = Param::new("state", LONG, "As this server gave it to the browser.");
const ERROR: Param = Param::new("error", LONG, "Why the provider refuses.");
const ISSUER: Param = Param::new("iss", LONG, "Which provider answers (RFC 9207).");

/// What the provider's answer may hold for us. It may hold more, which is passed over, as RFC 6749 asks.
const BROUGHT: &[&Param] = &[&CODE, &STATE, &ERROR, &ISSUER];

/// The app's parameter with the reason why nobody was signed in.
const REASON: &str = "sign-in";

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/api/v1/session/oidc",
            documented: None,
            method: Method::Get,
            access: Access::Open,
            id: "begin_oidc_session",
            summary: "Sends the browser to the operator's identity provider, or back to the app when that does not answer. 404 when \
                      there is none.",
            parameters: &[&PAGE, &PROMPT],
            body: None,
            answer: Answer::SEE_OTHER,
            handler: get(begin_oidc_session),
        },
        Route {
            path: CALLBACK,
            documented: None,
            method: Method::Get,
            access: Access::Open,
            id: "finish_oidc_session",
            summary: "Where the identity provider sends the browser back; signs in and sends it to the app, or says there as `sign-in` why \
                      not: cancelled, ended, unreachable, refused, name, name_taken, no_role, disabled, failed.",
            parameters: BROUGHT,
            body: None,
            answer: Answer::SEE_OTHER,
            handler: get(finish_oidc_session),
        },
    ]
}

fn provider(asked: &Asked) -> Result<&Oidc, Problem> {
    let absent = || Problem::not_found("path", "this server has no identity provider");
    asked.state.oidc.as_ref().ok_or_else(absent)
}

async fn begin_oidc_session(asked: Asked) -> Result<Response, Problem> {
    let params = asked.params(&[&PAGE, &PROMPT])?;
    let page = params.text(&PAGE)?.filter(|page| is_page(page)).unwrap_or("/").to_owned();
    let prompt = params.one_of(&PROMPT)?.map(|_| CoreAuthPrompt::Login);
    Ok(match provider(&asked)?.begin(page.clone(), prompt, asked.source, asked.state.now()).await {
        Ok(begun) => {
            let cookie = door::state_cookie(&begun.state, PATIENCE.as_secs(), &asked.headers, &asked.state.options);
            answer::with(answer::see_other(&begun.address), SET_COOKIE, &cookie)
        }
        Err(reason) => back(&page, reason),
    })
}

async fn finish_oidc_session(asked: Asked) -> Result<Response, Problem> {
    let oidc = provider(&asked)?;
    let Ok(params) = Params::read_declared(asked.uri.query(), BROUGHT) else {
        return Ok(back("/", NotSignedIn::Refused));
    };
    // Only the browser that went may come back, so that nobody is signed in as somebody else by a link.
    let state = params.raw(&STATE).filter(|state| door::state(&asked.headers) == Some(*state));
    let Some(pending) = state.and_then(|state| oidc.take(state, asked.state.now())) else {
        return Ok(back("/", NotSignedIn::Ended));
    };
    let response = match sign_in(&asked, oidc, &pending, &params).await {
        Ok(opened) => {
            tracing::info!(user = %opened.identity.name, "signed in by the identity provider");
            let response = answer::see_other(&pending.page);
            door::with_session(response, opened.secret.reveal(), &asked.headers, &asked.state.options)
        }
        Err(reason) => back(&pending.page, reason),
    };
    Ok(door::without_state(response, &asked.headers, &asked.state.options))
}

async fn sign_in(asked: &Asked, oidc: &Oidc, pending: &Pending, params: &Params) -> Result<Opened, NotSignedIn> {
    let brought = Brought { code: params.raw(&CODE), error: params.raw(&ERROR), issuer: params.raw(&ISSUER) };
    let provided = oidc.finish(pending, &brought, asked.state.now()).await?;
    let opened = asked.state.ask_accounts(move |accounts, now| Ok(accounts.sign_in_provided(provided, now))).await;
    // What failed is in the log.
    Ok(opened.map_err(|_| NotSignedIn::Failed)??)
}

/// Sends the browser to a page of the app, which says why nobody was signed in.
fn back(page: &str, reason: NotSignedIn) -> Response {
    let mark = if page.contains('?') { '&' } else { '?' };
    answer::see_other(&format!("{page}{mark}{REASON}={}", reason.word()))
}

/// Whether this is a page of the app: nothing that a browser could take for another site's address, nor the API.
fn is_page(page: &str) -> bool {
    let is_plain = page.bytes().all(|c| c.is_ascii_graphic() && c != b'\\' && c != b'#');
    is_plain && page.starts_with('/') && !page.starts_with("//") && !page.starts_with("/api/")
}

#[cfg(test)]
mod tests {
    use super::is_page;

    #[test]
    fn only_what_is_surely_a_page_of_the_app_is_one() {
        let check = |page: &str, expected: bool| assert_eq!(is_page(page), expected, "{page:?}");
        check("/", true);
        check("/accounts?lang=en&q=%E6%A7%9C", true);
        check("/?near=//x.test", true);
        check("", false);
        check("accounts", false);
        check("//x.test", false);
        check("/\\x.test", false);
        check("/\t/x.test", false);
        check("/\r\nset-cookie: a=b", false);
        check("https://x.test/", false);
        check("javascript:alert(1)", false);
        check("/a#b", false);
        check("/计划", false);
        check("/api/v1/session/oidc", false);
    }
}
