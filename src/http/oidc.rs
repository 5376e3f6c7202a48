//! Signing in at an identity provider (OIDC): authorization code with PKCE, state and nonce. Knows no users of ours.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AuthenticationFlow, AuthorizationCode, Client, ClientId, ClientSecret,
    CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse,
    IdTokenClaims, IdTokenFields, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, Scope, StandardErrorResponse, StandardTokenResponse, TokenResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::answer::Problem;
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

/// Those who are at the provider at the same time; beyond it, whoever has been there for longest begins again.
const MAX_PENDING: usize = 10_000;

/// The same for one network, so that one alone cannot crowd others out.
const MAX_PENDING_OF_NETWORK: usize = 200;

/// How long the provider's addresses and keys are taken as known.
const METADATA_LIFE: SignedDuration = SignedDuration::from_mins(5);

/// How long the provider may take to answer.
const TIMEOUT: Duration = Duration::from_secs(10);

pub struct Oidc {
    options: OidcOptions,
    callback: String,
    http: reqwest::Client,
    known: Mutex<Option<(Timestamp, Arc<CoreProviderMetadata>)>>,
    /// By state.
    pending: Mutex<HashMap<String, Pending>>,
}

/// Somebody who is at the provider.
struct Pending {
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    since: Timestamp,
    network: IpAddr,
}

/// Where to send a browser, and what it must bring back.
pub struct Begun {
    pub address: String,
    pub state: String,
}

/// All claims that are not of the standard.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct OtherClaims(Map<String, Value>);

impl AdditionalClaims for OtherClaims {}

type Fields = IdTokenFields<
    OtherClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

/// The library's client, once it knows the provider's addresses.
type Provider = Client<
    OtherClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

static TLS: Once = Once::new();

impl Oidc {
    pub fn new(options: OidcOptions, public_url: &str) -> Oidc {
        // Fails only when somebody chose another one before, which is as good.
        TLS.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
        // A redirect could lead the server's own requests to places inside the network.
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(TIMEOUT);
        let http = client.build().expect("TLS has its provider since the line above");
        let callback = format!("{public_url}{CALLBACK}");
        Oidc { options, callback, http, known: Mutex::default(), pending: Mutex::default() }
    }

    pub fn name(&self) -> &str {
        &self.options.name
    }

    /// Remembers a sign-in that begins.
    pub async fn begin(&self, from: Source, now: Timestamp) -> Result<Begun, Problem> {
        let provider = self.provider(now).await?.set_redirect_uri(self.redirect_url()?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let scopes = self.options.scopes.iter().cloned().map(Scope::new);
        let request = provider.authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
        let (address, state, nonce) = request.add_scopes(scopes).set_pkce_challenge(challenge).url();
        let state = state.into_secret();
        let mut pending = lock(&self.pending);
        let network = from.network();
        make_room(&mut pending, network, now);
        pending.insert(state.clone(), Pending { nonce, verifier, since: now, network });
        Ok(Begun { address: address.into(), state })
    }

    /// Who came back from the provider with a code. Each state is good once.
    pub async fn finish(&self, state: &str, code: &str, now: Timestamp) -> Result<Provided, Problem> {
        let pending = lock(&self.pending).remove(state).filter(|one| now.duration_since(one.since) < PATIENCE);
        let pending = pending.ok_or_else(|| Problem::forbidden("this sign-in has ended; begin it again"))?;
        let provider = self.provider(now).await?.set_redirect_uri(self.redirect_url()?);
        let refused = |what: &str, fault: &dyn std::fmt::Display| {
            tracing::warn!(%fault, "the identity provider's {what} was not taken");
            Problem::forbidden("the identity provider did not vouch for this sign-in; begin it again")
        };
        let exchange = provider.exchange_code(AuthorizationCode::new(code.to_owned())).map_err(Problem::internal)?;
        let fetch = |request| fetch(self.http.clone(), request);
        let tokens = exchange.set_pkce_verifier(pending.verifier).request_async(&fetch).await;
        let tokens = tokens.map_err(|fault| refused("code", &fault))?;
        let id_token = tokens.id_token().ok_or_else(|| refused("answer", &"it has no ID token"))?;
        let verifier = provider.id_token_verifier();
        let claims = id_token.claims(&verifier, &pending.nonce).map_err(|fault| refused("ID token", &fault))?;
        if let Some(expected) = claims.access_token_hash() {
            let algorithm = id_token.signing_alg().map_err(|fault| refused("ID token", &fault))?;
            let key = id_token.signing_key(&verifier).map_err(|fault| refused("ID token", &fault))?;
            let actual = AccessTokenHash::from_token(tokens.access_token(), algorithm, key);
            if actual.map_err(|fault| refused("access token", &fault))? != *expected {
                return Err(refused("access token", &"its hash is another"));
            }
        }
        self.provided(claims)
    }

    fn provided(&self, claims: &IdTokenClaims<OtherClaims, CoreGenderClaim>) -> Result<Provided, Problem> {
        let name = claims.preferred_username().map(|name| name.as_str());
        let name = name.or_else(|| claims.email().map(|email| email.as_str())).unwrap_or_default().to_lowercase();
        let wrong =
            |fault| Problem::forbidden(format!("the identity provider gives no name that can be used here: {fault}"));
        let name: UserName = name.parse().map_err(wrong)?;
        let full_name = claims.name().and_then(|names| names.get(None)).map(|full_name| full_name.to_string());
        Ok(Provided {
            subject: format!("{} {}", self.options.issuer, claims.subject().as_str()),
            display_name: full_name.unwrap_or_else(|| name.to_string()),
            name,
            roles: roles(&self.options, &claims.additional_claims().0),
        })
    }

    fn redirect_url(&self) -> Result<RedirectUrl, Problem> {
        RedirectUrl::new(self.callback.clone()).map_err(Problem::internal)
    }

    /// The provider as it describes itself.
    async fn provider(&self, now: Timestamp) -> Result<Provider, Problem> {
        let fresh = |(since, metadata): &(Timestamp, Arc<CoreProviderMetadata>)| {
            (now.duration_since(*since) < METADATA_LIFE).then(|| Arc::clone(metadata))
        };
        let known = lock(&self.known).as_ref().and_then(fresh);
        let metadata = match known {
            Some(metadata) => metadata,
            None => {
                let issuer = IssuerUrl::new(self.options.issuer.clone()).map_err(Problem::internal)?;
                let fetch = |request| fetch(self.http.clone(), request);
                let found = CoreProviderMetadata::discover_async(issuer, &fetch).await;
                let metadata = Arc::new(found.map_err(|fault| {
                    tracing::error!(%fault, issuer = self.options.issuer, "the identity provider cannot be asked");
                    Problem::unavailable("the identity provider does not answer; try again later")
                })?);
                *lock(&self.known) = Some((now, Arc::clone(&metadata)));
                metadata
            }
        };
        let client_id = ClientId::new(self.options.client_id.clone());
        Ok(Client::from_provider_metadata((*metadata).clone(), client_id, self.options.client_secret.clone()))
    }
}

/// Forgets who took too long, and who has been away for longest of a network, or of all, that has no place left.
fn make_room(pending: &mut HashMap<String, Pending>, network: IpAddr, now: Timestamp) {
    pending.retain(|_, one| now.duration_since(one.since) < PATIENCE);
    let of_network = pending.values().filter(|one| one.network == network).count();
    let is_crowded = of_network >= MAX_PENDING_OF_NETWORK;
    if is_crowded || pending.len() >= MAX_PENDING {
        let candidates = pending.iter().filter(|(_, one)| !is_crowded || one.network == network);
        let oldest = candidates.min_by_key(|(_, one)| one.since).map(|(state, _)| state.clone());
        oldest.and_then(|state| pending.remove(&state));
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

#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error(transparent)]
    Request(#[from] reqwest::Error),
    #[error(transparent)]
    Answer(#[from] axum::http::Error),
}

/// Sends a request of the library's with our client.
async fn fetch(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, FetchError> {
    let answer = http.execute(request.try_into()?).await?;
    let mut response = axum::http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        response = response.header(name, value);
    }
    Ok(response.body(answer.bytes().await?.to_vec())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_crowds_the_way_in_crowds_out_nobody_else_until_all_places_are_taken() {
        let mut pending = HashMap::new();
        let at = |second: i64| Timestamp::from_second(second).unwrap_or_default();
        let mut begin = |state: &str, network: u32, second: i64| {
            let network = IpAddr::V4(network.into());
            make_room(&mut pending, network, at(second));
            let one = Pending {
                nonce: Nonce::new("n".to_owned()),
                verifier: PkceCodeVerifier::new("v".to_owned()),
                since: at(second),
                network,
            };
            pending.insert(state.to_owned(), one);
            (pending.len(), pending.contains_key("mine"), pending.contains_key("0"))
        };
        assert_eq!(begin("mine", 1, 0), (1, true, false));
        for number in 0..MAX_PENDING_OF_NETWORK {
            assert_eq!(begin(&number.to_string(), 2, 1), (number + 2, true, true));
        }
        for number in 1_000..2_000 {
            assert!(begin(&number.to_string(), 2, 2).1, "another network's places are its own");
        }
        assert_eq!(begin("more", 2, 2), (MAX_PENDING_OF_NETWORK + 1, true, false));
        for number in (2_000..).take(MAX_PENDING - MAX_PENDING_OF_NETWORK - 1) {
            assert!(begin(&number.to_string(), number, 2).1);
        }
        assert_eq!(begin("last", 0, 3), (MAX_PENDING, false, false), "the oldest of all makes room");
        assert_eq!(begin("late", 0, 700).0, 1, "who took too long is forgotten");
    }
}
