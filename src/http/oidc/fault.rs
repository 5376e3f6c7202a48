//! Why a sign-in at the identity provider came to nothing, in the words that the app gets and explains.

use crate::services::accounts::NotLetIn;

/// Each is told to the browser as a word; what is behind it goes into the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSignedIn {
    /// The user, or somebody for them, said no at the provider.
    Cancelled,
    /// Nobody is known to be on the way with this state: it took too long, came twice, or another browser began it.
    Ended,
    /// The provider does not answer, or says that it cannot now.
    Unreachable,
    /// What came back is no proof of who it is.
    Refused,
    /// The provider gives no name that can be a user's here.
    Name,
    NameTaken,
    NoRole,
    Disabled,
    /// A fault of ours.
    Failed,
}

impl NotSignedIn {
    pub fn word(self) -> &'static str {
        match self {
            NotSignedIn::Cancelled => "cancelled",
            NotSignedIn::Ended => "ended",
            NotSignedIn::Unreachable => "unreachable",
            NotSignedIn::Refused => "refused",
            NotSignedIn::Name => "name",
            NotSignedIn::NameTaken => "name_taken",
            NotSignedIn::NoRole => "no_role",
            NotSignedIn::Disabled => "disabled",
            NotSignedIn::Failed => "failed",
        }
    }

    /// What the provider's own word for a failure means here (RFC 6749, 4.1.2.1).
    pub fn of_error(error: &str) -> NotSignedIn {
        match error {
            "access_denied" => NotSignedIn::Cancelled,
            "server_error" | "temporarily_unavailable" => NotSignedIn::Unreachable,
            _ => NotSignedIn::Refused,
        }
    }

    /// Writes down what did not go as it should; what is told is the word alone.
    pub(super) fn because(self, what: &str, fault: &dyn std::fmt::Display) -> NotSignedIn {
        let reason = self.word();
        // The others are people's own affair.
        let is_fault = matches!(self, NotSignedIn::Unreachable | NotSignedIn::Refused | NotSignedIn::Failed);
        if is_fault {
            tracing::warn!(%fault, reason, "a sign-in at the identity provider failed: {what}");
        } else {
            tracing::info!(%fault, reason, "a sign-in at the identity provider came to nothing: {what}");
        }
        self
    }

    /// As [`NotSignedIn::because`], with all that is behind the fault: the library's own words say little.
    pub(super) fn because_of(self, what: &str, fault: &dyn std::error::Error) -> NotSignedIn {
        let causes = std::iter::successors(Some(fault), |fault| fault.source());
        self.because(what, &causes.map(ToString::to_string).collect::<Vec<_>>().join(": "))
    }
}

impl From<NotLetIn> for NotSignedIn {
    fn from(fault: NotLetIn) -> NotSignedIn {
        let reason = match &fault {
            NotLetIn::Name => NotSignedIn::Name,
            NotLetIn::NameTaken(_) => NotSignedIn::NameTaken,
            NotLetIn::NoRole(_) => NotSignedIn::NoRole,
            NotLetIn::Disabled(_) => NotSignedIn::Disabled,
            NotLetIn::Accounts(_) => NotSignedIn::Failed,
        };
        reason.because("the accounts", &fault)
    }
}
