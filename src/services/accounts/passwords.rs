//! Passwords: the rule, and argon2id with the parameters that OWASP recommends. Keeps none.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};

use super::{AccountsError, Violation};
use crate::plan::UserName;

/// In characters. Length is what makes a password strong.
pub const MIN_PASSWORD: usize = 10;

/// In characters; more would only make work.
pub const MAX_PASSWORD: usize = 256;

/// OWASP's recommendation of 2024: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

const SALT_BYTES: usize = 16;

/// A hash with our parameters that no password is known for: an unknown name costs as much time as a known one.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$Z3VhdHUtZGVjb3ktc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// What is wrong with a new password, if anything.
pub(super) fn fault(field: &'static str, password: &str, name: &UserName) -> Option<Violation> {
    let length = password.chars().count();
    let detail = if length < MIN_PASSWORD {
        format!("has {length} characters, which is too short")
    } else if length > MAX_PASSWORD {
        format!("has {length} characters, which is too long")
    } else if password.to_lowercase() == name.as_str() {
        "is the name".to_owned()
    } else {
        return None;
    };
    Some(Violation { field, detail, expected: format!("{MIN_PASSWORD} to {MAX_PASSWORD} characters, not the name") })
}

fn argon2() -> Result<Argon2<'static>, AccountsError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a password in PHC form. Slow on purpose.
pub(super) fn hash(password: &str) -> Result<String, AccountsError> {
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(internal)?;
    let salt = SaltString::encode_b64(&salt).map_err(internal)?;
    Ok(argon2()?.hash_password(password.as_bytes(), &salt).map_err(internal)?.to_string())
}

/// Whether a password is the one of a hash; without a hash it is not, after the same work.
pub(super) fn matches(password: &str, kept: Option<&str>) -> Result<bool, AccountsError> {
    let hash = PasswordHash::new(kept.unwrap_or(DECOY)).map_err(internal)?;
    // Longer ones were never taken; hashing them would only make work.
    let tried = if password.chars().count() > MAX_PASSWORD { "" } else { password };
    let fits = argon2()?.verify_password(tried.as_bytes(), &hash).is_ok();
    Ok(fits && kept.is_some())
}

fn internal(fault: impl std::fmt::Display) -> AccountsError {
    AccountsError::Internal(format!("passwords cannot be hashed: {fault}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_by_its_hash_alone() {
        let kept = hash("correct horse battery").unwrap_or_default();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        let check = |password: &str, kept: Option<&str>, expected: bool| {
            assert_eq!(matches(password, kept).ok(), Some(expected), "{password:?}");
        };
        check("correct horse battery", Some(&kept), true);
        check("correct horse batterz", Some(&kept), false);
        check("", Some(&kept), false);
        check("anything", None, false);
        let other = hash("correct horse battery").unwrap_or_default();
        assert_ne!(kept, other, "each has a salt of its own");
    }

    #[test]
    fn a_password_is_long_enough_and_not_the_name() {
        let name: UserName = "wang-fang-2019".parse().unwrap_or_else(|fault| panic!("{fault}"));
        let check = |password: &str, good: bool| {
            assert_eq!(fault("password", password, &name).is_none(), good, "{password:?}");
        };
        check("123456789", false);
        check("1234567890", true);
        check("槜李路有一座很高的桥", true);
        check(&"x".repeat(256), true);
        check(&"x".repeat(257), false);
        check("Wang-Fang-2019", false);
    }
}
