//! TLS to the database: which certificates are trusted, and what an address asks for.
//!
//! Whatever `sslmode` says, a certificate that is shown is checked, and so is the name in it: `require` means what others call
//! `verify-full`, and `prefer` does without TLS only where the server has none.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres_rustls::MakeRustlsConnect;

/// Makes TLS for each host.
#[derive(Clone)]
pub(super) struct Connector(MakeRustlsConnect);

/// The driver asks for the TLS of a socket too, and never uses it.
const NAME_OF_A_SOCKET: &str = "localhost";

impl<S> MakeTlsConnect<S> for Connector
where
    MakeRustlsConnect: MakeTlsConnect<S>,
{
    type Stream = <MakeRustlsConnect as MakeTlsConnect<S>>::Stream;
    type TlsConnect = <MakeRustlsConnect as MakeTlsConnect<S>>::TlsConnect;
    type Error = <MakeRustlsConnect as MakeTlsConnect<S>>::Error;

    fn make_tls_connect(&mut self, host: &str) -> Result<Self::TlsConnect, Self::Error> {
        self.0.make_tls_connect(if host.is_empty() { NAME_OF_A_SOCKET } else { host })
    }
}

/// Trusts the certificates of the file, or those that the platform trusts.
pub(super) fn connector(root_certificates: Option<&Path>) -> Result<Connector, String> {
    let mut roots = RootCertStore::empty();
    match root_certificates {
        Some(path) => {
            let wrong = |fault: &dyn std::fmt::Display| format!("{}: {fault}", path.display());
            for certificate in CertificateDer::pem_file_iter(path).map_err(|fault| wrong(&fault))? {
                let certificate = certificate.map_err(|fault| wrong(&fault))?;
                roots.add(certificate).map_err(|fault| wrong(&fault))?;
            }
            if roots.is_empty() {
                return Err(wrong(&"there is no certificate in it"));
            }
        }
        // What the platform has in other forms is no reason not to start.
        None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|fault| fault.to_string())?;
    Ok(Connector(MakeRustlsConnect::new(config.with_root_certificates(roots).with_no_client_auth())))
}

/// The address in the words that the driver knows.
pub(super) fn known_words(url: &str) -> String {
    url.replace("sslmode=verify-full", "sslmode=require").replace("sslmode=verify-ca", "sslmode=require")
}
