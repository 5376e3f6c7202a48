//! A listener to the stream of events, which reads it event by event.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::Request;
use futures_util::StreamExt;
use serde_json::Value;

use super::accounts::Shown;
use super::http::Server;

/// What an event may take to come before a test gives up, and how long a silence must last to count.
const PATIENCE: Duration = Duration::from_secs(20);
const SILENCE: Duration = Duration::from_millis(100);

pub struct Listener {
    stream: BodyDataStream,
    heard: String,
}

#[derive(Debug, PartialEq)]
pub struct Heard {
    pub event: String,
    pub id: Option<u64>,
    pub data: Value,
}

impl Server {
    /// Opens the stream; `last` is the header Last-Event-ID where there is one.
    pub async fn listen(&self, query: &str, shown: &Shown, last: Option<&str>) -> Listener {
        let request = Request::get(format!("/api/v1/events{query}")).header("host", "guatu.test");
        let request = match shown {
            Shown::Nothing => request,
            Shown::Cookie(secret) => request.header("cookie", format!("guatu_session={secret}")),
            Shown::Token(token) => request.header("authorization", format!("Bearer {token}")),
        };
        let request = last.into_iter().fold(request, |request, last| request.header("last-event-id", last));
        let response = self.open(request.body(Body::empty()).expect("a request")).await;
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-type"]),
            (200, &"text/event-stream".parse().expect("a value"))
        );
        Listener { stream: response.into_body().into_data_stream(), heard: String::new() }
    }
}

impl Listener {
    /// The next event; none when the stream ends.
    pub async fn next(&mut self) -> Option<Heard> {
        tokio::time::timeout(PATIENCE, self.event()).await.expect("an event comes")
    }

    pub async fn hears(&mut self, event: &str) -> Heard {
        let heard = self.next().await.expect("the stream goes on");
        assert_eq!(heard.event, event, "{heard:?}");
        heard
    }

    pub async fn hears_nothing(&mut self) {
        if let Ok(heard) = tokio::time::timeout(SILENCE, self.event()).await {
            panic!("{heard:?} was not to come");
        }
    }

    /// The bytes that come next, as they are.
    pub async fn bytes(&mut self) -> String {
        let bytes = tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("something comes");
        String::from_utf8(bytes.expect("the stream goes on").expect("no fault").to_vec()).expect("UTF-8")
    }

    async fn event(&mut self) -> Option<Heard> {
        loop {
            while let Some((frame, rest)) = self.heard.split_once("\n\n") {
                let field = |name: &str| {
                    let found = frame.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
                    found.map(|value| value.trim_start().to_owned())
                };
                let heard = field("event").map(|event| Heard {
                    event,
                    id: field("id").map(|id| id.parse().expect("a number")),
                    data: serde_json::from_str(&field("data").expect("data")).expect("JSON"),
                });
                let rest = rest.to_owned();
                self.heard = rest;
                // A comment only shows that the stream is alive.
                if heard.is_some() {
                    return heard;
                }
            }
            let bytes = self.stream.next().await?.expect("a stream without a fault");
            self.heard.push_str(std::str::from_utf8(&bytes).expect("UTF-8"));
        }
    }
}
