//! The identity provider as it describes itself: its addresses, its keys, and how long they are taken as known.

use std::sync::{Arc, Once};
use std::time::Duration;

use jiff::SignedDuration;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreErrorResponseType,
    CoreGenderClaim, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
    CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AdditionalProviderMetadata, AuthType, Client, ClientId, EmptyExtraTokenFields, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdTokenFields, IssuerUrl, ProviderMetadata,
    StandardErrorResponse, StandardTokenResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::fault::NotSignedIn;
use super::{Oidc, lock};
use crate::plan::Timestamp;

/// How long the provider's addresses and keys are taken as known for somebody who comes back.
const METADATA_LIFE: SignedDuration = SignedDuration::from_mins(5);

/// A sign-in begins with a look whether the provider is there, and a key that is not known has the keys fetched anew; neither sooner
/// than this after the last time.
const REST: SignedDuration = SignedDuration::from_secs(5);

/// How long the provider may take to answer. A sign-in asks at most four times, and must have its page before the request's own limit.
const TIMEOUT: Duration = Duration::from_secs(6);

/// All claims that are not of the standard.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OtherClaims(Map<String, Value>);

impl AdditionalClaims for OtherClaims {}

/// What RFC 9207 adds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OtherMetadata {
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for OtherMetadata {}

type Metadata = ProviderMetadata<
    OtherMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// When it was fetched, and what.
pub type Known = (Timestamp, Arc<Metadata>);

pub type Fields = IdTokenFields<
    OtherClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

pub type Tokens = StandardTokenResponse<Fields, CoreTokenType>;

/// The library's client, once it knows the provider's addresses.
pub type Provider = Client<
    OtherClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
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

/// The client for everything that is asked of the provider.
pub fn http() -> reqwest::Client {
    // Fails only when somebody chose another one before, which is as good.
    TLS.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    // A redirect could lead the server's own requests to places inside the network.
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(TIMEOUT);
    client.build().expect("TLS has its provider since the line above")
}

impl Oidc {
    /// The provider, as it was known a moment ago or as it is now, for a browser that is sent there.
    pub(super) async fn provider_now(&self, now: Timestamp) -> Result<Arc<Metadata>, NotSignedIn> {
        match self.known_since(now, REST) {
            Some(metadata) => Ok(metadata),
            None => self.discover(now).await,
        }
    }

    /// The provider, as it was known a short while ago or as it is now.
    pub(super) async fn provider(&self, now: Timestamp) -> Result<Arc<Metadata>, NotSignedIn> {
        match self.known_since(now, METADATA_LIFE) {
            Some(metadata) => Ok(metadata),
            None => self.discover(now).await,
        }
    }

    /// The provider with the keys that it has now; none when they were fetched just before.
    pub(super) async fn with_new_keys(&self, now: Timestamp) -> Result<Option<Arc<Metadata>>, NotSignedIn> {
        if self.known_since(now, REST).is_some() {
            return Ok(None);
        }
        self.discover(now).await.map(Some)
    }

    fn known_since(&self, now: Timestamp, life: SignedDuration) -> Option<Arc<Metadata>> {
        let known = lock(&self.known);
        let (_, metadata) = known.as_ref().filter(|(since, _)| now.duration_since(*since) < life)?;
        Some(Arc::clone(metadata))
    }

    async fn discover(&self, now: Timestamp) -> Result<Arc<Metadata>, NotSignedIn> {
        let failed = |fault: &dyn std::error::Error| NotSignedIn::Unreachable.because_of("it cannot be asked", fault);
        let issuer = IssuerUrl::new(self.options.issuer.clone()).map_err(|fault| failed(&fault))?;
        let found = Metadata::discover_async(issuer, &|request| fetch(self.http.clone(), request)).await;
        let metadata = Arc::new(found.map_err(|fault| failed(&fault))?);
        *lock(&self.known) = Some((now, Arc::clone(&metadata)));
        Ok(metadata)
    }

    /// This server as a client of the provider.
    pub(super) fn client(&self, metadata: &Metadata) -> Provider {
        let client_id = ClientId::new(self.options.client_id.clone());
        let client = Client::from_provider_metadata(metadata.clone(), client_id, self.options.client_secret.clone());
        client.set_auth_type(auth_type(metadata))
    }
}

/// Whether the provider promises to say in each answer who it is.
pub fn names_itself(metadata: &Metadata) -> bool {
    metadata.additional_metadata().authorization_response_iss_parameter_supported
}

/// How the client's secret is shown: in the header, unless the provider takes it in the body alone.
fn auth_type(metadata: &Metadata) -> AuthType {
    let methods = metadata.token_endpoint_auth_methods_supported();
    let takes = |method| methods.is_some_and(|methods| methods.contains(&method));
    let only_in_body = takes(CoreClientAuthMethod::ClientSecretPost) && !takes(CoreClientAuthMethod::ClientSecretBasic);
    if only_in_body { AuthType::RequestBody } else { AuthType::BasicAuth }
}

#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error(transparent)]
    Request(#[from] reqwest::Error),
    #[error(transparent)]
    Answer(#[from] axum::http::Error),
}

/// Sends a request of the library's with our client.
pub async fn fetch(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, FetchError> {
    let answer = http.execute(request.try_into()?).await?;
    let mut response = axum::http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        response = response.header(name, value);
    }
    Ok(response.body(answer.bytes().await?.to_vec())?)
}
