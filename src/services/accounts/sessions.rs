//! Signing in and out, and who is behind a session. What a session is kept in is the web room's matter.

use jiff::SignedDuration;

use super::fault::check;
use super::remembered::Good;
use super::secret::{Secret, digest};
use super::{Accounts, AccountsError, Source, identity_of_session, passwords};
use crate::plan::{Identity, SignedInBy, Timestamp, UserName};
use crate::store::StoreError;
use crate::store::accounts::{Digest, Ledger, SessionRow, UserRow};

/// A session ends when nothing was asked in it for this long.
pub const IDLE_LIMIT: SignedDuration = SignedDuration::from_hours(12);

/// A session ends at this age, whatever was asked in it.
pub const ABSOLUTE_LIMIT: SignedDuration = SignedDuration::from_hours(14 * 24);

/// How exactly it is known when a session or a token was last used: writing at every request would be dear.
pub(super) const SEEN_GRAIN: SignedDuration = SignedDuration::from_mins(1);

/// A session that has just begun.
pub struct Opened {
    pub secret: Secret,
    pub identity: Identity,
}

impl Accounts {
    /// Begins a session. As slow for an unknown or disabled user as for a wrong password.
    pub fn sign_in(&self, name: &str, password: &str, from: Source, now: Timestamp) -> Result<Opened, AccountsError> {
        let name: Option<UserName> = name.parse().ok();
        self.throttle().begin(name.as_ref(), from, now)?;
        let find = |name: &UserName| self.store.read(|ledger| ledger.user_named(name));
        let user = name.as_ref().map(find).transpose()?.flatten().filter(|user| !user.disabled);
        let matches = passwords::matches(password, user.as_ref().and_then(|user| user.password.as_deref()))?;
        let user = user.filter(|_| matches).ok_or(AccountsError::WrongPassword)?;
        self.throttle().succeeded(&user.name, from, now);
        self.store.note(|ledger| {
            // It may have been disabled, or got another password, while this one was checked.
            let still = |now: &UserRow| !now.disabled && now.password == user.password;
            let user = ledger.user(user.id)?.filter(still).ok_or(AccountsError::WrongPassword)?;
            open_session(ledger, &user, now)
        })
    }

    /// Who is behind a session's secret; nobody when it has ended. Counts as a use of the session.
    pub fn caller_of_session(&self, secret: &str, now: Timestamp) -> Result<Option<Identity>, AccountsError> {
        let digest = digest(secret);
        self.ask_or_remember(&digest, SignedInBy::Session, now, || {
            let Some((session, user)) = self.good_session(&digest, now)? else { return Ok(None) };
            if now.duration_since(session.seen) >= SEEN_GRAIN {
                note_use(self.store.note::<_, StoreError>(|ledger| {
                    ledger.touch_session(&digest, now)?;
                    see(ledger, user.id, now)
                }));
            }
            Ok(Some(good(&session, &user)))
        })
    }

    /// The same without counting as a use, so that who only listens does not keep a session from ending.
    pub fn still_of_session(&self, secret: &str, now: Timestamp) -> Result<Option<Identity>, AccountsError> {
        let digest = digest(secret);
        self.ask_or_remember(&digest, SignedInBy::Session, now, || {
            Ok(self.good_session(&digest, now)?.map(|(session, user)| good(&session, &user)))
        })
    }

    fn good_session(&self, digest: &Digest, now: Timestamp) -> Result<Option<(SessionRow, UserRow)>, StoreError> {
        let found = self.store.read::<_, StoreError>(|ledger| {
            let Some(session) = ledger.session(digest)? else { return Ok(None) };
            Ok(ledger.user(session.user)?.map(|user| (session, user)))
        })?;
        Ok(found.filter(|(session, user)| now < end_of(session) && !user.disabled))
    }

    pub fn sign_out(&self, secret: &str) -> Result<(), AccountsError> {
        let digest = digest(secret);
        // Also where it cannot be written down.
        self.remembered.forget(&digest);
        Ok(self.store.write::<_, StoreError>(|ledger| ledger.end_session(&digest))?)
    }

    /// Changes the password of a user who knows the old one, and ends all sessions but the one that asks.
    pub fn change_password(
        &self,
        session: &str,
        change: &PasswordChange,
        from: Source,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        let identity = self.caller_of_session(session, now)?.ok_or(AccountsError::WrongPassword)?;
        let name = identity.name;
        check([passwords::fault("new", change.new, &name)])?;
        self.throttle().begin(Some(&name), from, now)?;
        let user = self.store.read(|ledger| ledger.user_named(&name))?.ok_or(AccountsError::WrongPassword)?;
        if !passwords::matches(change.old, user.password.as_deref())? {
            return Err(AccountsError::WrongPassword);
        }
        self.throttle().succeeded(&name, from, now);
        let hash = passwords::hash(change.new)?;
        self.store.write(|ledger| {
            let still = |now: &UserRow| !now.disabled && now.password == user.password;
            let user = ledger.user(user.id)?.filter(still).ok_or(AccountsError::WrongPassword)?;
            ledger.end_sessions_of(user.id, Some(&digest(session)))?;
            Ok(ledger.replace_user(&UserRow { password: Some(hash), ..user })?)
        })
    }
}

/// When a session ends if nothing more is asked in it.
fn end_of(session: &SessionRow) -> Timestamp {
    let after = |time: Timestamp, limit: SignedDuration| time.checked_add(limit).unwrap_or(Timestamp::MAX);
    after(session.seen, IDLE_LIMIT).min(after(session.created, ABSOLUTE_LIMIT))
}

fn good(session: &SessionRow, user: &UserRow) -> Good {
    Good { identity: identity_of_session(user), until: end_of(session) }
}

/// From one password to another.
pub struct PasswordChange<'a> {
    pub old: &'a str,
    pub new: &'a str,
}

/// Begins a session within a transaction, and forgets those that are over.
pub(super) fn open_session(ledger: &Ledger, user: &UserRow, now: Timestamp) -> Result<Opened, AccountsError> {
    let before = |limit: SignedDuration| now.checked_sub(limit).unwrap_or(Timestamp::MIN);
    ledger.forget_sessions(before(ABSOLUTE_LIMIT), before(IDLE_LIMIT))?;
    let secret = Secret::fresh("")?;
    ledger.add_session(&secret.digest(), user.id, now)?;
    let identity = identity_of_session(user);
    see(ledger, user.id, now)?;
    Ok(Opened { secret, identity })
}

/// Whoever is known may go on where their use cannot be noted: on a full disk, reading does not stop.
pub(super) fn note_use(noted: Result<(), StoreError>) {
    if let Err(fault) = noted {
        tracing::warn!(%fault, "a use of a session or a token was not noted");
    }
}

/// Notes that a user was here.
pub(super) fn see(ledger: &Ledger, user: i64, now: Timestamp) -> Result<(), StoreError> {
    match ledger.user(user)? {
        Some(user) => ledger.replace_user(&UserRow { last_seen: Some(now), ..user }),
        None => Ok(()),
    }
}
