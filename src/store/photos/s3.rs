//! Photos in a bucket of a store that speaks the S3 protocol, which several servers share. Makes no buckets and lets nothing expire.

use std::sync::{Arc, Once};
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, S3ConditionalPut};
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ClientOptions, Error, ObjectStore, PutMode, PutPayload, RetryConfig};
use uuid::Uuid;

use super::{PhotoStore, fault};
use crate::store::StoreError;

/// How long a connection to the bucket may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long one request may take, with up to 25 MB to carry.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// How often a request that may pass is sent again.
const RETRIES: usize = 3;

/// How long after the first try no other one begins. A caller waits this long and one request more, at the most.
const RETRY_TIMEOUT: Duration = Duration::from_secs(20);

/// The first and the longest wait between tries, which are spread by chance.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// Where the photos are, and the key to it.
#[derive(Clone)]
pub struct S3Options {
    pub bucket: String,
    /// The part of the bucket that is ours; empty for all of it.
    pub prefix: String,
    /// The address of the store; that of AWS in this region when absent.
    pub endpoint: Option<String>,
    pub region: String,
    pub addressing: Addressing,
    pub transport: Transport,
    pub access_key_id: String,
    pub secret_access_key: String,
}

/// How an address names the bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressing {
    /// `https://store/bucket/key`, which every store understands.
    Path,
    /// `https://bucket.store/key`, which AWS wants of new buckets. An endpoint names the bucket itself then.
    VirtualHost,
}

/// Whether the line to the store may be in the clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Https,
    /// Whoever sees the line sees the photos.
    HttpToo,
}

impl std::fmt::Debug for S3Options {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let S3Options { bucket, prefix, endpoint, region, addressing, transport, .. } = self;
        let mut told = to.debug_struct("S3Options");
        told.field("bucket", bucket).field("prefix", prefix).field("endpoint", endpoint).field("region", region);
        // The key is nobody's to read.
        told.field("addressing", addressing).field("transport", transport).finish_non_exhaustive()
    }
}

/// What [`PhotoStore::check`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// The home does what photos need.
    Sound,
    /// It cannot be asked at the moment; why.
    Unreachable(String),
}

static TLS: Once = Once::new();

impl PhotoStore {
    /// Photos in a bucket. Asks nothing yet: [`PhotoStore::check`] does.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when the options make no sense together.
    pub fn s3(options: &S3Options) -> Result<PhotoStore, StoreError> {
        // Fails only when somebody chose another one before, which is as good.
        TLS.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
        let line = ClientOptions::new()
            .with_allow_http(options.transport == Transport::HttpToo)
            .with_connect_timeout(CONNECT_TIMEOUT)
            .with_timeout(REQUEST_TIMEOUT);
        let backoff = BackoffConfig { init_backoff: FIRST_WAIT, max_backoff: LONGEST_WAIT, ..BackoffConfig::default() };
        let mut bucket = AmazonS3Builder::new()
            .with_bucket_name(&options.bucket)
            .with_region(&options.region)
            .with_virtual_hosted_style_request(options.addressing == Addressing::VirtualHost)
            .with_access_key_id(&options.access_key_id)
            .with_secret_access_key(&options.secret_access_key)
            .with_client_options(line)
            .with_retry(RetryConfig { backoff, max_retries: RETRIES, retry_timeout: RETRY_TIMEOUT })
            // Two servers that keep one part: the bucket says who was first.
            .with_conditional_put(S3ConditionalPut::ETagMatch)
            // Photos go one by one, which every store and every policy allows.
            .with_disable_bulk_delete(true);
        if let Some(endpoint) = &options.endpoint {
            bucket = bucket.with_endpoint(endpoint);
        }
        let bucket = bucket.build().map_err(|cause| fault(&cause))?;
        let objects: Arc<dyn ObjectStore> = match options.prefix.as_str() {
            "" => Arc::new(bucket),
            prefix => Arc::new(PrefixStore::new(bucket, prefix)),
        };
        Ok(PhotoStore { objects })
    }

    /// Keeps something, keeps it again only if it is not there, lists it and removes it.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when the key, the bucket or its rules are wrong, or when the store overwrites what it was told to keep:
    /// two servers would lose parts of photos there.
    pub async fn check(&self) -> Result<Checked, StoreError> {
        match self.try_out().await {
            Ok(()) => Ok(Checked::Sound),
            Err(StoreError::Busy(reason)) => Ok(Checked::Unreachable(reason)),
            Err(other) => Err(other),
        }
    }

    async fn try_out(&self) -> Result<(), StoreError> {
        // A name of its own: other servers may start at the same moment.
        let (folder, name) = (Path::from("check"), Uuid::now_v7().to_string());
        let path = folder.clone().join(name.as_str());
        self.put(&path, b"1".to_vec()).await?;
        let again = self.objects.put_opts(&path, PutPayload::from_static(b"2"), PutMode::Create.into()).await;
        let listed = self.list(&folder).await?.iter().any(|meta| meta.location == path);
        self.delete(&path).await?;
        match again {
            Err(Error::AlreadyExists { .. }) if listed => Ok(()),
            Err(Error::AlreadyExists { .. }) => Err(unfit("does not list what it keeps")),
            Ok(_) => Err(unfit(
                "overwrites what it is told to keep (it does not know the header If-None-Match of PutObject)",
            )),
            Err(other) => Err(fault(&other)),
        }
    }
}

fn unfit(why: &str) -> StoreError {
    StoreError::Failed(format!("photos: the bucket {why}, so it cannot be shared by servers"))
}
