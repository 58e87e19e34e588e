//! A ledger in an object store: an object for each key, written on conditions.

use std::error::Error as _;
use std::fmt;
use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{BoxStream, StreamExt};
use object_store::path::Path;
use object_store::{
    Error as StoreError, ObjectMeta, ObjectStore, ObjectStoreExt, ObjectStoreScheme, PutMode,
    PutPayload, RetryConfig, UpdateVersion,
};
use url::Url;

use super::store::LONGEST_ENTRY;
use super::{Key, Ledger, LedgerError, Stored, Version};

const ENTRY: &str = "json";
/// So often does the store's client repeat a request: the cause is known before a caller gives up.
const REPEATS: usize = 3;

/// A ledger in an object store (`s3://`, `az://`, `gs://`), for all machines that reach it.
///
/// The store has to honour conditions of writes (`If-None-Match`, `If-Match`), as the large ones do.
/// A key that is forgotten leaves an empty object behind: not every store removes on a condition.
///
/// The store's client repeats a write whose answer was lost. The store refuses the second one, because
/// the first took effect: the caller reads the entry again, and finds that it is its own.
#[derive(Clone)]
pub struct ObjectStoreLedger {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
}

/// A store at an address, with the options that it knows.
macro_rules! build {
    ($builder:ty, $address:expr, $options:expr) => {{
        let retry = RetryConfig {
            max_retries: REPEATS,
            ..RetryConfig::default()
        };
        let plain = <$builder>::new().with_url($address).with_retry(retry);
        let set = |builder: $builder, (name, value): (String, String)| match name.parse() {
            Ok(name) => builder.with_config(name, value),
            Err(_) => builder,
        };
        let built = $options.into_iter().fold(plain, set).build();
        built.map(|store| Arc::new(store) as Arc<dyn ObjectStore>)
    }};
}

impl ObjectStoreLedger {
    /// Opens the ledger at an address such as `s3://bucket/ledgers/deploy`, with options as the
    /// `object_store` crate names them (`aws_region`, `azure_storage_account_name`); it passes over
    /// those that it does not know. Nothing is sent.
    ///
    /// # Errors
    ///
    /// When the address is not one of S3, Azure Blob Storage or Google Cloud Storage, has more than
    /// a place in it, or an option that is needed is missing or wrong.
    pub fn open(
        address: &str,
        options: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, LedgerError> {
        // The address is not repeated: it may have a password in it.
        let fault = || {
            let what =
                "the address of the object store is not like s3://bucket/path, az:// or gs://";
            LedgerError::new(what)
        };
        let address = Url::parse(address).map_err(|_| fault())?;
        let extra = [address.password(), address.query(), address.fragment()];
        let (scheme, prefix) = ObjectStoreScheme::parse(&address).map_err(|_| fault())?;
        let built = match scheme {
            _ if extra.into_iter().flatten().next().is_some() => return Err(fault()),
            ObjectStoreScheme::AmazonS3 => {
                build!(object_store::aws::AmazonS3Builder, address, options)
            }
            ObjectStoreScheme::MicrosoftAzure => {
                build!(object_store::azure::MicrosoftAzureBuilder, address, options)
            }
            ObjectStoreScheme::GoogleCloudStorage => {
                build!(
                    object_store::gcp::GoogleCloudStorageBuilder,
                    address,
                    options
                )
            }
            // A store in one process's memory, or one without conditional writes, cannot be a
            // ledger.
            _ => return Err(fault()),
        };
        let store = built.map_err(|cause| failed(&cause))?;
        Ok(ObjectStoreLedger { store, prefix })
    }

    fn path(&self, key: &Key) -> Path {
        self.prefix
            .clone()
            .join(format!("{}.{ENTRY}", key.digest()))
    }

    async fn put(
        &self,
        path: &Path,
        entry: &[u8],
        mode: PutMode,
    ) -> Result<Option<Version>, LedgerError> {
        let updates = matches!(mode, PutMode::Update(_));
        let payload = PutPayload::from(entry.to_vec());
        match self.store.put_opts(path, payload, mode.into()).await {
            Ok(put) => version(put.into()).map(Some),
            Err(StoreError::AlreadyExists { .. } | StoreError::Precondition { .. }) => Ok(None),
            // Some stores say so for a deleted object; all of them for a bucket that does not
            // exist.
            Err(StoreError::NotFound { .. }) if updates => Ok(None),
            Err(cause) => Err(failed(&cause)),
        }
    }

    /// The object at a path, an empty one too.
    async fn get(&self, path: &Path) -> Result<Option<Stored>, LedgerError> {
        let got = match self.store.get(path).await {
            Ok(got) => got,
            Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(cause) => return Err(failed(&cause)),
        };
        if got.meta.size > LONGEST_ENTRY {
            return Err(LedgerError::new("an entry is damaged"));
        }
        let version = version(UpdateVersion {
            e_tag: got.meta.e_tag.clone(),
            version: got.meta.version.clone(),
        })?;
        let bytes = got.bytes().await.map_err(|cause| failed(&cause))?.to_vec();
        Ok(Some(Stored { bytes, version }))
    }
}

impl Ledger for ObjectStoreLedger {
    fn create<'a>(
        &'a self,
        key: &'a Key,
        entry: &'a [u8],
    ) -> BoxFuture<'a, Result<Option<Version>, LedgerError>> {
        let create = async move {
            let path = self.path(key);
            if let Some(version) = self.put(&path, entry, PutMode::Create).await? {
                return Ok(Some(version));
            }
            match self.get(&path).await? {
                Some(left) if left.bytes.is_empty() => {
                    let mode = PutMode::Update(update(&left.version));
                    self.put(&path, entry, mode).await
                }
                Some(_) | None => Ok(None),
            }
        };
        create.boxed()
    }

    fn read<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Stored>, LedgerError>> {
        let read = async move {
            let stored = self.get(&self.path(key)).await?;
            Ok(stored.filter(|stored| !stored.bytes.is_empty()))
        };
        read.boxed()
    }

    fn replace<'a>(
        &'a self,
        key: &'a Key,
        entry: &'a [u8],
        seen: &'a Version,
    ) -> BoxFuture<'a, Result<Option<Version>, LedgerError>> {
        let mode = PutMode::Update(update(seen));
        async move { self.put(&self.path(key), entry, mode).await }.boxed()
    }

    fn remove<'a>(
        &'a self,
        key: &'a Key,
        seen: &'a Version,
    ) -> BoxFuture<'a, Result<bool, LedgerError>> {
        let mode = PutMode::Update(update(seen));
        async move { Ok(self.put(&self.path(key), b"", mode).await?.is_some()) }.boxed()
    }

    fn list(&self) -> BoxStream<'_, Result<Stored, LedgerError>> {
        let objects = self.store.list(Some(&self.prefix));
        let read = move |object: Result<ObjectMeta, StoreError>| async move {
            let path = match object {
                Ok(object) if object.size == 0 => return None,
                Ok(object) if object.location.extension() != Some(ENTRY) => return None,
                Ok(object) => object.location,
                Err(cause) => return Some(Err(failed(&cause))),
            };
            let stored = self.get(&path).await.transpose()?;
            let empty = matches!(&stored, Ok(stored) if stored.bytes.is_empty());
            (!empty).then_some(stored)
        };
        objects.filter_map(read).boxed()
    }
}

impl fmt::Debug for ObjectStoreLedger {
    /// The name of the store: what else it would show of itself is the key to it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectStoreLedger")
            .field("store", &format_args!("{}", self.store))
            .field("prefix", &self.prefix)
            .finish()
    }
}

/// Stores name a version by an ETag, by a number of their own, or by both.
fn version(of: UpdateVersion) -> Result<Version, LedgerError> {
    let UpdateVersion { e_tag, version } = of;
    if e_tag.is_none() && version.is_none() {
        let why = "the object store names no versions, so it cannot write on conditions";
        return Err(LedgerError::new(why));
    }
    let part = |part: Option<String>| part.unwrap_or_default();
    Ok(Version::new(format!("{}\n{}", part(e_tag), part(version))))
}

fn update(version: &Version) -> UpdateVersion {
    let (e_tag, version) = version
        .as_str()
        .split_once('\n')
        .unwrap_or((version.as_str(), ""));
    let part = |part: &str| Some(part.to_owned()).filter(|part| !part.is_empty());
    UpdateVersion {
        e_tag: part(e_tag),
        version: part(version),
    }
}

/// In a few words. Only the code of the store's answer: the rest may repeat what was sent.
fn failed(cause: &StoreError) -> LedgerError {
    let mut words = cause.to_string();
    let mut deeper = cause.source();
    while let Some(cause) = deeper {
        (words, deeper) = (cause.to_string(), cause.source());
    }
    let code = words
        .split_once("<Code>")
        .and_then(|(_, rest)| rest.split_once('<'));
    let code = code.map_or("", |(code, _)| code);
    // What is wrong, and its status; the answer comes after a second colon.
    let words: Vec<&str> = words.splitn(3, ": ").take(2).collect();
    let words: String = words.join(": ").chars().take(200).collect();
    LedgerError::new(format!("the object store fails: {words} {code}"))
}
