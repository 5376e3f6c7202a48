//! One-time links: to set a new server up, and to choose a password. Each is good once, and not for long.

use jiff::SignedDuration;

use super::fault::check;
use super::secret::{Secret, digest};
use super::sessions::{Opened, open_session};
use super::users::{add, faults, link_path};
use super::{Accounts, AccountsError, passwords};
use crate::plan::{Timestamp, UserRole};
use crate::store::StoreError;
use crate::store::accounts::{Ledger, NewUser, UserRow};

/// How long a link is good: over a weekend it is sent again.
pub const LINK_LIFE: SignedDuration = SignedDuration::from_hours(48);

/// Whoever sets a server up may do everything, and can share it out later.
const ROLES_OF_THE_FIRST: [UserRole; 4] = [UserRole::Inspector, UserRole::Planner, UserRole::Gis, UserRole::Admin];

/// A link to choose a password by.
pub struct Invitation {
    pub(super) secret: Secret,
    pub expires: Timestamp,
}

/// Who sets a server up.
pub struct FirstUser {
    pub name: crate::plan::UserName,
    pub display_name: String,
}

impl Accounts {
    /// Whether there is nobody yet.
    pub fn setup_needed(&self) -> Result<bool, AccountsError> {
        Ok(self.store.read::<_, StoreError>(|ledger| Ok(!ledger.has_users()?))?)
    }

    /// The path of a fresh link to set the server up by; none when there is a user. Earlier ones are good no longer.
    pub fn begin_setup(&self, now: Timestamp) -> Result<Option<String>, AccountsError> {
        self.store.write(|ledger| {
            if ledger.has_users()? {
                return Ok(None);
            }
            let secret = Secret::fresh("")?;
            ledger.add_invitation(&secret.digest(), None, end_of_link(now))?;
            Ok(Some(link_path("/setup", &secret)))
        })
    }

    /// Makes the first user.
    ///
    /// # Errors
    /// [`AccountsError::Conflict`] when there is a user already.
    pub fn finish_setup(
        &self,
        token: &str,
        first: FirstUser,
        password: &str,
        now: Timestamp,
    ) -> Result<Opened, AccountsError> {
        let roles = ROLES_OF_THE_FIRST.into_iter().collect();
        let new = NewUser { name: first.name, display_name: first.display_name, roles };
        let good = |ledger: &Ledger| {
            if ledger.has_users()? {
                return Err(AccountsError::Conflict("this server is set up already".to_owned()));
            }
            let link = ledger.invitation(&digest(token))?;
            link.filter(|link| link.user.is_none() && now < link.expires).map(|_| ()).ok_or_else(spent)
        };
        // Before the work, so that guessing costs us nothing.
        self.store.read(good)?;
        check(faults(&new).into_iter().chain([passwords::fault("password", password, &new.name)]))?;
        let hash = passwords::hash(password)?;
        self.store.write(|ledger| {
            good(ledger)?;
            ledger.forget_invitations_of(None)?;
            let user = UserRow { password: Some(hash), ..add(ledger, &new, now)? };
            ledger.replace_user(&user)?;
            open_session(ledger, &user, now)
        })
    }

    /// Takes the password that an invited user chose, and begins a session.
    pub fn accept_invitation(&self, token: &str, password: &str, now: Timestamp) -> Result<Opened, AccountsError> {
        let invited = |ledger: &Ledger| {
            let link = ledger.invitation(&digest(token))?.filter(|link| now < link.expires).ok_or_else(spent)?;
            let user = link.user.map(|user| ledger.user(user)).transpose()?.flatten();
            user.filter(|user| !user.disabled).ok_or_else(spent)
        };
        let user = self.store.read(invited)?;
        check([passwords::fault("password", password, &user.name)])?;
        let hash = passwords::hash(password)?;
        self.store.write(|ledger| {
            let user = UserRow { password: Some(hash), ..invited(ledger)? };
            ledger.forget_invitations_of(Some(user.id))?;
            ledger.end_sessions_of(user.id, None)?;
            ledger.replace_user(&user)?;
            open_session(ledger, &user, now)
        })
    }
}

/// Makes a link for a user within a transaction.
pub(super) fn invite(ledger: &Ledger, user: &UserRow, now: Timestamp) -> Result<Invitation, AccountsError> {
    let (secret, expires) = (Secret::fresh("")?, end_of_link(now));
    ledger.add_invitation(&secret.digest(), Some(user.id), expires)?;
    Ok(Invitation { secret, expires })
}

fn end_of_link(now: Timestamp) -> Timestamp {
    now.checked_add(LINK_LIFE).unwrap_or(Timestamp::MAX)
}

fn spent() -> AccountsError {
    let detail = "the link was used, has expired, or was replaced by a later one; ask for a fresh one";
    AccountsError::Absent { what: "token", detail: detail.to_owned() }
}
