//! A ledger in a directory: a file for each key.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use fs4::{FileExt, TryLockError};
use futures_util::future::{BoxFuture, FutureExt, TryFutureExt};
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use sha2::{Digest, Sha256};

use super::store::LONGEST_ENTRY;
use super::{Key, Ledger, LedgerError, Stored, Version};

/// The holder of a lock needs a few milliseconds. A process that is stopped while it holds the lock
/// keeps it until it goes on: after five seconds this one gives up.
const TRIES: usize = 1_000;
const BETWEEN_TRIES: Duration = Duration::from_millis(5);
/// Files left behind by a process that was killed while it wrote are removed after this time.
const STALE: Duration = Duration::from_secs(3600);
const ENTRY: &str = "json";
const UNFINISHED: &str = "unfinished";

/// A ledger in a directory of this machine, for all its processes of one user.
///
/// Entries are files of their own, which only that user may read. A write is a new file that is
/// forced to the disk and takes the place of the old one, while an advisory lock keeps other writers
/// out. On a network file system it is as good as that system's locks; without any, the first entry of
/// a key is still written once.
#[derive(Clone, Debug)]
pub struct DirectoryLedger {
    folder: Arc<Path>,
}

impl DirectoryLedger {
    /// Opens the ledger in a directory, which is made where it is missing. Blocks for a moment.
    ///
    /// # Errors
    ///
    /// When the directory cannot be made or written to, or when others than its owner may write to
    /// it: whoever can change an entry can suppress a start, or cause it to be made twice.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, LedgerError> {
        let folder: PathBuf = folder.into();
        let failed = |cause: io::Error| on_disk(&folder, "cannot be used", &cause);
        make(&folder).map_err(failed)?;
        let about = fs::metadata(&folder).map_err(failed)?;
        if !about.is_dir() {
            return Err(failed(io::Error::from(ErrorKind::NotADirectory)));
        }
        if is_open_to_others(&about) {
            let shown = folder.display();
            return Err(LedgerError::new(format!(
                "others may write to the directory {shown}: shut them out (chmod go-w), or use another"
            )));
        }
        sweep(&folder).map_err(failed)?;
        Ok(DirectoryLedger {
            folder: folder.into(),
        })
    }

    async fn blocking<T: Send + 'static>(
        &self,
        what: &'static str,
        work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let folder = Arc::clone(&self.folder);
        let done = tokio::task::spawn_blocking(move || {
            work(&folder).map_err(|cause| on_disk(&folder, what, &cause))
        });
        done.await
            .unwrap_or_else(|_| Err(LedgerError::new("a thread of the ledger broke off")))
    }

    /// Changes an entry that is still as it was seen: `None` where it is not.
    fn change<T: Send + 'static>(
        &self,
        key: &Key,
        seen: Option<&Version>,
        change: impl FnOnce(&Path, &str) -> io::Result<T> + Send + 'static,
    ) -> BoxFuture<'_, Result<Option<T>, LedgerError>> {
        let (name, seen) = (key.digest(), seen.cloned());
        let changed = move |folder: &Path| {
            let _locked = lock(folder, &name)?;
            let stored = read(&path(folder, &name))?;
            match stored.map(|stored| stored.version) == seen {
                true => change(folder, &name).map(Some),
                false => Ok(None),
            }
        };
        self.blocking("cannot be written to", changed).boxed()
    }
}

impl Ledger for DirectoryLedger {
    fn create<'a>(
        &'a self,
        key: &'a Key,
        entry: &'a [u8],
    ) -> BoxFuture<'a, Result<Option<Version>, LedgerError>> {
        let entry = entry.to_vec();
        let write = move |folder: &Path, name: &str| write_first(folder, name, &entry);
        let created = self.change(key, None, write);
        created.map_ok(Option::flatten).boxed()
    }

    fn read<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Stored>, LedgerError>> {
        let name = key.digest();
        let look = move |folder: &Path| read(&path(folder, &name));
        self.blocking("cannot be read", look).boxed()
    }

    fn replace<'a>(
        &'a self,
        key: &'a Key,
        entry: &'a [u8],
        seen: &'a Version,
    ) -> BoxFuture<'a, Result<Option<Version>, LedgerError>> {
        let entry = entry.to_vec();
        let write = move |folder: &Path, name: &str| write(folder, name, &entry);
        self.change(key, Some(seen), write)
    }

    fn remove<'a>(
        &'a self,
        key: &'a Key,
        seen: &'a Version,
    ) -> BoxFuture<'a, Result<bool, LedgerError>> {
        let remove = |folder: &Path, name: &str| {
            fs::remove_file(path(folder, name))?;
            sync(folder)
        };
        let removed = self.change(key, Some(seen), remove);
        removed.map_ok(|removed| removed.is_some()).boxed()
    }

    fn list(&self) -> BoxStream<'_, Result<Stored, LedgerError>> {
        let paths = self.blocking("cannot be read", |folder| with_ending(folder, ENTRY));
        let paths = paths.map_ok(|paths| stream::iter(paths.into_iter().map(Ok)));
        let read = |path: PathBuf| self.blocking("cannot be read", move |_| read(&path));
        let paths = stream::once(paths).try_flatten();
        paths.try_filter_map(read).boxed()
    }
}

/// A link to nothing is in the way of an entry.
fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|about| about.is_symlink())
}

fn on_disk(folder: &Path, what: &str, cause: &io::Error) -> LedgerError {
    let shown = folder.display();
    LedgerError::new(format!("the directory {shown} {what}: {cause}"))
}

fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(name).with_extension(ENTRY)
}

/// A version is a digest of the bytes: no write repeats the bytes of an earlier one.
fn version(bytes: &[u8]) -> Version {
    Version::new(hex::encode(Sha256::digest(bytes)))
}

fn read(path: &Path) -> io::Result<Option<Stored>> {
    // Anything but a file, such as a pipe, may have no end, or no writer.
    let opened = fs::metadata(path).and_then(|about| match about.is_file() {
        true => File::open(path),
        false => Err(io::Error::new(
            ErrorKind::InvalidData,
            "an entry is no file",
        )),
    });
    let file = match opened {
        Ok(file) => file,
        Err(cause) if cause.kind() != ErrorKind::NotFound || is_link(path) => return Err(cause),
        Err(_) => return Ok(None),
    };
    let mut bytes = Vec::new();
    file.take(LONGEST_ENTRY).read_to_end(&mut bytes)?;
    let version = version(&bytes);
    Ok(Some(Stored { bytes, version }))
}

/// Whole or not at all, and on the disk: a new file takes the place of the old one.
fn write(folder: &Path, name: &str, entry: &[u8]) -> io::Result<Version> {
    put(folder, name, entry, |new, place| fs::rename(new, place))
}

/// The same where there was none; `None` where there is one by now. A network file system may have
/// shown that there is none for a while after another machine wrote one, or have no locks at all.
fn write_first(folder: &Path, name: &str, entry: &[u8]) -> io::Result<Option<Version>> {
    let written = put(folder, name, entry, |new, place| {
        match fs::hard_link(new, place) {
            // One that stays is swept away.
            Ok(()) => drop(fs::remove_file(new)),
            Err(cause) if cause.kind() == ErrorKind::AlreadyExists => return Err(cause),
            // Not every file system has links.
            Err(_) => fs::rename(new, place)?,
        }
        Ok(())
    });
    match written {
        Err(cause) if cause.kind() == ErrorKind::AlreadyExists => Ok(None),
        written => written.map(Some),
    }
}

fn put(
    folder: &Path,
    name: &str,
    entry: &[u8],
    into_place: impl FnOnce(&Path, &Path) -> io::Result<()>,
) -> io::Result<Version> {
    let drawn = fastrand::u64(..);
    let unfinished = folder.join(format!("{name}-{drawn:016x}.{UNFINISHED}"));
    let written = (|| {
        let mut file = private().create_new(true).open(&unfinished)?;
        file.write_all(entry)?;
        file.sync_all()?;
        into_place(&unfinished, &path(folder, name))
    })();
    if let Err(cause) = written {
        let _ = fs::remove_file(&unfinished);
        return Err(cause);
    }
    sync(folder)?;
    Ok(version(entry))
}

/// Keeps other writers out until it is dropped. Sixteen files serve for all keys: one that is
/// removed while somebody waits for its lock would let two in.
fn lock(folder: &Path, name: &str) -> io::Result<File> {
    let which: String = name.chars().take(1).collect();
    let file = folder.join(format!("{which}.lock"));
    let file = private().create(true).truncate(false).open(file)?;
    for _ in 0..TRIES {
        match FileExt::try_lock(&file) {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => sleep(BETWEEN_TRIES),
            Err(TryLockError::Error(cause)) => return Err(cause),
        }
    }
    let why = "another process holds its lock and makes no progress";
    Err(io::Error::new(ErrorKind::TimedOut, why))
}

/// Removes what processes left behind that were killed while they wrote.
fn sweep(folder: &Path) -> io::Result<()> {
    for path in with_ending(folder, UNFINISHED)? {
        let age = fs::metadata(&path).and_then(|about| about.modified());
        let age = age.map(|written| SystemTime::now().duration_since(written));
        if matches!(age, Ok(Ok(age)) if age > STALE) {
            let _ = fs::remove_file(&path);
        }
    }
    Ok(())
}

fn with_ending(folder: &Path, ending: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for item in fs::read_dir(folder)? {
        let path = item?.path();
        if path.extension().is_some_and(|has| has == ending) {
            found.push(path);
        }
    }
    Ok(found)
}

/// Makes a directory with those above it, each on the disk: without its name every entry is lost.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let missing = folder.ancestors().take_while(|above| !above.exists());
    let holders: Vec<&Path> = missing.filter_map(Path::parent).collect();
    builder.recursive(true).create(folder)?;
    holders.into_iter().try_for_each(|holder| match holder {
        here if here.as_os_str().is_empty() => sync(Path::new(".")),
        holder => sync(holder),
    })
}

#[cfg(unix)]
fn is_open_to_others(about: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    about.permissions().mode() & 0o022 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_about: &fs::Metadata) -> bool {
    false
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true);
    options
}

/// Forces the names of a directory to the disk. Elsewhere directories cannot be opened; the system
/// writes their names in order.
fn sync(folder: &Path) -> io::Result<()> {
    match cfg!(unix) {
        true => File::open(folder)?.sync_all(),
        false => Ok(()),
    }
}
