//! Personal tokens of programs: what they may do is decided at each use, from their scopes and what their owner may do then.

use std::collections::BTreeSet;

use crate::plan::{Identity, Right, SignedInBy, Timestamp, UserName};
use crate::store::StoreError;
use crate::store::accounts::{Digest, NewToken, TokenRow, UserRow};

use super::fault::{Violation, check};
use super::remembered::Good;
use super::secret::{Secret, digest};
use super::sessions::{SEEN_GRAIN, note_use, see};
use super::{Accounts, AccountsError, emptiness, identity_of_session, label_fault, unknown_user};

/// Tokens that one user may have.
pub const MAX_TOKENS: usize = 50;

/// Tells what the text is for, also to programs that look for secrets in files.
const PREFIX: &str = "guatu_";

impl Accounts {
    /// Who is behind a token; nobody when it is unknown, over, or its owner is disabled. Counts as a use of the token.
    pub fn caller_of_token(&self, token: &str, now: Timestamp) -> Result<Option<Identity>, AccountsError> {
        let digest = digest(token);
        self.ask_or_remember(&digest, SignedInBy::Token, now, || {
            let Some((token, user)) = self.good_token(&digest, now)? else { return Ok(None) };
            if token.last_used.is_none_or(|used| now.duration_since(used) >= SEEN_GRAIN) {
                note_use(self.store.note::<_, StoreError>(|ledger| {
                    ledger.touch_token(token.id, now)?;
                    see(ledger, user.id, now)
                }));
            }
            Ok(Some(good(&token, &user)))
        })
    }

    /// The same without counting as a use.
    pub fn still_of_token(&self, token: &str, now: Timestamp) -> Result<Option<Identity>, AccountsError> {
        let digest = digest(token);
        self.ask_or_remember(&digest, SignedInBy::Token, now, || {
            Ok(self.good_token(&digest, now)?.map(|(token, user)| good(&token, &user)))
        })
    }

    fn good_token(&self, digest: &Digest, now: Timestamp) -> Result<Option<(TokenRow, UserRow)>, StoreError> {
        let found = self.store.read::<_, StoreError>(|ledger| {
            let Some(token) = ledger.token(digest)? else { return Ok(None) };
            Ok(ledger.user(token.user)?.map(|user| (token, user)))
        })?;
        Ok(found.filter(|(token, user)| !user.disabled && token.expires.is_none_or(|expires| now < expires)))
    }

    pub fn tokens(&self, owner: &UserName) -> Result<Vec<TokenRow>, AccountsError> {
        self.store.read(|ledger| {
            let user = ledger.user_named(owner)?.ok_or_else(|| unknown_user(owner))?;
            let tokens = ledger.tokens_of(user.id)?.into_iter();
            Ok(tokens.map(|token| TokenRow { scopes: with_reading(token.scopes), ..token }).collect())
        })
    }

    pub fn create_token(
        &self,
        owner: &Identity,
        new: NewToken,
        now: Timestamp,
    ) -> Result<(Secret, TokenRow), AccountsError> {
        let beyond: Vec<&str> = new.scopes.difference(&owner.rights).map(|right| right.as_str()).collect();
        let expected = || owner.rights.iter().map(|right| right.as_str()).collect::<Vec<_>>().join(", ");
        check([
            label_fault("label", &new.label),
            emptiness("scopes", &new.scopes, &format!("one or more of {}", expected())),
            (!beyond.is_empty()).then(|| Violation {
                field: "scopes",
                detail: format!("{} is not a right of yours", beyond.join(", ")),
                expected: format!("one or more of {}", expected()),
            }),
            new.expires.filter(|expires| *expires <= now).map(|_| Violation {
                field: "expires",
                detail: "is past".to_owned(),
                expected: "a day that is not over, or null".to_owned(),
            }),
        ])?;
        let new = NewToken { scopes: with_reading(new.scopes), ..new };
        let secret = Secret::fresh(PREFIX)?;
        self.store.write(|ledger| {
            let user = ledger.user_named(&owner.name)?.ok_or_else(|| unknown_user(&owner.name))?;
            if ledger.tokens_of(user.id)?.len() >= MAX_TOKENS {
                return Err(AccountsError::Conflict(format!(
                    "there are {MAX_TOKENS} tokens already; revoke one first"
                )));
            }
            let id = ledger.add_token(&secret.digest(), user.id, &new, now)?;
            let NewToken { label, scopes, expires } = new;
            Ok((secret, TokenRow { id, user: user.id, label, scopes, created: now, expires, last_used: None }))
        })
    }

    /// All tokens of a user are good for nothing from now on.
    pub fn revoke_tokens(&self, owner: &UserName) -> Result<(), AccountsError> {
        self.store.write(|ledger| {
            let user = ledger.user_named(owner)?.ok_or_else(|| unknown_user(owner))?;
            Ok(ledger.delete_tokens_of(user.id)?)
        })
    }

    /// The token is good for nothing from now on.
    pub fn revoke_token(&self, owner: &UserName, id: i64) -> Result<(), AccountsError> {
        self.store.write(|ledger| {
            let user = ledger.user_named(owner)?.ok_or_else(|| unknown_user(owner))?;
            match ledger.delete_token(user.id, id)? {
                0 => Err(AccountsError::Absent { what: "token", detail: format!("there is no token {id} of yours") }),
                _ => Ok(()),
            }
        })
    }
}

fn identity_of_token(token: &TokenRow, user: &UserRow) -> Identity {
    let owner = identity_of_session(user);
    let rights = owner.rights.intersection(&with_reading(token.scopes.clone())).copied().collect();
    Identity { rights, how: SignedInBy::Token, ..owner }
}

fn good(token: &TokenRow, user: &UserRow) -> Good {
    Good { identity: identity_of_token(token, user), until: token.expires.unwrap_or(Timestamp::MAX) }
}

/// Who may change something may read it: answers to changes tell what the record is.
fn with_reading(mut scopes: BTreeSet<Right>) -> BTreeSet<Right> {
    if scopes.contains(&Right::EditPlan) || scopes.contains(&Right::EditGeometry) {
        scopes.insert(Right::Read);
    }
    scopes
}
