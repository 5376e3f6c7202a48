//! Stands for a request in the store, so that one that is sent again is known: the same with every release, as the store outlives them.

use sha2::{Digest as _, Sha256};

/// The first 64 bits of the SHA-256 of the parts with a null byte between them, which only the last may hold.
pub fn fingerprint(parts: &[&[u8]]) -> u64 {
    let digest: [u8; 32] = Sha256::digest(parts.join(&0)).into();
    digest.iter().take(size_of::<u64>()).fold(0, |number, byte| (number << u8::BITS) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_never_changes() {
        // FIPS 180-2, appendix B.1.
        assert_eq!(fingerprint(&[b"abc"]), 0xba78_16bf_8f01_cfea);
        assert_eq!(fingerprint(&[b"a", b"c"]), fingerprint(&[b"a\0c"]));
        assert_ne!(fingerprint(&[b"ab", b"c"]), fingerprint(&[b"a", b"bc"]));
    }
}
