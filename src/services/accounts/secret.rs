//! Secrets: 256 random bits from the system as hexadecimal text, of which only the SHA-256 is ever kept.

use std::fmt::Write;

use sha2::{Digest as _, Sha256};

use super::AccountsError;
use crate::store::accounts::Digest;

/// A secret on its way to the one who may have it. Has no `Debug` and no `Display`, so that no log can hold it.
pub struct Secret(String);

impl Secret {
    const BYTES: usize = 32;

    /// A fresh secret after a prefix that tells what it is for.
    pub(super) fn fresh(prefix: &str) -> Result<Secret, AccountsError> {
        let mut bytes = [0; Secret::BYTES];
        getrandom::fill(&mut bytes)
            .map_err(|fault| AccountsError::Internal(format!("the system gives no random bytes: {fault}")))?;
        let text = bytes.iter().fold(prefix.to_owned(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a string takes all that is written");
            text
        });
        Ok(Secret(text))
    }

    pub(super) fn digest(&self) -> Digest {
        digest(&self.0)
    }

    /// The text itself, for the one answer that holds it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// The digest of a secret that somebody shows. It was random, so a fast hash without salt is enough.
pub(super) fn digest(shown: &str) -> Digest {
    Sha256::digest(shown.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_long_fresh_and_known_by_its_digest() {
        let (one, other) = (Secret::fresh("guatu_"), Secret::fresh("guatu_"));
        let (Ok(one), Ok(other)) = (one, other) else { panic!("no random bytes") };
        assert_eq!(one.reveal().len(), "guatu_".len() + 64);
        assert_ne!(one.reveal(), other.reveal());
        assert_eq!(one.digest(), digest(one.reveal()));
        // FIPS 180-2, appendix B.1.
        assert_eq!(digest("abc")[..4], [0xba, 0x78, 0x16, 0xbf]);
    }
}
