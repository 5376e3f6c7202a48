//! Who may sign in: users, passwords, sessions, tokens of programs, one-time links, and whether anybody may read.
//!
//! Sync, for blocking threads: choosing or checking a password takes a core and 19 MiB for some hundredths of a second, so whoever
//! calls bounds how many do at once. Nothing here knows the time, addresses of pages, or cookies.

mod fault;
mod links;
mod passwords;
mod provided;
mod remembered;
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
pub use remembered::{MAX_REMEMBERED, REMEMBERED_FOR};
pub use secret::Secret;
pub use sessions::{ABSOLUTE_LIMIT, IDLE_LIMIT, Opened, PasswordChange};
pub use throttle::{FAILURES_ANYWHERE, FAILURES_OF_ADDRESS, FAILURES_OF_NAME, PACE, WINDOW};
pub use tokens::MAX_TOKENS;
pub use users::UserPatch;

use remembered::Remembered;
use throttle::Throttle;

/// All that there is to say about who may come in. One for each server; other processes and servers may work on the same accounts.
pub struct Accounts {
    store: AccountsStore,
    /// In memory, for this server alone: with several servers a guesser who is sent to all of them has as many times the attempts, and
    /// what slows them is counted again after a start. Shared counting would let guesses write to everybody's database.
    throttle: Mutex<Throttle>,
    remembered: Remembered,
    /// Whether the accounts themselves answered when somebody was last looked at.
    is_sure: AtomicBool,
    /// As in the store; kept here because every anonymous request asks.
    anonymous_reading: AtomicBool,
    /// The edition that it was read in.
    read_in: Mutex<u64>,
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

/// The setting's name in the store.
const ANONYMOUS_READING: &str = "anonymous_reading";

impl Accounts {
    /// # Errors
    /// When the settings cannot be read.
    pub fn new(store: AccountsStore) -> Result<Accounts, StoreError> {
        let read_in = Mutex::new(store.edition());
        let anonymous_reading = AtomicBool::new(anonymous_reading(&store)?);
        let (throttle, remembered, is_sure) = (Mutex::default(), Remembered::default(), AtomicBool::new(true));
        Ok(Accounts { store, throttle, remembered, is_sure, anonymous_reading, read_in })
    }

    /// Touches neither disk nor network. What another server set counts from this one's next look on.
    pub fn settings(&self) -> AccessSettings {
        AccessSettings { anonymous_reading: self.anonymous_reading.load(Ordering::Acquire) }
    }

    pub fn replace_settings(&self, settings: AccessSettings) -> Result<(), AccountsError> {
        let word = if settings.anonymous_reading { "on" } else { "off" };
        self.store.write::<_, StoreError>(|ledger| ledger.replace_setting(ANONYMOUS_READING, word))?;
        Ok(self.follow(self.store.edition())?)
    }

    /// Grows whenever somebody may have lost or got something. Touches neither disk nor network.
    pub fn edition(&self) -> u64 {
        self.store.edition()
    }

    /// The same, after a look at whether another process or server has written. The settings are theirs then.
    pub fn look(&self) -> Result<u64, AccountsError> {
        let edition = self.store.look()?;
        self.follow(edition)?;
        Ok(edition)
    }

    /// Reads the settings again when they are of an earlier edition. One at a time, so that two changes cannot cross.
    fn follow(&self, edition: u64) -> Result<(), StoreError> {
        let mut read_in = self.read_in.lock().unwrap_or_else(PoisonError::into_inner);
        if *read_in < edition {
            self.anonymous_reading.store(anonymous_reading(&self.store)?, Ordering::Release);
            *read_in = edition;
        }
        Ok(())
    }

    fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn anonymous_reading(store: &AccountsStore) -> Result<bool, StoreError> {
    let kept = store.read::<_, StoreError>(|ledger| ledger.setting(ANONYMOUS_READING))?;
    Ok(kept.as_deref() != Some("off"))
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
