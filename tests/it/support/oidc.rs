//! An identity provider on a loopback port that vouches for whomever a test says.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use openidconnect::core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKeyId, PrivateSigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The only access token.
pub const ACCESS_TOKEN: &str = "a";

pub struct Provider {
    pub issuer: String,
    shared: Arc<Shared>,
}

struct Shared {
    issuer: String,
    /// The seed of its key.
    seed: AtomicU8,
    /// How often its keys were asked for.
    asked: AtomicUsize,
    userinfo: Mutex<Value>,
    /// Claims and PKCE challenge by code.
    codes: Mutex<HashMap<String, (Value, String)>>,
}

/// An Ed25519 key from a seed, in PKCS 8. Its id is the seed.
pub fn key(seed: u8) -> CoreEdDsaPrivateSigningKey {
    let head = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    let body = STANDARD.encode([&head[..], &[seed; 32]].concat());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new(seed.to_string()))).expect("a key")
}

impl Provider {
    pub async fn start() -> Provider {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("its address"));
        let shared = Arc::new(Shared {
            issuer: issuer.clone(),
            seed: AtomicU8::new(7),
            asked: AtomicUsize::new(0),
            userinfo: Mutex::default(),
            codes: Mutex::default(),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Provider { issuer, shared }
    }

    /// Signs with another key from now on, and knows the one before no more.
    pub fn change_key(&self, seed: u8) {
        self.shared.seed.store(seed, Ordering::Relaxed);
    }

    pub fn keys_asked(&self) -> usize {
        self.shared.asked.load(Ordering::Relaxed)
    }

    /// What its userinfo says to whoever asks.
    pub fn tell(&self, claims: Value) {
        *self.shared.userinfo.lock().expect("a lock") = claims;
    }

    /// Makes a code that is worth these claims to whoever knows the verifier of `challenge`.
    pub fn vouch(&self, code: &str, claims: Value, challenge: &str) {
        self.shared.codes.lock().expect("a lock").insert(code.to_owned(), (claims, challenge.to_owned()));
    }
}

async fn describe(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let issuer = &shared.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "authorization_response_iss_parameter_supported": true,
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    }))
}

async fn keys(State(shared): State<Arc<Shared>>) -> Json<Value> {
    shared.asked.fetch_add(1, Ordering::Relaxed);
    Json(json!({"keys": [key(shared.seed.load(Ordering::Relaxed)).as_verification_key()]}))
}

async fn userinfo(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(shared.userinfo.lock().expect("a lock").clone())
}

async fn token(State(shared): State<Arc<Shared>>, form: String) -> Json<Value> {
    let pairs: HashMap<&str, &str> = form.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let known = shared.codes.lock().expect("a lock").remove(pairs["code"]);
    let verified =
        |challenge: &String| *challenge == URL_SAFE_NO_PAD.encode(Sha256::digest(pairs["code_verifier"].as_bytes()));
    match known.filter(|(_, challenge)| verified(challenge)) {
        None => Json(json!({"error": "invalid_grant"})),
        Some((claims, _)) => {
            let own = shared.seed.load(Ordering::Relaxed);
            let seed =
                claims.get("seed").and_then(Value::as_u64).map_or(own, |seed| u8::try_from(seed).expect("a seed"));
            let id_token = signed(&claims, own, &key(seed));
            Json(json!({"access_token": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": 60, "id_token": id_token}))
        }
    }
}

/// A token that says that it is signed with one key, and may be signed with another.
fn signed(claims: &Value, kid: u8, key: &CoreEdDsaPrivateSigningKey) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(&json!({"alg": "EdDSA", "typ": "JWT", "kid": kid.to_string()})), part(claims));
    let signature = key.sign(&CoreJwsSigningAlgorithm::EdDsa, message.as_bytes()).expect("a signature");
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}
