//! Accounts that several processes or servers share, in either home.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Barrier;
use std::thread;

use guatu::plan::{Right, Timestamp, UserName, UserRole};
use guatu::services::accounts::{
    AccessSettings, Accounts, AccountsError, FirstUser, NewToken, NewUser, Source, UserPatch,
};
use guatu::store::StoreError;
use jiff::SignedDuration;

use crate::support::homes::{Home, over_both_homes};

const PASSWORD: &str = "a path along the river";

pub fn now() -> Timestamp {
    "2020-01-10T08:00:00Z".parse().expect("a time")
}

pub fn server(home: &Home) -> Accounts {
    Accounts::new(home.store()).expect("accounts")
}

pub fn name(text: &str) -> UserName {
    text.parse().expect("a name")
}

/// A reader who is not there yet.
pub fn new_user(text: &str) -> NewUser {
    NewUser { name: name(text), display_name: format!("The {text}"), roles: BTreeSet::from([UserRole::Viewer]) }
}

pub fn add(accounts: &Accounts, text: &str, role: UserRole) {
    let new = NewUser { roles: BTreeSet::from([role]), ..new_user(text) };
    accounts.add_user_with_password(&new, PASSWORD, now()).expect("a new user");
}

/// Signs somebody in and gives the session's secret.
pub fn sign_in(accounts: &Accounts, text: &str) -> String {
    let from = Source(IpAddr::V4(Ipv4Addr::LOCALHOST));
    accounts.sign_in(text, PASSWORD, from, now()).expect("a session").secret.reveal().to_owned()
}

pub fn disabled() -> UserPatch {
    UserPatch { disabled: Some(true), ..UserPatch::default() }
}

fn who_is_shut_out_by_one_server_is_out_at_the_other(home: &Home) {
    let (one, other) = (server(home), server(home));
    add(&one, "chief", UserRole::Admin);
    add(&one, "wang", UserRole::Viewer);
    let session = sign_in(&other, "wang");
    let owner = one.caller_of_session(&session, now()).expect("accounts").expect("it is good at each server");
    let new = NewToken { label: "a program".to_owned(), scopes: BTreeSet::from([Right::Read]), expires: None };
    let (token, _) = one.create_token(&owner, new, now()).expect("a token");
    assert!(other.caller_of_token(token.reveal(), now()).expect("accounts").is_some());
    let before = other.look().expect("a look");
    assert_eq!(other.look().expect("a look"), before, "nothing happened");
    one.change_user(&name("wang"), disabled()).expect("a change");
    assert!(other.caller_of_session(&session, now()).expect("accounts").is_none(), "at once");
    assert!(other.caller_of_token(token.reveal(), now()).expect("accounts").is_none(), "at once");
    assert_eq!(other.edition(), before, "nobody has looked");
    let after = other.look().expect("a look");
    assert!(after > before, "who listens is told");
    assert_eq!((other.look().expect("a look"), other.edition()), (after, after), "once");
}

fn what_one_server_sets_counts_at_the_other_after_a_look(home: &Home) {
    let (one, other) = (server(home), server(home));
    for anonymous_reading in [false, true, true, false] {
        one.replace_settings(AccessSettings { anonymous_reading }).expect("a change");
        assert_eq!(one.settings().anonymous_reading, anonymous_reading);
        other.look().expect("a look");
        assert_eq!(other.settings().anonymous_reading, anonymous_reading);
        assert_eq!(server(home).settings().anonymous_reading, anonymous_reading, "it is kept");
    }
}

fn two_servers_at_once_cannot_remove_the_last_administrator(home: &Home) {
    let (one, other) = (server(home), server(home));
    add(&one, "chief", UserRole::Admin);
    add(&one, "deputy", UserRole::Admin);
    for _ in 0..10 {
        let start = Barrier::new(2);
        let remove = |accounts: &Accounts, text: &str| {
            start.wait();
            accounts.change_user(&name(text), disabled()).map(|_| ())
        };
        let answers = thread::scope(|scope| {
            let first = scope.spawn(|| remove(&one, "chief"));
            let second = scope.spawn(|| remove(&other, "deputy"));
            [first.join().expect("an answer"), second.join().expect("an answer")]
        });
        let refused = answers.iter().filter(|answer| matches!(answer, Err(AccountsError::Conflict(_)))).count();
        assert_eq!((refused, answers.iter().filter(|answer| answer.is_ok()).count()), (1, 1), "{answers:?}");
        let is_left = one.users().expect("users").iter().filter(|(user, _)| !user.disabled).count();
        assert_eq!(is_left, 1);
        for text in ["chief", "deputy"] {
            one.change_user(&name(text), UserPatch { disabled: Some(false), ..UserPatch::default() })
                .expect("a change");
        }
    }
}

fn a_link_to_set_up_is_used_by_one_of_two_servers(home: &Home) {
    let (one, other) = (server(home), server(home));
    let path = one.begin_setup(now()).expect("accounts").expect("a link");
    let token = path.split_once("#token=").expect("a token").1;
    let start = Barrier::new(2);
    let set_up = |accounts: &Accounts, text: &str| {
        let first = FirstUser { name: name(text), display_name: text.to_owned() };
        start.wait();
        accounts.finish_setup(token, first, PASSWORD, now()).is_ok()
    };
    let answers = thread::scope(|scope| {
        let first = scope.spawn(|| set_up(&one, "wang"));
        let second = scope.spawn(|| set_up(&other, "li"));
        [first.join().expect("an answer"), second.join().expect("an answer")]
    });
    assert_eq!(answers.iter().filter(|is_done| **is_done).count(), 1);
    assert_eq!(one.users().expect("users").len(), 1);
}

fn a_use_that_is_noted_undoes_nothing(home: &Home) {
    let (one, other) = (server(home), server(home));
    add(&one, "chief", UserRole::Admin);
    add(&one, "wang", UserRole::Viewer);
    let session = sign_in(&one, "wang");
    thread::scope(|scope| {
        scope.spawn(|| {
            for minute in 1..40 {
                let at = now() + SignedDuration::from_mins(minute);
                one.caller_of_session(&session, at).expect("accounts");
            }
        });
        thread::sleep(std::time::Duration::from_millis(15));
        other.change_user(&name("wang"), disabled()).expect("a change");
    });
    let users = one.users().expect("users");
    assert!(users.iter().any(|(user, _)| user.name == name("wang") && user.disabled));
}

fn a_job_that_fails_lands_nothing(home: &Home) {
    let store = home.store();
    let before = store.look().expect("a look");
    let failed = store.write::<(), StoreError>(|ledger| {
        ledger.add_user(&new_user("wang"), now())?;
        assert!(ledger.user_named(&name("wang"))?.is_some(), "a job sees what it wrote");
        Err(StoreError::Failed("the job thinks better of it".to_owned()))
    });
    assert!(failed.is_err());
    assert_eq!(store.look().expect("a look"), before);
    assert!(!store.read::<_, StoreError>(|ledger| ledger.has_users()).expect("a store"));
    store.write::<_, StoreError>(|ledger| ledger.add_user(&new_user("wang"), now()).map(|_| ())).expect("it goes on");
    assert!(store.look().expect("a look") > before);
    let panicked = thread::scope(|scope| {
        let job = || {
            store.write::<(), StoreError>(|ledger| {
                ledger.add_user(&new_user("li"), now())?;
                panic!("a job that panics")
            })
        };
        scope.spawn(job).join().is_err()
    });
    assert!(panicked);
    let names = store.read::<_, StoreError>(|ledger| Ok(ledger.users()?.len())).expect("it goes on");
    assert_eq!(names, 1);
}

fn a_fault_tells_nothing_of_what_was_given(home: &Home) {
    let store = home.store();
    let fault = store.write::<(), StoreError>(|ledger| ledger.add_session(&[0xab; 32], 123_456_789, now()));
    let told = fault.expect_err("there is no such user").to_string();
    assert!(told.contains("accounts: ") && !told.contains("abab") && !told.contains("123456789"), "{told}");
    let swallowed = store.write::<(), StoreError>(|ledger| {
        ledger.add_user(&new_user("wang"), now())?;
        ledger.add_user(&new_user("wang"), now()).map(|_| ())
    });
    assert!(swallowed.is_ok(), "a name that is taken is no fault");
}

over_both_homes! {
    who_is_shut_out_by_one_server_is_out_at_the_other,
    what_one_server_sets_counts_at_the_other_after_a_look,
    two_servers_at_once_cannot_remove_the_last_administrator,
    a_link_to_set_up_is_used_by_one_of_two_servers,
    a_use_that_is_noted_undoes_nothing,
    a_job_that_fails_lands_nothing,
    a_fault_tells_nothing_of_what_was_given,
}
