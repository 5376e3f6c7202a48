//! Accounts on the wire. A hash never gets here, and a secret only where it is told once.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::{Date, Identity, Right, Timestamp, UserName, UserRole};
use crate::services::accounts::{Invitation, Secret, TokenRow, UserRow};

/// Who is signed in, and what the app must know before anybody is.
#[derive(Serialize, JsonSchema)]
pub struct SessionWire {
    pub user: Option<SignedInUser>,
    /// Whether those who are not signed in may read what is public.
    pub anonymous_reading: bool,
    /// Whether there is no user yet; the server prints a link to make the first.
    pub setup_needed: bool,
    /// Another way to sign in, if the operator offers one.
    pub oidc: Option<OidcWire>,
}

#[derive(Serialize, JsonSchema)]
pub struct OidcWire {
    /// What to call it.
    pub name: String,
}

#[derive(Serialize, JsonSchema)]
pub struct SignedInUser {
    pub name: UserName,
    pub display_name: String,
    pub roles: BTreeSet<UserRole>,
    /// What the roles allow; of a token, what its scopes leave of that.
    pub rights: BTreeSet<Right>,
}

impl SignedInUser {
    pub fn new(identity: &Identity) -> SignedInUser {
        SignedInUser {
            name: identity.name.clone(),
            display_name: identity.display_name.clone(),
            roles: identity.roles.clone(),
            rights: identity.rights.clone(),
        }
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub name: String,
    pub password: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// From the link that the server prints.
    pub token: String,
    pub name: UserName,
    pub display_name: String,
    pub password: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// From the link.
    pub token: String,
    pub password: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    pub old: String,
    pub new: String,
}

#[derive(Serialize, JsonSchema)]
pub struct UserList {
    pub users: Vec<UserWire>,
}

#[derive(Serialize, JsonSchema)]
pub struct UserWire {
    pub name: UserName,
    pub display_name: String,
    pub roles: BTreeSet<UserRole>,
    pub disabled: bool,
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub created: String,
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub last_seen: Option<String>,
    /// Tokens of programs that the user has made and that were not revoked.
    pub tokens: u32,
}

impl UserWire {
    pub fn new(user: &UserRow, tokens: u32) -> UserWire {
        UserWire {
            name: user.name.clone(),
            display_name: user.display_name.clone(),
            roles: user.roles.clone(),
            disabled: user.disabled,
            created: moment(user.created),
            last_seen: user.last_seen.map(moment),
            tokens,
        }
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUserWire {
    pub name: UserName,
    pub display_name: String,
    pub roles: BTreeSet<UserRole>,
}

/// What changes; what is absent stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserPatchWire {
    pub display_name: Option<String>,
    pub roles: Option<BTreeSet<UserRole>>,
    pub disabled: Option<bool>,
}

#[derive(Serialize, JsonSchema)]
pub struct InvitedUser {
    pub user: UserWire,
    pub invitation: InvitationWire,
}

/// A one-time link to choose a password by. It is told once.
#[derive(Serialize, JsonSchema)]
pub struct InvitationWire {
    /// Path and fragment below this server's address.
    pub link_path: String,
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub expires: String,
}

impl InvitationWire {
    pub fn new(invitation: &Invitation) -> InvitationWire {
        InvitationWire { link_path: invitation.link_path(), expires: moment(invitation.expires) }
    }
}

#[derive(Serialize, JsonSchema)]
pub struct TokenList {
    pub tokens: Vec<TokenWire>,
}

#[derive(Serialize, JsonSchema)]
pub struct TokenWire {
    pub id: i64,
    pub label: String,
    pub scopes: BTreeSet<Right>,
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub created: String,
    /// The last day on which it is good.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub expires: Option<Date>,
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub last_used: Option<String>,
}

impl TokenWire {
    pub fn new(token: &TokenRow, zone: &TimeZone) -> TokenWire {
        let last_day = |expires: Timestamp| {
            let last_moment = expires.checked_sub(jiff::SignedDuration::from_millis(1)).unwrap_or(expires);
            last_moment.to_zoned_datetime(zone.clone()).date()
        };
        TokenWire {
            id: token.id,
            label: token.label.clone(),
            scopes: token.scopes.clone(),
            created: moment(token.created),
            expires: token.expires.map(last_day),
            last_used: token.last_used.map(moment),
        }
    }
}

#[derive(Serialize, JsonSchema)]
pub struct CreatedToken {
    /// The token itself. It is told once.
    token: String,
    #[serde(flatten)]
    about: TokenWire,
}

impl CreatedToken {
    pub fn new(secret: &Secret, token: &TokenRow, zone: &TimeZone) -> CreatedToken {
        CreatedToken { token: secret.reveal().to_owned(), about: TokenWire::new(token, zone) }
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTokenWire {
    /// What it is for.
    pub label: String,
    /// Those that edit bring `read` with them.
    pub scopes: BTreeSet<Right>,
    /// The last day on which it is good; for ever when null.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub expires: Option<Date>,
}

/// What administrators decide for everybody.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessWire {
    /// Whether those who are not signed in may read what is public.
    pub anonymous_reading: bool,
}

/// RFC 3339 in UTC, to the millisecond.
fn moment(time: Timestamp) -> String {
    format!("{time:.3}")
}
