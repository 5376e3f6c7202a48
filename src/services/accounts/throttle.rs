//! Slows down whoever guesses passwords: counts failures by name and by address, in memory, in a bounded place.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use super::{AccountsError, Source};
use crate::plan::{Timestamp, UserName};

/// Failures are counted for this long.
pub const WINDOW: Duration = Duration::from_mins(15);

/// Guesses for one name within the window.
pub const FAILURES_OF_NAME: usize = 5;

/// Guesses from one address within the window: more, as an office may have one address.
pub const FAILURES_OF_ADDRESS: usize = 20;

/// Names and addresses remembered; beyond it, those that were quiet for longest are forgotten.
const MAX_REMEMBERED: usize = 10_000;

#[derive(Default)]
pub(super) struct Throttle {
    names: Counters<UserName>,
    addresses: Counters<IpAddr>,
}

impl Throttle {
    /// Counts an attempt as failed before it is looked at, so that many at once gain nothing; [`Throttle::succeeded`] takes it back.
    /// A text that is no name is counted by its address alone.
    ///
    /// # Errors
    /// [`AccountsError::Throttled`]; the attempt then must not be looked at.
    pub(super) fn begin(&mut self, name: Option<&UserName>, from: Source, now: Timestamp) -> Result<(), AccountsError> {
        let address = network(from.0);
        let of_name = name.and_then(|name| self.names.wait(name, FAILURES_OF_NAME, now));
        let of_address = self.addresses.wait(&address, FAILURES_OF_ADDRESS, now);
        if let Some(retry_after) = of_name.max(of_address) {
            return Err(AccountsError::Throttled { retry_after });
        }
        if let Some(name) = name {
            self.names.count(name.clone(), now);
        }
        self.addresses.count(address, now);
        Ok(())
    }

    pub(super) fn succeeded(&mut self, name: &UserName, from: Source) {
        self.names.times.remove(name);
        self.addresses.take_back(&network(from.0));
    }
}

/// Who has one address of IPv6 has 2^64 of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        address @ IpAddr::V4(_) => address,
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
    fn the_sixth_attempt_for_a_name_waits_until_the_first_is_old_enough() {
        let (mut throttle, wang) = (Throttle::default(), name("wang"));
        for second in 0..5 {
            assert_eq!(wait(&mut throttle, &wang, from(&format!("10.0.0.{second}")), at(second)), None);
        }
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
    fn success_forgives() {
        let (mut throttle, wang) = (Throttle::default(), name("wang"));
        for _ in 0..100 {
            assert_eq!(wait(&mut throttle, &wang, from("10.0.0.1"), at(0)), None);
            throttle.succeeded(&wang, from("10.0.0.1"));
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
        assert!(throttle.names.times.len() <= MAX_REMEMBERED && throttle.addresses.times.len() <= MAX_REMEMBERED);
        assert!(throttle.names.times.contains_key(&name("u24999")));
    }
}
