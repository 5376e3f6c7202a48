//! One-time links, by the digest of the secret in them.

use super::{Digest, Ledger};
use crate::plan::Timestamp;
use crate::store::StoreError;

pub struct InvitationRow {
    /// Whom it lets choose a password; none for the link that sets the server up.
    pub user: Option<i64>,
    pub expires: Timestamp,
}

impl Ledger<'_> {
    /// Adds a link; earlier ones for the same user, or for setting up, are good no longer.
    pub fn add_invitation(&self, digest: &Digest, user: Option<i64>, expires: Timestamp) -> Result<(), StoreError> {
        self.forget_invitations_of(user)?;
        self.execute(
            r#"INSERT INTO invitations (digest, "user", expires) VALUES ($1, $2, $3)"#,
            &[&&digest[..], &user, &expires.as_millisecond()],
        )?;
        Ok(())
    }

    pub fn invitation(&self, digest: &Digest) -> Result<Option<InvitationRow>, StoreError> {
        self.row(r#"SELECT "user", expires FROM invitations WHERE digest = $1"#, &[&&digest[..]], |row| {
            Ok(InvitationRow { user: row.get("user")?, expires: row.time("expires")? })
        })
    }

    /// Forgets the links of a user, or those for setting up.
    pub fn forget_invitations_of(&self, user: Option<i64>) -> Result<(), StoreError> {
        self.execute(r#"DELETE FROM invitations WHERE "user" IS NOT DISTINCT FROM $1"#, &[&user])?;
        Ok(())
    }
}
