//! Those who are at the provider now, and who makes room when there are too many.

use std::collections::HashMap;
use std::net::IpAddr;

use openidconnect::{Nonce, PkceCodeVerifier};

use super::PATIENCE;
use crate::plan::Timestamp;

/// Those who are at the provider at the same time; beyond it, whoever has been there for longest begins again.
const MAX_PENDING: usize = 10_000;

/// The same for one network, so that one alone cannot crowd others out.
const MAX_PENDING_OF_NETWORK: usize = 200;

/// Somebody who is at the provider.
pub struct Pending {
    pub(super) nonce: Nonce,
    pub(super) verifier: PkceCodeVerifier,
    pub(super) since: Timestamp,
    pub(super) network: IpAddr,
    /// Whether the provider promised to say in its answer who it is.
    pub(super) names_itself: bool,
    /// The page of the app to come back to.
    pub page: String,
}

/// Forgets who took too long, and who has been away for longest of a network, or of all, that has no place left.
pub(super) fn make_room(pending: &mut HashMap<String, Pending>, network: IpAddr, now: Timestamp) {
    pending.retain(|_, one| now.duration_since(one.since) < PATIENCE);
    let of_network = pending.values().filter(|one| one.network == network).count();
    let is_crowded = of_network >= MAX_PENDING_OF_NETWORK;
    if is_crowded || pending.len() >= MAX_PENDING {
        let candidates = pending.iter().filter(|(_, one)| !is_crowded || one.network == network);
        let oldest = candidates.min_by_key(|(_, one)| one.since).map(|(state, _)| state.clone());
        oldest.and_then(|state| pending.remove(&state));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_crowds_the_way_in_crowds_out_nobody_else_until_all_places_are_taken() {
        let mut pending = HashMap::new();
        let at = |second: i64| Timestamp::from_second(second).unwrap_or_default();
        let mut begin = |state: &str, network: u32, second: i64| {
            let network = IpAddr::V4(network.into());
            make_room(&mut pending, network, at(second));
            let one = Pending {
                nonce: Nonce::new("n".to_owned()),
                verifier: PkceCodeVerifier::new("v".to_owned()),
                since: at(second),
                network,
                names_itself: false,
                page: "/".to_owned(),
            };
            pending.insert(state.to_owned(), one);
            (pending.len(), pending.contains_key("mine"), pending.contains_key("0"))
        };
        assert_eq!(begin("mine", 1, 0), (1, true, false));
        for number in 0..MAX_PENDING_OF_NETWORK {
            assert_eq!(begin(&number.to_string(), 2, 1), (number + 2, true, true));
        }
        for number in 1_000..2_000 {
            assert!(begin(&number.to_string(), 2, 2).1, "another network's places are its own");
        }
        assert_eq!(begin("more", 2, 2), (MAX_PENDING_OF_NETWORK + 1, true, false));
        for number in (2_000..).take(MAX_PENDING - MAX_PENDING_OF_NETWORK - 1) {
            assert!(begin(&number.to_string(), number, 2).1);
        }
        assert_eq!(begin("last", 0, 3), (MAX_PENDING, false, false), "the oldest of all makes room");
        assert_eq!(begin("late", 0, 700).0, 1, "who took too long is forgotten");
    }
}
