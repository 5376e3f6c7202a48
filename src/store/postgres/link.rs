//! The way to the database: a pool of connections, and what is known of it while it is away. Knows no tables.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime, Timeouts};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

use super::{fault, tls};
use crate::store::{Outage, StoreError};

/// The pause after the first try in vain; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How much longer than its statement an answer may take.
const SLACK: Duration = Duration::from_secs(2);

/// How long to wait for a connection that others hold.
const WAIT: Duration = Duration::from_secs(5);

/// How the database is reached, and how long anything may take there.
#[derive(Clone)]
pub struct Options {
    /// `postgresql://user:password@host:port/database?sslmode=require`; several hosts with `target_session_attrs=read-write`.
    pub url: String,
    /// The most connections at once.
    pub pool: usize,
    pub connect_timeout: Duration,
    pub statement_timeout: Duration,
    pub lock_timeout: Duration,
    pub idle_in_transaction: Duration,
    /// Certificates to trust in place of the platform's.
    pub root_certificates: Option<PathBuf>,
    /// How often others' changes are asked for when no word of them comes.
    pub poll: Duration,
}

/// Without the address, which may hold a password.
impl std::fmt::Debug for Options {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("Options").field("database", &self.to_string()).finish_non_exhaustive()
    }
}

/// How people call the database; without its password.
impl std::fmt::Display for Options {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match tls::known_words(&self.url).parse() {
            Ok(config) => to.write_str(&name(&config)),
            Err(_) => to.write_str("the database"),
        }
    }
}

impl Options {
    pub fn new(url: impl Into<String>) -> Options {
        Options {
            url: url.into(),
            pool: 8,
            connect_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(30),
            lock_timeout: Duration::from_secs(10),
            idle_in_transaction: Duration::from_mins(1),
            root_certificates: None,
            poll: Duration::from_secs(1),
        }
    }
}

pub struct Link {
    pool: Pool,
    pub(super) config: Config,
    pub(super) tls: tls::Connector,
    pub(super) options: Options,
    /// How people call the database; without its password.
    name: String,
    away: Mutex<Option<Away>>,
}

/// The database is away.
struct Away {
    outage: Outage,
    tries: u32,
    /// Nobody tries before, and then one alone.
    next: Instant,
}

impl Link {
    /// Connects to nothing yet.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`] for an address that cannot be one, or certificates that cannot be read.
    pub fn open(options: &Options) -> Result<Arc<Link>, StoreError> {
        // The address itself may hold a password, and so is never told.
        let refuse = |reason: String| StoreError::NotAStore { path: "the address of the database".to_owned(), reason };
        let mut config: Config =
            tls::known_words(&options.url).parse().map_err(|fault: tokio_postgres::Error| refuse(fault.to_string()))?;
        let name = name(&config);
        let settings = [
            config.get_options().map_or_else(String::new, |given| format!("{given} ")),
            format!("-c statement_timeout={} ", options.statement_timeout.as_millis()),
            format!("-c lock_timeout={} ", options.lock_timeout.as_millis()),
            format!("-c idle_in_transaction_session_timeout={} ", options.idle_in_transaction.as_millis()),
            "-c timezone=UTC -c datestyle=ISO -c extra_float_digits=1".to_owned(),
        ];
        config.options(settings.concat()).application_name("guatu").connect_timeout(options.connect_timeout);
        config.keepalives_idle(Duration::from_secs(30)).tcp_user_timeout(options.statement_timeout);
        if config.get_hosts().iter().all(is_a_socket) {
            // Nothing leaves the machine, and a socket has no name that a certificate could bear.
            config.ssl_mode(SslMode::Disable);
        }
        if config.get_hosts().len() > 1 {
            // Of several only one takes writes.
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        let tls = tls::connector(options.root_certificates.as_deref()).map_err(refuse)?;
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(config.clone(), tls.clone(), recycling);
        let hosts = u32::try_from(config.get_hosts().len()).unwrap_or(1).max(1);
        let create = Some(options.connect_timeout * hosts);
        let timeouts = Timeouts { wait: Some(WAIT), create, recycle: Some(WAIT) };
        let pool = Pool::builder(manager).max_size(options.pool).timeouts(timeouts).runtime(Runtime::Tokio1).build();
        let pool = pool.map_err(|fault| StoreError::Failed(fault.to_string()))?;
        Ok(Arc::new(Link { pool, config, tls, options: options.clone(), name, away: Mutex::new(None) }))
    }

    /// The connections that store and accounts share.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// How people call the database; without its password.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Why the database cannot be asked at the moment.
    pub fn outage(&self) -> Option<Outage> {
        let away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        away.as_ref().map(|away| away.outage.clone())
    }

    /// A connection. While the database is away one caller tries now and then, and the others are told at once.
    pub(super) async fn connection(&self) -> Result<Object, StoreError> {
        self.enter()?;
        match self.pool.get().await {
            Ok(connection) => {
                self.is_here();
                Ok(connection)
            }
            Err(fault) => {
                let fault = fault::of_pool(&fault);
                if let StoreError::Unreachable(reason) = &fault {
                    self.is_away(reason);
                }
                Err(fault)
            }
        }
    }

    fn enter(&self) -> Result<(), StoreError> {
        let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(away) = &mut *away else { return Ok(()) };
        let now = Instant::now();
        if now < away.next {
            return Err(StoreError::Unreachable(away.outage.reason.clone()));
        }
        away.next = now + self.options.connect_timeout;
        Ok(())
    }

    pub(super) fn is_here(&self) {
        *self.away.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Notes that a try failed.
    pub(super) fn is_away(&self, reason: &str) {
        let now = Instant::now();
        let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        let outage = || Outage { since: now, reason: reason.to_owned() };
        let known = away.get_or_insert_with(|| Away { outage: outage(), tries: 0, next: now });
        known.next = now + pause(known.tries);
        known.tries += 1;
        reason.clone_into(&mut known.outage.reason);
    }

    /// How long any answer may take: the server ends a statement before that, if it is there.
    pub(super) fn longest_answer(&self) -> Duration {
        self.options.statement_timeout + SLACK
    }

    /// No answer came in time: the server hangs, or the line to it does.
    pub(super) fn silent(&self) -> StoreError {
        let said = "the database does not answer";
        self.forget_connections();
        self.is_away(said);
        StoreError::Unreachable(said.to_owned())
    }

    /// Throws idle connections away: what ended one has most likely ended the others.
    pub(super) fn forget_connections(&self) {
        self.pool.retain(|_, _| false);
    }
}

/// How long to wait after so many tries in vain: longer each time, and not as long as others wait.
pub(super) fn pause(tries: u32) -> Duration {
    let whole = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(tries)).min(LONGEST_PAUSE);
    // Without randomness all wait alike, which is worse but no fault.
    let random = getrandom::u32().unwrap_or(u32::MAX / 2);
    whole.mul_f64(0.5 + f64::from(random) / f64::from(u32::MAX) / 2.0)
}

fn is_a_socket(host: &Host) -> bool {
    !matches!(host, Host::Tcp(_))
}

fn name(config: &Config) -> String {
    let host = |host: &Host| match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(path) => path.display().to_string(),
    };
    let hosts: Vec<String> = config.get_hosts().iter().map(host).collect();
    let ports: Vec<String> = config.get_ports().iter().map(|port| format!(":{port}")).collect();
    format!("postgresql://{}{}/{}", hosts.join(","), ports.join(","), config.get_dbname().unwrap_or_default())
}
