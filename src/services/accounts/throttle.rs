//! Slows down whoever guesses passwords: counts failures in memory, in a bounded place.
//!
//! Nobody can keep another one out. What is counted for a name is counted for each network by itself; what is counted for a name from
//! everywhere only spaces attempts out, and not those from networks where that name has signed in.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::net::IpAddr;
use std::time::Duration;

use super::{AccountsError, Source};
use crate::plan::{Timestamp, UserName};

/// Failures are counted for this long.
pub const WINDOW: Duration = Duration::from_mins(15);

/// Guesses for one name from one network within the window.
pub const FAILURES_OF_NAME: usize = 5;

/// Guesses from one network within the window: more, as an office may have one address.
pub const FAILURES_OF_ADDRESS: usize = 20;

/// Guesses for one name from anywhere within the window; from then on its attempts come one by one.
pub const FAILURES_ANYWHERE: usize = 50;

/// The time between attempts that come one by one: a day of them is nothing against a password of ten characters.
pub const PACE: Duration = Duration::from_secs(2);

/// Keys of each kind remembered; beyond it, those that were quiet for longest are forgotten.
const MAX_REMEMBERED: usize = 10_000;

#[derive(Default)]
pub(super) struct Throttle {
    names: Counters<(UserName, IpAddr)>,
    networks: Counters<IpAddr>,
    anywhere: Counters<UserName>,
    /// When a name last signed in from a network.
    at_home: Counters<(UserName, IpAddr)>,
}

impl Throttle {
    /// Counts an attempt as failed before it is looked at, so that many at once gain nothing; [`Throttle::succeeded`] takes it back.
    /// A text that is no name is counted by its network alone.
    ///
    /// # Errors
    /// [`AccountsError::Throttled`]; the attempt then must not be looked at.
    pub(super) fn begin(&mut self, name: Option<&UserName>, from: Source, now: Timestamp) -> Result<(), AccountsError> {
        let network = from.network();
        let key = name.map(|name| (name.clone(), network));
        let of_name = key.as_ref().and_then(|key| self.names.wait(key, FAILURES_OF_NAME, now));
        let of_network = self.networks.wait(&network, FAILURES_OF_ADDRESS, now);
        let is_at_home = key.as_ref().is_some_and(|key| self.at_home.times.contains_key(key));
        let of_pace = name.filter(|_| !is_at_home).and_then(|name| self.anywhere.pace(name, FAILURES_ANYWHERE, now));
        if let Some(retry_after) = of_name.max(of_network).max(of_pace) {
            return Err(AccountsError::Throttled { retry_after });
        }
        if let Some(key) = key {
            self.anywhere.count(key.0.clone(), now);
            self.names.count(key, now);
        }
        self.networks.count(network, now);
        Ok(())
    }

    pub(super) fn succeeded(&mut self, name: &UserName, from: Source, now: Timestamp) {
        let key = (name.clone(), from.network());
        self.names.times.remove(&key);
        self.networks.take_back(&key.1);
        self.anywhere.take_back(name);
        self.at_home.times.remove(&key);
        self.at_home.count(key, now);
    }
}

/// The times of failures by key, oldest first.
struct Counters<K> {
    times: HashMap<K, VecDeque<Timestamp>>,
}

impl<K> Default for Counters<K> {
    fn default() -> Counters<K> {
        Counters { times: HashMap::new() }
    }
}

impl<K: Hash + Eq + Clone> Counters<K> {
    /// How long to wait until there are fewer than `limit` failures within the window; none when that is so now.
    fn wait(&mut self, key: &K, limit: usize, now: Timestamp) -> Option<Duration> {
        let times = self.times.get_mut(key)?;
        while times.front().is_some_and(|time| is_past(*time, now)) {
            times.pop_front();
        }
        let deciding = *times.get(times.len().checked_sub(limit)?)?;
        let waited = Duration::try_from(now.duration_since(deciding)).unwrap_or_default();
        Some(WINDOW.saturating_sub(waited).max(Duration::from_secs(1)))
    }

    /// How long to wait for the next attempt, when there were `limit` within the window and the last was just now.
    fn pace(&mut self, key: &K, limit: usize, now: Timestamp) -> Option<Duration> {
        self.wait(key, limit, now)?;
        let last = *self.times.get(key)?.back()?;
        let waited = Duration::try_from(now.duration_since(last)).unwrap_or_default();
        PACE.checked_sub(waited).filter(|rest| !rest.is_zero())
    }

    fn count(&mut self, key: K, now: Timestamp) {
        if self.times.len() >= MAX_REMEMBERED && !self.times.contains_key(&key) {
            self.forget(now);
        }
        self.times.entry(key).or_default().push_back(now);
    }

    fn take_back(&mut self, key: &K) {
        if let Some(times) = self.times.get_mut(key) {
            times.pop_back();
        }
    }

    /// Makes room: forgets what is past, or else the tenth that was quiet for longest.
    fn forget(&mut self, now: Timestamp) {
        self.times.retain(|_, times| times.back().is_some_and(|time| !is_past(*time, now)));
        if self.times.len() < MAX_REMEMBERED {
            return;
        }
        let mut last: Vec<Timestamp> = self.times.values().filter_map(|times| times.back().copied()).collect();
        let tenth = last.len() / 10;
        let quiet = *last.select_nth_unstable(tenth).1;
        self.times.retain(|_, times| times.back().is_some_and(|time| *time > quiet));
    }
}

fn is_past(time: Timestamp, now: Timestamp) -> bool {
    Duration::try_from(now.duration_since(time)).is_ok_and(|age| age >= WINDOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_600_000_000 + second).unwrap_or_default()
    }

    fn from(text: &str) -> Source {
        Source(text.parse().unwrap_or_else(|fault| panic!("{fault}")))
    }

    fn name(text: &str) -> UserName {
        text.parse().unwrap_or_else(|fault| panic!("{fault}"))
    }

    fn wait(throttle: &mut Throttle, name: &UserName, from: Source, now: Timestamp) -> Option<u64> {
        match throttle.begin(Some(name), from, now) {
            Err(AccountsError::Throttled { retry_after }) => Some(retry_after.as_secs()),
            _ => None,
        }
    }

    #[test]
    fn the_sixth_attempt_for_a_name_from_one_place_waits_until_the_first_is_old_enough() {
        let (mut throttle, wang) = (Throttle::default(), name("wang"));
        for second in 0..5 {
            assert_eq!(wait(&mut throttle, &wang, from("10.0.1.1"), at(second)), None);
        }
        assert_eq!(wait(&mut throttle, &wang, from("10.0.1.2"), at(10)), None, "other places are not held up");
        assert_eq!(wait(&mut throttle, &wang, from("10.0.1.1"), at(10)), Some(890));
        assert_eq!(wait(&mut throttle, &name("li"), from("10.0.1.1"), at(10)), None, "others are not held up");
        assert_eq!(wait(&mut throttle, &wang, from("10.0.1.1"), at(899)), Some(1));
        assert_eq!(wait(&mut throttle, &wang, from("10.0.1.1"), at(900)), None);
        assert_eq!(wait(&mut throttle, &wang, from("10.0.1.1"), at(900)), Some(1), "the second attempt is 899 s old");
    }

    #[test]
    fn the_twenty_first_attempt_from_an_address_waits() {
        let mut throttle = Throttle::default();
        for at_once in 0..20 {
            assert_eq!(wait(&mut throttle, &name(&format!("u{at_once}")), from("2001:db8::1"), at(0)), None);
        }
        assert_eq!(wait(&mut throttle, &name("other"), from("2001:db8::ffff"), at(0)), Some(900), "the same network");
        assert_eq!(wait(&mut throttle, &name("other"), from("2001:db8:0:1::1"), at(0)), None);
    }

    #[test]
    fn guesses_from_everywhere_come_one_by_one_and_do_not_hold_up_who_is_at_home() {
        let (mut throttle, wang, home) = (Throttle::default(), name("wang"), from("192.0.2.7"));
        assert_eq!(wait(&mut throttle, &wang, home, at(0)), None);
        throttle.succeeded(&wang, home, at(0));
        for guess in (0_u32..).take(FAILURES_ANYWHERE) {
            assert_eq!(wait(&mut throttle, &wang, Source(IpAddr::V4(guess.into())), at(10)), None);
        }
        let later = |guess: u32| from(&format!("198.51.100.{guess}"));
        assert_eq!(wait(&mut throttle, &wang, later(0), at(10)), Some(2));
        assert_eq!(wait(&mut throttle, &wang, later(0), at(11)), Some(1));
        assert_eq!(wait(&mut throttle, &wang, later(0), at(12)), None, "slowed, not locked out");
        assert_eq!(wait(&mut throttle, &wang, later(1), at(12)), Some(2));
        assert_eq!(wait(&mut throttle, &wang, home, at(12)), None, "who has signed in there before does not wait");
        assert_eq!(wait(&mut throttle, &name("li"), later(1), at(12)), None, "nor does anybody else");
        assert_eq!(
            wait(&mut throttle, &wang, later(2), at(1_000)),
            None,
            "a quarter of an hour later all is forgotten"
        );
        assert_eq!(wait(&mut throttle, &wang, later(3), at(1_000)), None);
    }

    #[test]
    fn success_forgives() {
        let (mut throttle, wang) = (Throttle::default(), name("wang"));
        for _ in 0..100 {
            assert_eq!(wait(&mut throttle, &wang, from("10.0.0.1"), at(0)), None);
            throttle.succeeded(&wang, from("10.0.0.1"), at(0));
        }
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut throttle = Throttle::default();
        for number in 0..25_000_u32 {
            let address = Source(IpAddr::V4(number.into()));
            let second = i64::from(number) / 100;
            assert_eq!(wait(&mut throttle, &name(&format!("u{number}")), address, at(second)), None);
        }
        assert!(throttle.names.times.len() <= MAX_REMEMBERED && throttle.networks.times.len() <= MAX_REMEMBERED);
        assert!(throttle.anywhere.times.len() <= MAX_REMEMBERED);
        assert!(throttle.anywhere.times.contains_key(&name("u24999")));
    }
}
