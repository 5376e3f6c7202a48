//! Hears on a connection of its own that others committed. What it misses is found by asking for the sequence now and then.

use std::future::poll_fn;
use std::sync::Arc;

use tokio::sync::Notify;
use tokio::time::sleep;
use tokio_postgres::{AsyncMessage, Error};

use super::fault;
use super::link::{Link, pause};
use crate::store::StoreError;

/// Listens until the task is stopped. While the database is away this is who finds out that it is back.
pub(super) async fn listen(link: Arc<Link>, wake: Arc<Notify>) {
    let mut tries = 0;
    loop {
        let mut has_begun = false;
        let ended = session(&link, &wake, &mut has_begun).await;
        if has_begun {
            tries = 0;
        }
        if let Err(fault) = ended {
            let said = fault::said(&fault);
            tracing::warn!(database = link.name(), fault = said, "the connection that hears of changes went");
            // One connection that ends while it begins is no outage, nor is a server that is full.
            if !has_begun && tries > 0 && !matches!(fault::of(&fault), StoreError::Busy(_)) {
                link.is_away(&said);
            }
        }
        sleep(pause(tries)).await;
        tries = tries.saturating_add(1);
    }
}

async fn session(link: &Link, wake: &Notify, has_begun: &mut bool) -> Result<(), Error> {
    let (client, mut connection) = link.config.connect(link.tls.clone()).await?;
    let mut messages = Box::pin(async move {
        loop {
            match poll_fn(|context| connection.poll_message(context)).await {
                Some(Ok(AsyncMessage::Notification(_))) => wake.notify_one(),
                Some(Ok(_)) => {}
                Some(Err(fault)) => return Err(fault),
                None => return Ok(()),
            }
        }
    });
    let listen = client.batch_execute("LISTEN guatu_changes");
    tokio::select! {
        ended = &mut messages => return ended,
        listens = listen => listens?,
    }
    *has_begun = true;
    link.is_here();
    // Something may have come while nobody listened.
    wake.notify_one();
    let ended = messages.await;
    drop(client);
    ended
}
