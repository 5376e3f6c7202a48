//! A relay between a foreign client and the server, which tells what the client asked for.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Passes bytes on both ways for as long as the test lasts.
pub struct Relay {
    pub base: String,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Relay {
    /// A relay to the server at this address, such as `http://127.0.0.1:8080`.
    pub fn to(server: &str) -> Relay {
        let target = server.strip_prefix("http://").expect("a plain address").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let heard = Arc::new(Mutex::new(Vec::new()));
        let hearing = Arc::clone(&heard);
        thread::spawn(move || {
            for client in listener.incoming() {
                let client = client.expect("a connection");
                let server = TcpStream::connect(&target).expect("the server listens");
                let ways = (client.try_clone().expect("a socket"), server.try_clone().expect("a socket"));
                let hearing = Arc::clone(&hearing);
                thread::spawn(move || pass_on(client, server, |bytes| hearing.lock().expect("heard").extend(bytes)));
                thread::spawn(move || pass_on(ways.1, ways.0, |_| ()));
            }
        });
        Relay { base, heard }
    }

    /// The addresses that were asked for since the last call, in order where the client asks for one at a time.
    pub fn asked(&self) -> Vec<String> {
        let heard = std::mem::take(&mut *self.heard.lock().expect("heard"));
        let heard = String::from_utf8_lossy(&heard).into_owned();
        let lines = heard.lines().filter_map(|line| line.strip_prefix("GET ")?.strip_suffix(" HTTP/1.1"));
        lines.map(str::to_owned).collect()
    }
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, mut hear: impl FnMut(&[u8])) {
    let mut bytes = [0; 16 << 10];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        hear(&bytes[..count]);
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    // Either side may have gone already.
    drop(to.shutdown(Shutdown::Write));
}
