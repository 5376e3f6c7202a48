//! What the provider says of somebody: the ID token, checked, and what only its userinfo tells.

use jiff::SignedDuration;
use openidconnect::core::{CoreGenderClaim, CoreJsonWebKey};
use openidconnect::{
    AccessTokenHash, ClaimsVerificationError, IdTokenClaims, IdTokenVerifier, Nonce, OAuth2TokenResponse,
    SignatureVerificationError, TokenResponse, UserInfoClaims,
};
use serde::Serialize;
use serde_json::{Map, Value};

use super::fault::NotSignedIn;
use super::provider::{OtherClaims, Provider, Tokens, fetch};
use super::{Oidc, Pending};
use crate::plan::Timestamp;

/// By how much the provider's clock may differ from this one.
const SKEW: SignedDuration = SignedDuration::from_mins(1);

type Claims = IdTokenClaims<OtherClaims, CoreGenderClaim>;

/// Somebody as the provider knows them.
pub struct Said {
    pub subject: String,
    /// All claims by their names.
    pub claims: Map<String, Value>,
}

impl Oidc {
    /// The claims of the ID token. A key that is not known has the keys fetched anew once.
    pub(super) async fn claims(
        &self,
        provider: Provider,
        tokens: &Tokens,
        pending: &Pending,
        now: Timestamp,
    ) -> Result<Said, NotSignedIn> {
        let told = match self.checked(&provider, tokens, pending, now) {
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                let renewed = self.with_new_keys(now).await?.map(|metadata| self.client(&metadata));
                self.checked(renewed.as_ref().unwrap_or(&provider), tokens, pending, now)
            }
            told => told,
        };
        let told = told.map_err(|fault| NotSignedIn::Refused.because_of("the ID token", &fault))?;
        let mut claims = by_name(told)?;
        if self.is_wanting(&claims) {
            let more = self.userinfo(&provider, tokens, told).await?;
            // What is signed for this sign-in counts more.
            let signed = std::mem::replace(&mut claims, more);
            claims.extend(signed);
        }
        Ok(Said { subject: told.subject().to_string(), claims })
    }

    /// Checks the ID token as the standard asks (Core 3.1.3.7); the library leaves `azp`, `iat` and `at_hash` to us.
    fn checked<'a>(
        &self,
        provider: &Provider,
        tokens: &'a Tokens,
        pending: &Pending,
        now: Timestamp,
    ) -> Result<&'a Claims, ClaimsVerificationError> {
        let wrong = |what: &str| ClaimsVerificationError::Other(what.to_owned());
        let id_token = tokens.id_token().ok_or_else(|| wrong("there is none"))?;
        // The library has a type of its own for times; both write them as RFC 3339.
        let moment = (now - SKEW).to_string().parse().map_err(|_| wrong("the time cannot be told"))?;
        let (from, to) = ((pending.since - SKEW).as_second(), (now + SKEW).as_second());
        let verifier: IdTokenVerifier<'_, CoreJsonWebKey> =
            provider.id_token_verifier().set_time_fn(move || moment).set_issue_time_verifier_fn(move |issued| {
                if (from..=to).contains(&issued.timestamp()) {
                    Ok(())
                } else {
                    Err("it was not issued during this sign-in".to_owned())
                }
            });
        let claims = id_token.claims(&verifier, &pending.nonce as &Nonce)?;
        if claims.authorized_party().is_some_and(|party| **party != self.options.client_id) {
            return Err(wrong("it was issued to another program"));
        }
        if let Some(expected) = claims.access_token_hash() {
            let algorithm = id_token.signing_alg().map_err(ClaimsVerificationError::SignatureVerification)?;
            let key = id_token.signing_key(&verifier).map_err(ClaimsVerificationError::SignatureVerification)?;
            let actual = AccessTokenHash::from_token(tokens.access_token(), algorithm, key);
            if actual.map_err(|fault| wrong(&fault.to_string()))? != *expected {
                return Err(wrong("it goes with another access token"));
            }
        }
        Ok(claims)
    }

    /// Whether the ID token leaves something open: with a code, many providers put only the subject into it.
    fn is_wanting(&self, claims: &Map<String, Value>) -> bool {
        let wanted = ["preferred_username", "name", self.options.role_claim.as_str()];
        wanted.iter().any(|claim| !claims.contains_key(*claim))
    }

    /// What the userinfo says of the same subject; nothing where the provider has none.
    async fn userinfo(
        &self,
        provider: &Provider,
        tokens: &Tokens,
        told: &Claims,
    ) -> Result<Map<String, Value>, NotSignedIn> {
        let subject = Some(told.subject().clone());
        let Ok(request) = provider.user_info(tokens.access_token().clone(), subject) else { return Ok(Map::new()) };
        let found = request.request_async(&|request| fetch(self.http.clone(), request)).await;
        let found: UserInfoClaims<OtherClaims, CoreGenderClaim> =
            found.map_err(|fault| NotSignedIn::Refused.because_of("the userinfo", &fault))?;
        by_name(&found)
    }
}

fn by_name(claims: &impl Serialize) -> Result<Map<String, Value>, NotSignedIn> {
    match serde_json::to_value(claims) {
        Ok(Value::Object(claims)) => Ok(claims),
        Ok(_) => Ok(Map::new()),
        Err(fault) => Err(NotSignedIn::Failed.because("the claims", &fault)),
    }
}
