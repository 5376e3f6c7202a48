//! Users, sessions and tokens for tests, and requests in their name.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::http::Request;
use guatu::plan::{Timestamp, UserRole};
use guatu::services::accounts::{Accounts, NewUser};
use serde_json::{Value, json};

use super::http::{Answer, Server};

/// Every test user's.
pub const PASSWORD: &str = "a path along the river";

/// What shows who asks.
#[derive(Clone, Debug)]
pub enum Shown {
    Nothing,
    /// The session's secret, as the server's own pages send it.
    Cookie(String),
    Token(String),
}

impl Server {
    pub fn now(&self) -> Timestamp {
        Timestamp::from_second(self.clock.load(Ordering::Relaxed)).expect("a time")
    }

    pub fn pass_hours(&self, hours: i64) {
        self.pass_seconds(hours * 3_600);
    }

    pub fn pass_seconds(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }

    /// A user with [`PASSWORD`].
    pub fn add_user(&self, name: &str, roles: &[UserRole]) {
        let roles: BTreeSet<UserRole> = roles.iter().copied().collect();
        let new = NewUser { name: name.parse().expect("a name"), display_name: format!("The {name}"), roles };
        self.with_accounts(|accounts| accounts.add_user_with_password(&new, PASSWORD, self.now()).expect("a new user"));
    }

    /// Asks the accounts from a thread that is no runtime's, as the server does.
    pub fn with_accounts<T: Send>(&self, ask: impl FnOnce(&Accounts) -> T + Send) -> T {
        std::thread::scope(|scope| scope.spawn(|| ask(&self.accounts)).join().expect("an answer"))
    }

    /// Signs a user in who has [`PASSWORD`].
    pub async fn sign_in(&self, name: &str) -> Shown {
        let answer = self.try_password(name, PASSWORD).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.session()
    }

    pub async fn try_password(&self, name: &str, password: &str) -> Answer {
        self.ask("POST", "/api/v1/session", &Shown::Nothing, json!({"name": name, "password": password})).await
    }

    pub async fn ask(&self, method: &str, path: &str, shown: &Shown, body: Value) -> Answer {
        self.ask_with(method, path, shown, body, &[]).await
    }

    pub async fn ask_with(
        &self,
        method: &str,
        path: &str,
        shown: &Shown,
        body: Value,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "guatu.test");
        request = match shown {
            Shown::Nothing => request,
            Shown::Cookie(secret) => request.header("cookie", format!("theme=dark; guatu_session={secret}")),
            Shown::Token(token) => request.header("authorization", format!("Bearer {token}")),
        };
        if matches!(shown, Shown::Cookie(_)) && headers.is_empty() {
            request = request.header("sec-fetch-site", "same-origin");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            request = request.header("content-type", "application/json");
            Body::from(body.to_string())
        };
        self.send(request.body(body).expect("a request")).await
    }

    /// A token that its owner makes for one scope.
    pub async fn token(&self, owner: &Shown, scopes: &[&str], expires: Value) -> (String, i64) {
        let new = json!({"label": "a program", "scopes": scopes, "expires": expires});
        let answer = self.ask("POST", "/api/v1/tokens", owner, new).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let made = answer.json();
        (made["token"].as_str().expect("a token").to_owned(), made["id"].as_i64().expect("an id"))
    }
}

impl Answer {
    /// The session that the answer's cookie begins.
    pub fn session(&self) -> Shown {
        let cookie = self.header("set-cookie");
        let secret = cookie.strip_prefix("guatu_session=").and_then(|rest| rest.split(';').next());
        Shown::Cookie(secret.unwrap_or_else(|| panic!("no session: {cookie:?}")).to_owned())
    }
}

/// The secret in a link's path.
pub fn secret_of(link_path: &Value) -> String {
    let path = link_path.as_str().expect("a path");
    path.split_once("#token=").expect("a link").1.to_owned()
}
