//! Who was found good a moment ago, for the time in which the accounts' database is away: people go on reading.
//!
//! It is asked only where the store cannot be reached. A new edition makes all of it worthless. Who is only remembered may read and not
//! write: [`Accounts::is_sure`] tells.

use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::SignedDuration;
use moka::sync::Cache;

use super::{Accounts, AccountsError};
use crate::plan::{Identity, SignedInBy, Timestamp};
use crate::store::StoreError;
use crate::store::accounts::Digest;

/// Sessions and tokens remembered; of more, those that were not used for longest are forgotten.
pub const MAX_REMEMBERED: u64 = 10_000;

/// How long somebody is remembered after the accounts said that they are good.
pub const REMEMBERED_FOR: SignedDuration = SignedDuration::from_mins(10);

pub(super) struct Remembered(Cache<Digest, Known>);

/// Somebody whose session or token is good.
pub(super) struct Good {
    pub(super) identity: Identity,
    /// When the session or the token ends by itself, if nothing happens.
    pub(super) until: Timestamp,
}

#[derive(Clone)]
struct Known {
    identity: Identity,
    from: Timestamp,
    until: Timestamp,
    edition: u64,
}

impl Default for Remembered {
    fn default() -> Remembered {
        let life = Duration::try_from(REMEMBERED_FOR).expect("a positive duration");
        Remembered(Cache::builder().max_capacity(MAX_REMEMBERED).time_to_live(life).build())
    }
}

impl Remembered {
    fn keep(&self, digest: Digest, good: Good, now: Timestamp, edition: u64) {
        let end = now.checked_add(REMEMBERED_FOR).unwrap_or(Timestamp::MAX);
        let known = Known { identity: good.identity, from: now, until: end.min(good.until), edition };
        self.0.insert(digest, known);
    }

    pub(super) fn forget(&self, digest: &Digest) {
        self.0.invalidate(digest);
    }

    /// Nobody gets in by showing a session's secret as a token.
    fn find(&self, digest: &Digest, how: SignedInBy, now: Timestamp, edition: u64) -> Option<Identity> {
        let known = self.0.get(digest).filter(|known| known.identity.how == how && known.edition == edition)?;
        (known.from..known.until).contains(&now).then_some(known.identity)
    }
}

impl Accounts {
    /// Whether the last answer about somebody came from the accounts themselves.
    pub fn is_sure(&self) -> bool {
        self.is_sure.load(Ordering::Acquire)
    }

    /// Asks the accounts who is behind a secret, and remembers the answer for when they cannot be asked.
    pub(super) fn ask_or_remember(
        &self,
        digest: &Digest,
        how: SignedInBy,
        now: Timestamp,
        ask: impl FnOnce() -> Result<Option<Good>, StoreError>,
    ) -> Result<Option<Identity>, AccountsError> {
        // Taken before: an answer that a change overtakes is of the earlier edition.
        let edition = self.store.edition();
        match ask() {
            Ok(Some(good)) => {
                self.is_sure.store(true, Ordering::Release);
                let identity = good.identity.clone();
                self.remembered.keep(*digest, good, now, edition);
                Ok(Some(identity))
            }
            Ok(None) => {
                self.remembered.forget(digest);
                Ok(None)
            }
            Err(fault @ StoreError::Unreachable(_)) => {
                self.is_sure.store(false, Ordering::Release);
                let found = self.remembered.find(digest, how, now, self.store.edition());
                found.map(Some).ok_or_else(|| fault.into())
            }
            Err(fault) => Err(fault.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_600_000_000 + second).unwrap_or_default()
    }

    fn good(until: Timestamp) -> Good {
        let name = "wang".parse().unwrap_or_else(|fault| panic!("{fault}"));
        let (roles, rights) = (BTreeSet::new(), BTreeSet::new());
        Good {
            identity: Identity { name, display_name: "Wang".to_owned(), roles, rights, how: SignedInBy::Session },
            until,
        }
    }

    #[test]
    fn who_was_good_is_remembered_for_ten_minutes_of_the_same_edition() {
        let remembered = Remembered::default();
        remembered.keep([1; 32], good(at(10_000)), at(0), 7);
        let check = |digest: u8, second: i64, edition: u64, expected: bool| {
            let found = remembered.find(&[digest; 32], SignedInBy::Session, at(second), edition);
            assert_eq!(found.is_some(), expected, "{digest} at {second} in {edition}");
        };
        check(1, 0, 7, true);
        check(1, 599, 7, true);
        check(1, 600, 7, false);
        check(1, 1, 8, false);
        check(1, 1, 6, false);
        check(1, -1, 7, false);
        check(2, 0, 7, false);
        assert!(remembered.find(&[1; 32], SignedInBy::Token, at(0), 7).is_none(), "a session is no token");
        remembered.forget(&[1; 32]);
        check(1, 0, 7, false);
    }

    #[test]
    fn nobody_is_remembered_beyond_the_end_of_a_session() {
        let remembered = Remembered::default();
        remembered.keep([1; 32], good(at(60)), at(0), 0);
        let find = |second: i64| remembered.find(&[1; 32], SignedInBy::Session, at(second), 0);
        assert!(find(59).is_some());
        assert!(find(60).is_none());
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let remembered = Remembered::default();
        for number in 0..MAX_REMEMBERED + 2_000 {
            let mut digest = [0; 32];
            digest[..8].copy_from_slice(&number.to_le_bytes());
            remembered.keep(digest, good(at(60)), at(0), 0);
        }
        remembered.0.run_pending_tasks();
        assert!(remembered.0.entry_count() <= MAX_REMEMBERED, "{}", remembered.0.entry_count());
    }
}
