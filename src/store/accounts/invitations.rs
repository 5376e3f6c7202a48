//! One-time links, by the digest of the secret in them.

use rusqlite::{OptionalExtension, params};

use super::{Digest, Ledger, failed, time};
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
        let added = self.0.execute(
            "INSERT INTO invitations (digest, user, expires) VALUES (?, ?, ?)",
            params![digest, user, expires.as_millisecond()],
        );
        added.map(|_| ()).map_err(failed)
    }

    pub fn invitation(&self, digest: &Digest) -> Result<Option<InvitationRow>, StoreError> {
        let mut find = self.0.prepare_cached("SELECT * FROM invitations WHERE digest = ?").map_err(failed)?;
        let invitation = find
            .query_row([digest], |row| Ok(InvitationRow { user: row.get("user")?, expires: time(row, "expires")? }));
        invitation.optional().map_err(failed)
    }

    /// Forgets the links of a user, or those for setting up.
    pub fn forget_invitations_of(&self, user: Option<i64>) -> Result<(), StoreError> {
        self.0.execute("DELETE FROM invitations WHERE user IS ?", [user]).map(|_| ()).map_err(failed)
    }
}
