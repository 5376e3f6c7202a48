//! Accounts in PostgreSQL: how the schema comes about, who may read it, and what happens when the database fails.

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use guatu::plan::UserRole;
use guatu::services::accounts::{Accounts, AccountsError, REMEMBERED_FOR};
use guatu::store::StoreError;
use guatu::store::accounts::{AccountsStore, Ledger};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::stores::{add, disabled, name, new_user, now, sign_in};
use crate::support::accounts::{PASSWORD, Shown};
use crate::support::homes::{Database, Home, runtime};

fn server(database: &Database) -> Accounts {
    Accounts::new(database.store()).expect("accounts")
}

fn open(database: &Database) -> Result<AccountsStore, StoreError> {
    AccountsStore::postgres(database.pool(2), runtime().handle().clone())
}

#[test]
fn stores_that_open_at_once_migrate_once() {
    let database = Database::fresh();
    thread::scope(|scope| {
        let opening: Vec<_> = (0..4).map(|_| scope.spawn(|| open(&database).map(|_| ()))).collect();
        for opened in opening {
            opened.join().expect("an answer").expect("a store");
        }
    });
    assert_eq!(database.run("SELECT version FROM guatu_accounts.refinery_schema_history;").trim(), "1");
    assert_eq!(database.run("SELECT n FROM guatu_accounts.edition;").trim(), "0");
}

#[test]
fn a_newer_schema_is_left_alone() {
    let database = Database::fresh();
    drop(database.store());
    database.run("UPDATE guatu_accounts.refinery_schema_history SET checksum = '1';");
    let told = open(&database).err().expect("another step").to_string();
    assert!(told.contains("guatu_accounts") && told.contains("is not this program's"), "{told}");
    let database = Database::fresh();
    drop(database.store());
    database
        .run("INSERT INTO guatu_accounts.refinery_schema_history VALUES (99, 'later', '2030-01-01T00:00:00Z', '7');");
    let fault = open(&database).err().expect("a newer schema");
    assert!(matches!(fault, StoreError::NotAStore { .. }), "{fault}");
    assert!(fault.to_string().contains("newer program"), "{fault}");
}

#[test]
fn a_reader_of_the_plan_sees_no_accounts() {
    let database = Database::fresh();
    drop(database.store());
    database.run("DROP ROLE IF EXISTS accounts_reader; CREATE ROLE accounts_reader LOGIN;");
    let client = database.connect("accounts_reader");
    for table in ["users", "sessions", "tokens", "invitations", "settings", "edition"] {
        let question = format!("SELECT * FROM guatu_accounts.{table}");
        let fault = runtime().block_on(client.query(&question, &[])).expect_err("no right");
        assert_eq!(fault.code().map(|code| code.code()), Some("42501"), "{table}: insufficient privilege");
    }
    drop(client);
}

#[test]
fn the_database_checks_what_is_kept() {
    let database = Database::fresh();
    let accounts = server(&database);
    add(&accounts, "wang", UserRole::Viewer);
    let check = |statement: &str, code: &str| {
        let client = database.connect("postgres");
        let fault = runtime().block_on(client.batch_execute(statement)).expect_err(statement);
        assert_eq!(fault.code().map(|code| code.code()), Some(code), "{statement}");
    };
    let (refused, unknown) = ("23514", "23503");
    check("INSERT INTO guatu_accounts.sessions VALUES ('short', 1, 0, 0)", refused);
    check("INSERT INTO guatu_accounts.tokens VALUES (1, 'short', 1, 'a', 'read', 0)", refused);
    check("INSERT INTO guatu_accounts.sessions VALUES (sha256('a'), 99, 0, 0)", unknown);
    check("DELETE FROM guatu_accounts.users; INSERT INTO guatu_accounts.edition VALUES (false, 0)", refused);
    check("UPDATE guatu_accounts.users SET name = 'Not A Name'", refused);
    check("UPDATE guatu_accounts.users SET password = 'in the clear'", refused);
}

#[test]
fn a_job_that_overlooks_a_fault_lands_nothing() {
    let database = Database::fresh();
    let store = database.store();
    let overlook = |ledger: &Ledger| {
        ledger.add_user(&new_user("wang"), now())?;
        assert!(ledger.add_session(&[1; 32], 99, now()).is_err(), "there is no such user");
        Ok::<_, StoreError>(())
    };
    assert!(store.write(overlook).is_err() && store.note(overlook).is_err());
    assert!(!store.read::<_, StoreError>(|ledger| ledger.has_users()).expect("it goes on"));
}

/// Stops a database's server for good or until [`start`].
fn stop(data: &str) {
    let pid_file = format!("{data}/postmaster.pid");
    let told = std::fs::read_to_string(&pid_file).expect("a server that runs");
    let process = told.lines().next().expect("its process");
    assert!(Command::new("kill").args(["-INT", process]).status().expect("kill").success());
    let begun = Instant::now();
    while std::fs::exists(&pid_file).expect("a folder") {
        assert!(begun.elapsed() < Duration::from_secs(30), "the server does not stop");
        thread::sleep(Duration::from_millis(20));
    }
}

fn start(database: &Database, data: &str) {
    let bin =
        std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL").map(|entry| entry.expect("an entry").path());
    let program = bin.max().expect("a version").join("bin/pg_ctl");
    let options = format!("-c listen_addresses= -c fsync=off -k {}", database.folder());
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    let mut command = if is_root {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/").args(["-D", data, "-s", "-w", "-l", "/dev/null", "-o", &options, "start"]);
    assert!(command.status().expect("pg_ctl").success());
}

fn is_away<T>(answer: &Result<T, AccountsError>) -> bool {
    matches!(answer, Err(AccountsError::Store(StoreError::Unreachable(_))))
}

#[test]
fn while_the_database_is_away_people_go_on_reading_and_nothing_is_decided() {
    let database = Database::alone();
    let (one, data) = (server(&database), database.data());
    add(&one, "chief", UserRole::Admin);
    add(&one, "wang", UserRole::Viewer);
    let (wang, quiet, gone) = (sign_in(&one, "wang"), sign_in(&one, "wang"), sign_in(&one, "wang"));
    one.sign_out(&gone).expect("signed out");
    assert!(one.caller_of_session(&gone, now()).expect("accounts").is_none());
    let known = one.caller_of_session(&wang, now()).expect("accounts").expect("a session");
    stop(&data);
    let begun = Instant::now();
    for _ in 0..20 {
        assert_eq!(one.caller_of_session(&wang, now()).expect("remembered"), Some(known.clone()));
        assert_eq!(one.still_of_session(&wang, now()).expect("remembered"), Some(known.clone()));
    }
    assert!(one.settings().anonymous_reading, "strangers go on too");
    assert!(is_away(&one.caller_of_session(&quiet, now())), "nobody asked in it lately");
    assert!(is_away(&one.caller_of_session(&gone, now())), "it had ended");
    assert!(is_away(&one.caller_of_token(&wang, now())), "a session is no token");
    assert!(is_away(&one.caller_of_session(&wang, now() + REMEMBERED_FOR)), "nobody is remembered for ever");
    assert!(is_away(&one.change_user(&name("wang"), disabled())));
    assert!(is_away(&one.users()) && is_away(&one.look()));
    assert!(is_away(&one.sign_out(&wang)));
    assert!(is_away(&one.caller_of_session(&wang, now())), "who wants to be out is out here");
    assert!(begun.elapsed() < Duration::from_secs(5), "nobody waits long: {:?}", begun.elapsed());
    start(&database, &data);
    thread::sleep(Duration::from_millis(1_100));
    assert!(one.caller_of_session(&quiet, now()).expect("the database is back").is_some());
    assert!(one.caller_of_session(&wang, now()).expect("the database is back").is_some(), "that was never written");
    one.change_user(&name("wang"), disabled()).expect("a change");
    assert!(one.caller_of_session(&wang, now()).expect("accounts").is_none());
}

#[tokio::test]
async fn while_the_database_is_away_the_server_answers_readers_and_says_of_the_rest_when_to_come_again() {
    let database = thread::scope(|scope| scope.spawn(Database::alone).join().expect("a database"));
    let (data, home) = (database.data(), Home::Postgres(database));
    let server = home.server();
    server.add_user("chief", &[UserRole::Admin]);
    let (chief, idle) = (server.sign_in("chief").await, server.sign_in("chief").await);
    let (token, _) = server.token(&chief, &["read"], Value::Null).await;
    let token = Shown::Token(token);
    let ask = async |path: &str, shown: &Shown| server.ask("GET", path, shown, Value::Null).await;
    let open = ["/api/v1/projects", "/ogc/collections/roads/items", "/tiles/plan/12/3421/1680"];
    for shown in [&chief, &token, &Shown::Nothing] {
        assert_eq!(ask(open[0], shown).await.status, 200);
    }
    stop(&data);
    let begun = Instant::now();
    for path in open {
        for shown in [&chief, &token, &Shown::Nothing] {
            assert_eq!(ask(path, shown).await.status, 200, "{path} with {shown:?}");
        }
    }
    let refused = [
        ask("/api/v1/users", &chief).await,
        ask("/api/v1/tokens", &chief).await,
        ask(open[0], &idle).await,
        server.try_password("chief", PASSWORD).await,
        server.ask("PUT", "/api/v1/access", &chief, json!({"anonymous_reading": false})).await,
    ];
    for answer in refused {
        answer.is_problem("what the accounts must be asked for", 503, "");
        assert!(!answer.header("retry-after").is_empty());
    }
    assert_eq!(ask(open[0], &Shown::Nothing).await.status, 200, "what could not be written does not count");
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
}

#[test]
fn nobody_is_remembered_after_another_server_decided_something() {
    let database = Database::alone();
    let (one, other, data) = (server(&database), server(&database), database.data());
    add(&one, "chief", UserRole::Admin);
    add(&one, "wang", UserRole::Viewer);
    add(&one, "li", UserRole::Viewer);
    let (wang, li) = (sign_in(&one, "wang"), sign_in(&one, "li"));
    one.look().expect("a look");
    assert!(one.caller_of_session(&wang, now()).expect("accounts").is_some());
    other.change_user(&name("wang"), disabled()).expect("a change");
    one.look().expect("a look");
    assert!(one.caller_of_session(&li, now()).expect("accounts").is_some(), "good after that");
    stop(&data);
    assert!(is_away(&one.caller_of_session(&wang, now())));
    assert!(one.caller_of_session(&li, now()).expect("remembered").is_some());
    let later = now() + SignedDuration::from_hours(13);
    assert!(is_away(&one.caller_of_session(&li, later)), "nor beyond the session's end");
}

#[test]
fn a_connection_that_ends_while_a_job_lands_leaves_nothing_in_doubt_for_long() {
    let database = Database::fresh();
    let one = server(&database);
    database.run(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(4); RETURN NULL; END';
         CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON guatu_accounts.users DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW WHEN (NEW.name = 'wang') EXECUTE FUNCTION slow();",
    );
    let (before, invited) = (one.edition(), new_user("wang"));
    let answer = thread::scope(|scope| {
        let adding = scope.spawn(|| one.add_user(&invited, now()).map(|_| ()));
        let begun = Instant::now();
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'COMMIT' AND state = 'active';";
        while database.run(end).trim() != "t" {
            assert!(begun.elapsed() < Duration::from_secs(4), "nothing lands");
        }
        adding.join().expect("an answer")
    });
    assert!(matches!(answer, Err(AccountsError::Store(StoreError::Unknown(_)))), "{answer:?}");
    database.run("DROP TRIGGER slow ON guatu_accounts.users;");
    assert_eq!(one.edition(), before);
    assert!(one.users().expect("a fresh connection").is_empty());
    one.add_user(&invited, now()).expect("a new user");
}

#[test]
fn connections_that_end_between_jobs_are_replaced_unseen() {
    let database = Database::fresh();
    let one = server(&database);
    for _ in 0..3 {
        let ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                     WHERE datname = current_database() AND pid <> pg_backend_pid();";
        assert_ne!(database.run(ended).trim(), "0");
        assert!(one.users().expect("a fresh connection").is_empty());
    }
}

#[test]
fn a_database_that_does_not_answer_is_waited_for_no_longer_than_is_bearable() {
    let database = Database::fresh();
    let store = AccountsStore::postgres(database.pool(1), runtime().handle().clone()).expect("a store");
    let has_users = || store.read::<_, StoreError>(|ledger| ledger.has_users());
    assert!(!has_users().expect("a store"));
    let process = database
        .run("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();");
    let signal =
        |kind: &str| assert!(Command::new("kill").args([kind, process.trim()]).status().expect("kill").success());
    signal("-STOP");
    let begun = Instant::now();
    let answer = has_users();
    assert!(matches!(answer, Err(StoreError::Unreachable(_))), "{answer:?}");
    assert!(begun.elapsed() < Duration::from_secs(9), "{:?}", begun.elapsed());
    let again = Instant::now();
    assert!(has_users().is_err() && again.elapsed() < Duration::from_millis(500), "the others are told at once");
    thread::sleep(Duration::from_millis(1_100));
    assert!(!has_users().expect("a fresh connection"));
    signal("-CONT");
}

#[test]
fn when_all_connections_are_in_use_whoever_comes_is_told_so() {
    let database = Database::fresh();
    let store = AccountsStore::postgres(database.pool(1), runtime().handle().clone()).expect("a store");
    let answer = store.read::<_, StoreError>(|_| {
        Ok(thread::scope(|scope| {
            let asking = scope.spawn(|| store.read::<_, StoreError>(|ledger| ledger.has_users()));
            asking.join().expect("an answer")
        }))
    });
    let answer = answer.expect("the first one has a connection");
    assert!(matches!(answer, Err(StoreError::Busy(_))), "{answer:?}");
}
