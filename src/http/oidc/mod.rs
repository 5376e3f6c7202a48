//! Signing in at an identity provider (OIDC): authorization code with PKCE, state and nonce. Knows no users of ours.

mod fault;
mod pending;
mod provider;
mod token;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::SignedDuration;
use openidconnect::core::{CoreAuthPrompt, CoreResponseType};
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, ClientSecret, CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, Scope,
};
use serde_json::{Map, Value};

pub use fault::NotSignedIn;
pub use pending::Pending;

use crate::plan::{Timestamp, UserName, UserRole};
use crate::services::accounts::{Provided, Source};

/// What the operator says about the provider.
#[derive(Clone, Debug)]
pub struct OidcOptions {
    /// What the app calls it.
    pub name: String,
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Option<ClientSecret>,
    pub scopes: Vec<String>,
    /// The claim with the groups of a user.
    pub role_claim: String,
    /// The role that a group gives.
    pub roles: BTreeMap<String, UserRole>,
}

/// Where the provider sends users back.
pub const CALLBACK: &str = "/api/v1/session/oidc/callback";

/// How long somebody may take at the provider.
pub const PATIENCE: SignedDuration = SignedDuration::from_mins(10);

pub struct Oidc {
    options: OidcOptions,
    callback: String,
    http: reqwest::Client,
    known: Mutex<Option<provider::Known>>,
    /// By state.
    pending: Mutex<HashMap<String, Pending>>,
}

/// Where to send a browser, and what it must bring back.
pub struct Begun {
    pub address: String,
    pub state: String,
}

/// What a browser brings back from the provider.
pub struct Brought<'a> {
    pub code: Option<&'a str>,
    pub error: Option<&'a str>,
    pub issuer: Option<&'a str>,
}

impl Oidc {
    pub fn new(options: OidcOptions, public_url: &str) -> Oidc {
        let callback = format!("{public_url}{CALLBACK}");
        Oidc { options, callback, http: provider::http(), known: Mutex::default(), pending: Mutex::default() }
    }

    pub fn name(&self) -> &str {
        &self.options.name
    }

    /// Remembers a sign-in that begins on a page; a prompt asks the provider not to take for granted who it is.
    pub async fn begin(
        &self,
        page: String,
        prompt: Option<CoreAuthPrompt>,
        from: Source,
        now: Timestamp,
    ) -> Result<Begun, NotSignedIn> {
        let metadata = self.provider_now(now).await?;
        let client = self.client(&metadata).set_redirect_uri(self.redirect_url()?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let scopes = self.options.scopes.iter().cloned().map(Scope::new);
        let request = client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
        let request = request.add_scopes(scopes).set_pkce_challenge(challenge);
        let (address, state, nonce) = prompt.into_iter().fold(request, |request, one| request.add_prompt(one)).url();
        let state = state.into_secret();
        let mut pending = lock(&self.pending);
        let network = from.network();
        pending::make_room(&mut pending, network, now);
        let names_itself = provider::names_itself(&metadata);
        pending.insert(state.clone(), Pending { nonce, verifier, since: now, network, names_itself, page });
        Ok(Begun { address: address.into(), state })
    }

    /// The sign-in that began with a state. Each state is good once.
    pub fn take(&self, state: &str, now: Timestamp) -> Option<Pending> {
        lock(&self.pending).remove(state).filter(|one| now.duration_since(one.since) < PATIENCE)
    }

    /// Who came back from the provider.
    pub async fn finish(
        &self,
        pending: &Pending,
        brought: &Brought<'_>,
        now: Timestamp,
    ) -> Result<Provided, NotSignedIn> {
        // RFC 9207: an answer of another provider says nothing here, not even that it failed.
        let is_other = brought.issuer.is_some_and(|issuer| issuer != self.options.issuer);
        if is_other || (brought.issuer.is_none() && pending.names_itself) {
            return Err(NotSignedIn::Refused.because("the answer", &"it is not this provider's"));
        }
        if let Some(error) = brought.error {
            return Err(NotSignedIn::of_error(error).because("the provider says", &error.escape_debug()));
        }
        let code = brought.code.ok_or_else(|| NotSignedIn::Refused.because("the answer", &"it has no code"))?;
        let provider = self.client(&*self.provider(now).await?).set_redirect_uri(self.redirect_url()?);
        let exchange = provider.exchange_code(AuthorizationCode::new(code.to_owned()));
        let exchange = exchange.map_err(|fault| NotSignedIn::Refused.because("the metadata", &fault))?;
        let exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(pending.verifier.secret().clone()));
        let tokens = exchange.request_async(&|request| provider::fetch(self.http.clone(), request)).await;
        let tokens = tokens.map_err(|fault| match fault {
            RequestTokenError::Request(fault) => NotSignedIn::Unreachable.because_of("the code", &fault),
            fault => NotSignedIn::Refused.because_of("the code", &fault),
        })?;
        let said = self.claims(provider, &tokens, pending, now).await?;
        Ok(self.provided(&said))
    }

    fn provided(&self, said: &token::Said) -> Provided {
        let text = |claim: &str| said.claims.get(claim).and_then(Value::as_str);
        // An address that the provider has not seen proved could be anybody's.
        let email = text("email").filter(|_| said.claims.get("email_verified") != Some(&Value::Bool(false)));
        let name = text("preferred_username").or(email).unwrap_or_default().to_lowercase();
        Provided {
            subject: format!("{} {}", self.options.issuer, said.subject),
            display_name: text("name").map_or_else(|| name.clone(), str::to_owned),
            name: name.parse::<UserName>().ok(),
            roles: roles(&self.options, &said.claims),
        }
    }

    fn redirect_url(&self) -> Result<RedirectUrl, NotSignedIn> {
        RedirectUrl::new(self.callback.clone()).map_err(|fault| NotSignedIn::Failed.because("the callback", &fault))
    }
}

/// The roles that a user's groups give; the claim is one group or a list of them.
fn roles(options: &OidcOptions, claims: &Map<String, Value>) -> BTreeSet<UserRole> {
    let groups = match claims.get(&options.role_claim) {
        Some(Value::Array(groups)) => groups.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(group)) => vec![group.as_str()],
        _ => Vec::new(),
    };
    groups.into_iter().filter_map(|group| options.roles.get(group)).copied().collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
