//! A way to the server that can be cut just when a commit has landed and its answer has not arrived.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

const SOCKET: &str = ".s.PGSQL.5432";

pub struct Proxy {
    folder: TempDir,
    /// The next commit is let through, and its answer is not.
    pub cuts_the_next_commit: Arc<AtomicBool>,
}

impl Proxy {
    pub fn to(server: &std::path::Path) -> Proxy {
        let folder = TempDir::new().expect("a folder");
        let listener = UnixListener::bind(folder.path().join(SOCKET)).expect("a socket");
        let cuts_the_next_commit = Arc::new(AtomicBool::new(false));
        let (cuts, server) = (Arc::clone(&cuts_the_next_commit), server.join(SOCKET));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, server.clone(), Arc::clone(&cuts)));
            }
        });
        Proxy { folder, cuts_the_next_commit }
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgresql://postgres@{}/{database}", self.folder.path().to_string_lossy().replace('/', "%2F"))
    }
}

async fn pass(mut client: UnixStream, server: PathBuf, cuts: Arc<AtomicBool>) {
    let Ok(mut server) = UnixStream::connect(server).await else { return };
    let (mut asked, mut told) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            Ok(length) = client.read(&mut asked) => {
                let bytes = &asked[..length];
                if length == 0 || server.write_all(bytes).await.is_err() {
                    return;
                }
                let is_commit = bytes.windows(7).any(|part| part == b"COMMIT\0");
                if is_commit && cuts.swap(false, Ordering::SeqCst) {
                    // The answer comes when it has landed, and stays here.
                    let _ = server.read(&mut told).await;
                    return;
                }
            }
            Ok(length) = server.read(&mut told) => {
                if length == 0 || client.write_all(&told[..length]).await.is_err() {
                    return;
                }
            }
            else => return,
        }
    }
}
