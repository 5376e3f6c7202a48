//! Who may sign in: users, passwords, sessions, tokens of programs, one-time links, and whether anybody may read.
//!
//! Sync, for blocking threads: choosing or checking a password takes a core and 19 MiB for some hundredths of a second, so whoever
//! calls bounds how many do at once. Nothing here knows the time, addresses of pages, or cookies.

mod fault;
mod links;
mod passwords;
mod provided;
mod secret;
mod sessions;
mod throttle;
mod tokens;
mod users;

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::plan::{Identity, SignedInBy, UserName, rights_of};
use crate::store::StoreError;
use crate::store::accounts::AccountsStore;

pub use crate::store::accounts::{NewToken, NewUser, TokenRow, UserRow};
pub use fault::{AccountsError, Violation};
pub use links::{FirstUser, Invitation, LINK_LIFE};
pub use passwords::{MAX_PASSWORD, MIN_PASSWORD};
pub use provided::{NotLetIn, Provided};
pub use secret::Secret;
pub use sessions::{ABSOLUTE_LIMIT, IDLE_LIMIT, Opened, PasswordChange};
pub use throttle::{FAILURES_ANYWHERE, FAILURES_OF_ADDRESS, FAILURES_OF_NAME, PACE, WINDOW};
pub use tokens::MAX_TOKENS;
pub use users::UserPatch;

use throttle::Throttle;

/// All that there is to say about who may come in. One for each server; other processes may work on the same file.
pub struct Accounts {
    store: AccountsStore,
    throttle: Mutex<Throttle>,
    /// As in the file; kept here because every anonymous request asks.
    anonymous_reading: AtomicBool,
}

/// What administrators decide for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessSettings {
    /// Whether those who are not signed in may read what is public.
    pub anonymous_reading: bool,
}

/// Where an attempt comes from, for the throttle.
#[derive(Clone, Copy, Debug)]
pub struct Source(pub IpAddr);

impl Source {
    /// Who has one address of IPv6 has 2^64 of them.
    pub fn network(self) -> IpAddr {
        match self.0.to_canonical() {
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
            address @ IpAddr::V4(_) => address,
        }
    }
}

/// The setting's name in the file.
const ANONYMOUS_READING: &str = "anonymous_reading";

impl Accounts {
    /// # Errors
    /// When the settings cannot be read.
    pub fn new(store: AccountsStore) -> Result<Accounts, StoreError> {
        let kept = store.read(|ledger| ledger.setting(ANONYMOUS_READING))?;
        let anonymous_reading = AtomicBool::new(kept.as_deref() != Some("off"));
        Ok(Accounts { store, throttle: Mutex::default(), anonymous_reading })
    }

    /// Touches no disk.
    pub fn settings(&self) -> AccessSettings {
        AccessSettings { anonymous_reading: self.anonymous_reading.load(Ordering::Acquire) }
    }

    pub fn replace_settings(&self, settings: AccessSettings) -> Result<(), AccountsError> {
        let word = if settings.anonymous_reading { "on" } else { "off" };
        self.store.write(|ledger| {
            ledger.replace_setting(ANONYMOUS_READING, word)?;
            // While the transaction holds the store, so that two changes cannot cross.
            self.anonymous_reading.store(settings.anonymous_reading, Ordering::Release);
            Ok(())
        })
    }

    /// Grows whenever somebody may have lost or got something. Touches no disk.
    pub fn edition(&self) -> u64 {
        self.store.edition()
    }

    /// The same, after a look at whether another process has written.
    pub fn look(&self) -> Result<u64, AccountsError> {
        Ok(self.store.look()?)
    }

    fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn identity_of_session(user: &UserRow) -> Identity {
    Identity {
        name: user.name.clone(),
        display_name: user.display_name.clone(),
        roles: user.roles.clone(),
        rights: rights_of(&user.roles),
        how: SignedInBy::Session,
    }
}

/// The longest name that people give to somebody or something.
const MAX_LABEL: usize = 100;

/// Checks a name for people; says what is wrong with it.
fn label_fault(field: &'static str, text: &str) -> Option<Violation> {
    let plain = !text.trim().is_empty() && text.chars().count() <= MAX_LABEL && !text.chars().any(char::is_control);
    (!plain).then(|| Violation {
        field,
        detail: "is empty, too long, or holds control characters".to_owned(),
        expected: format!("1 to {MAX_LABEL} characters"),
    })
}

fn emptiness<T>(field: &'static str, words: &BTreeSet<T>, expected: &str) -> Option<Violation> {
    words.is_empty().then(|| Violation { field, detail: "is empty".to_owned(), expected: expected.to_owned() })
}

fn unknown_user(name: &UserName) -> AccountsError {
    AccountsError::Absent { what: "user", detail: format!("there is no user {name}") }
}
