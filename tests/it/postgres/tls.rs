//! TLS to the database: only a server whose certificate and name are right is talked to.

use guatu::store::postgres::{Link, Options, PostgresStore};
use guatu::store::{Store, StoreError};
use tokio::task::block_in_place;

use crate::support::replicas::Node;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_server_with_the_right_certificate_and_name_is_trusted() {
    let (node, root) = block_in_place(Node::with_tls);
    let open = async |host: &str, mode: &str, is_known: bool| {
        let mut options = Options::new(format!("postgres://postgres@{host}:{}/guatu?sslmode={mode}", node.port()));
        options.root_certificates = is_known.then(|| root.clone());
        PostgresStore::open(Link::open(&options).expect("an address")).await
    };
    for mode in ["verify-full", "require", "prefer"] {
        let store = open("localhost", mode, true).await.expect("it is the right one");
        assert_eq!(store.load().await.expect("a store").seq, 0);
        let lines = block_in_place(|| {
            node.run("SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'guatu';")
        });
        assert_eq!(lines.trim(), "t", "{mode}");
    }
    for (host, is_known, why) in [("localhost", false, "unknown signer"), ("127.0.0.1", true, "another name")] {
        let refused = open(host, "verify-full", is_known).await.map(|_| ()).expect_err(why);
        assert!(matches!(&refused, StoreError::Unreachable(said) if said.contains("certificate")), "{why}: {refused}");
    }
    let mut options = Options::new("postgres://localhost/guatu");
    options.root_certificates = Some("/nowhere/root.pem".into());
    let refused = Link::open(&options).map(|_| ()).expect_err("there is no such file");
    assert!(refused.to_string().contains("/nowhere/root.pem"), "{refused}");
}
