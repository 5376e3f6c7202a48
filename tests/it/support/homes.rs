//! Both homes of accounts, for tests that hold over either: a file, and a database of a PostgreSQL that tests share while any needs it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use deadpool_postgres::{Manager, Pool, Runtime as PoolRuntime};
use guatu::http::Options;
use guatu::store::accounts::AccountsStore;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, Config, NoTls};

use super::http::{Server, plain_options};
use super::postgis::Cluster;

/// Connections of each store.
const POOL: usize = 4;

pub enum Home {
    File(TempDir),
    Postgres(Database),
}

impl Home {
    pub fn file() -> Home {
        Home::File(tempfile::tempdir().expect("a temporary folder"))
    }

    pub fn postgres() -> Home {
        // Made from a thread that is no runtime's, for tests that wait.
        Home::Postgres(std::thread::scope(|scope| scope.spawn(Database::fresh).join().expect("a database")))
    }

    /// Another one of the same kind, with nobody in it.
    pub fn another(&self) -> Home {
        match self {
            Home::File(_) => Home::file(),
            Home::Postgres(_) => Home::postgres(),
        }
    }

    /// Another store over the same accounts, as another process or server opens it.
    pub fn store(&self) -> AccountsStore {
        match self {
            Home::File(folder) => AccountsStore::open(&folder.path().join("accounts.db")).expect("a store"),
            Home::Postgres(database) => database.store(),
        }
    }
}

impl Home {
    /// Another server of the shipped plan over these accounts.
    pub fn server(&self) -> Server {
        self.server_with(plain_options())
    }

    pub fn server_with(&self, options: Options) -> Server {
        // A store is opened from a thread that is no runtime's.
        let store = std::thread::scope(|scope| scope.spawn(|| self.store()).join().expect("a store"));
        Server::known_to(store, options)
    }
}

/// A database of its own.
pub struct Database {
    cluster: Arc<Cluster>,
    name: String,
    /// Where its server's socket is.
    folder: String,
}

impl Database {
    /// In the server that tests share: it stops when the last of them is over.
    pub fn fresh() -> Database {
        static SHARED: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        let cluster = shared.upgrade().unwrap_or_else(|| Arc::new(Cluster::start()));
        *shared = Arc::downgrade(&cluster);
        Database::within(cluster)
    }

    /// In a server of its own, which may be stopped.
    pub fn alone() -> Database {
        Database::within(Arc::new(Cluster::start()))
    }

    fn within(cluster: Arc<Cluster>) -> Database {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let name = format!("accounts_{}", MADE.fetch_add(1, Ordering::Relaxed));
        let run = |sql: &str| in_turn(|| cluster.run(sql));
        run(&format!("CREATE DATABASE {name} TEMPLATE template0;"));
        let folder = run("SHOW unix_socket_directories;").trim().to_owned();
        Database { cluster, name, folder }
    }

    pub fn store(&self) -> AccountsStore {
        AccountsStore::postgres(self.pool(POOL), runtime().handle().clone()).expect("a store")
    }

    pub fn pool(&self, size: usize) -> Pool {
        let manager = Manager::new(self.config("postgres"), NoTls);
        Pool::builder(manager).max_size(size).runtime(PoolRuntime::Tokio1).build().expect("a pool")
    }

    fn config(&self, user: &str) -> Config {
        let mut config = Config::new();
        config.host_path(&self.folder).user(user).dbname(&self.name);
        config
    }

    /// A connection of somebody.
    pub fn connect(&self, user: &str) -> Client {
        let config = self.config(user);
        runtime().block_on(async move {
            let (client, connection) = config.connect(NoTls).await.expect("a connection");
            tokio::spawn(connection);
            client
        })
    }

    /// Runs statements as the database's owner and gives a line for each row.
    pub fn run(&self, sql: &str) -> String {
        in_turn(|| self.cluster.run(&format!("\\connect {}\n{sql}", self.name)))
    }

    /// Where the server keeps its files.
    pub fn data(&self) -> String {
        self.run("SHOW data_directory;").trim().to_owned()
    }

    pub fn folder(&self) -> &str {
        &self.folder
    }
}

/// Drives the connections of all tests, as it outlives the runtime of each.
pub fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
    })
}

/// A cluster writes each script into the same place.
fn in_turn<T>(run: impl FnOnce() -> T) -> T {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run()
}

/// Makes two tests of each: over accounts in a file, and over accounts in PostgreSQL.
macro_rules! over_both_homes {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use crate::support::homes::Home;

            #[test]
            fn in_a_file() {
                super::$name(&Home::file());
            }

            #[test]
            fn in_postgresql() {
                super::$name(&Home::postgres());
            }
        }
    )+};
}

/// The same for tests that wait.
macro_rules! over_both_homes_async {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use crate::support::homes::Home;

            #[tokio::test]
            async fn in_a_file() {
                super::$name(&Home::file()).await;
            }

            #[tokio::test]
            async fn in_postgresql() {
                super::$name(&Home::postgres()).await;
            }
        }
    )+};
}

pub(crate) use {over_both_homes, over_both_homes_async};
