//! Who may do what: roles, the rights that they give, and who a caller is. Knows no passwords, sessions or addresses.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::{Word, WordError, vocabulary};

vocabulary! {
    /// What somebody is in the office; one person may be several.
    UserRole, "role" {
        /// Reads, also what is internal.
        Viewer = "viewer",
        /// Reports from the field.
        Inspector = "inspector",
        /// Changes the plan: projects, targets, quotas.
        Planner = "planner",
        /// Changes places: collections and features.
        Gis = "gis",
        /// Gives others their roles.
        Admin = "admin",
    }
}

vocabulary! {
    /// What an operation asks of its caller.
    Right, "right" {
        Read = "read", Report = "report", EditPlan = "edit_plan", EditGeometry = "edit_geometry", Administer = "administer",
    }
}

impl UserRole {
    pub const fn rights(self) -> &'static [Right] {
        match self {
            UserRole::Viewer => &[Right::Read],
            UserRole::Inspector => &[Right::Read, Right::Report],
            UserRole::Planner => &[Right::Read, Right::Report, Right::EditPlan],
            UserRole::Gis => &[Right::Read, Right::EditGeometry],
            UserRole::Admin => &[Right::Read, Right::Administer],
        }
    }
}

impl Right {
    /// The roles that give this right.
    pub fn roles(self) -> impl Iterator<Item = UserRole> {
        UserRole::ALL.iter().copied().filter(move |role| role.rights().contains(&self))
    }
}

/// All rights that a set of roles gives.
pub fn rights_of(roles: &BTreeSet<UserRole>) -> BTreeSet<Right> {
    roles.iter().flat_map(|role| role.rights()).copied().collect()
}

/// 1 to 64 of `a-z 0-9 . _ - @`, beginning with a letter or a digit. It stays in the change log for ever.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct UserName(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a user name: {expected}", expected = UserName::EXPECTED)]
pub struct UserNameError(String);

impl UserName {
    const MAX_LENGTH: usize = 64;

    /// What would be right, in words.
    pub const EXPECTED: &str = "1 to 64 of a-z 0-9 . _ - @, beginning with a letter or digit; not seed or simulation";

    /// Actors in the change log that are no people.
    const RESERVED: [&str; 2] = ["seed", "simulation"];

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for UserName {
    type Error = UserNameError;

    fn try_from(text: String) -> Result<UserName, UserNameError> {
        let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
        let valid = text.len() <= UserName::MAX_LENGTH
            && text.bytes().next().is_some_and(plain)
            && text.bytes().all(|c| plain(c) || b"._-@".contains(&c))
            && !UserName::RESERVED.contains(&text.as_str());
        if valid { Ok(UserName(text)) } else { Err(UserNameError(text)) }
    }
}

impl FromStr for UserName {
    type Err = UserNameError;

    fn from_str(text: &str) -> Result<UserName, UserNameError> {
        UserName::try_from(text.to_owned())
    }
}

impl From<UserName> for String {
    fn from(name: UserName) -> String {
        name.0
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How somebody proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedInBy {
    /// In a browser, with all rights of their roles.
    Session,
    /// By a program, with the rights that the token was given and the owner still has.
    Token,
}

/// Somebody who is signed in, with what they may do in this request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub name: UserName,
    pub display_name: String,
    pub roles: BTreeSet<UserRole>,
    pub rights: BTreeSet<Right>,
    pub how: SignedInBy,
}

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Caller {
    #[default]
    Anonymous,
    User(Identity),
}

impl Caller {
    pub fn identity(&self) -> Option<&Identity> {
        match self {
            Caller::Anonymous => None,
            Caller::User(identity) => Some(identity),
        }
    }

    /// Whether a role gave this right. What is public may be read without.
    pub fn has(&self, right: Right) -> bool {
        self.identity().is_some_and(|identity| identity.rights.contains(&right))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_give_the_rights_of_the_table() {
        let check = |roles: &[UserRole], expected: &[Right]| {
            let rights = rights_of(&roles.iter().copied().collect());
            assert_eq!(rights, expected.iter().copied().collect(), "{roles:?}");
        };
        check(&[], &[]);
        check(&[UserRole::Viewer], &[Right::Read]);
        check(&[UserRole::Inspector], &[Right::Read, Right::Report]);
        check(&[UserRole::Planner], &[Right::Read, Right::Report, Right::EditPlan]);
        check(&[UserRole::Gis], &[Right::Read, Right::EditGeometry]);
        check(&[UserRole::Admin], &[Right::Read, Right::Administer]);
        check(UserRole::ALL, Right::ALL);
        assert_eq!(Right::Report.roles().collect::<Vec<_>>(), [UserRole::Inspector, UserRole::Planner]);
    }

    #[test]
    fn a_user_name_is_plain_and_short_and_no_actor_of_the_server() {
        let check = |text: &str, expected: bool| assert_eq!(text.parse::<UserName>().is_ok(), expected, "{text:?}");
        check("wang-fang", true);
        check("li.ming@example.org", true);
        check("7", true);
        check(&"a".repeat(64), true);
        check(&"a".repeat(65), false);
        check("", false);
        check(".a", false);
        check("Wang", false);
        check("王芳", false);
        check("a b", false);
        check("a/b", false);
        check("seed", false);
    }

    #[test]
    fn nobody_in_particular_has_no_right_of_a_role() {
        assert!(Right::ALL.iter().all(|right| !Caller::Anonymous.has(*right)));
    }
}
