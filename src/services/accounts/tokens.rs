//! Personal tokens of programs: what they may do is decided at each use, from their scopes and what their owner may do then.

use crate::plan::{Identity, SignedInBy, Timestamp, UserName};
use crate::store::StoreError;
use crate::store::accounts::{NewToken, TokenRow};

use super::fault::{Violation, check};
use super::secret::{Secret, digest};
use super::sessions::{SEEN_GRAIN, note_use, see};
use super::{Accounts, AccountsError, emptiness, identity_of_session, label_fault, unknown_user};

/// Tokens that one user may have.
pub const MAX_TOKENS: usize = 50;

/// Tells what the text is for, also to programs that look for secrets in files.
const PREFIX: &str = "guatu_";

impl Accounts {
    /// Who is behind a token; nobody when it is unknown, over, or its owner is disabled.
    pub fn caller_of_token(&self, token: &str, now: Timestamp) -> Result<Option<Identity>, AccountsError> {
        let digest = digest(token);
        let found = self.store.read::<_, StoreError>(|ledger| {
            let Some(token) = ledger.token(&digest)? else { return Ok(None) };
            Ok(ledger.user(token.user)?.map(|user| (token, user)))
        })?;
        let Some((token, user)) = found else { return Ok(None) };
        if user.disabled || token.expires.is_some_and(|expires| now >= expires) {
            return Ok(None);
        }
        if token.last_used.is_none_or(|used| now.duration_since(used) >= SEEN_GRAIN) {
            note_use(self.store.write::<_, StoreError>(|ledger| {
                ledger.touch_token(token.id, now)?;
                see(ledger, user.id, now)
            }));
        }
        let owner = identity_of_session(&user);
        let rights = owner.rights.intersection(&token.scopes).copied().collect();
        Ok(Some(Identity { rights, how: SignedInBy::Token, ..owner }))
    }

    pub fn tokens(&self, owner: &UserName) -> Result<Vec<TokenRow>, AccountsError> {
        self.store.read(|ledger| {
            let user = ledger.user_named(owner)?.ok_or_else(|| unknown_user(owner))?;
            Ok(ledger.tokens_of(user.id)?)
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
