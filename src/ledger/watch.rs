//! For how long an entry has been the same.

use std::time::Duration;

use tokio::time::Instant;

use super::Version;
use super::protocol::Silence;

/// Watches an entry by this process's monotonic clock: what other machines' clocks show does not
/// matter.
#[derive(Debug, Default)]
pub(super) struct Watch {
    seen: Option<(Version, Instant)>,
}

impl Watch {
    /// Takes note of what was read, and says for how long it has been the same at least: from the
    /// end of the first reading to the beginning of this one.
    pub fn silence(&mut self, version: &Version, began: Instant, lease: Duration) -> Silence {
        let since = match &self.seen {
            Some((same, since)) if same == version => *since,
            Some(_) | None => {
                let now = Instant::now();
                self.seen = Some((version.clone(), now));
                now
            }
        };
        let unchanged = began.saturating_duration_since(since);
        match unchanged {
            _ if unchanged >= lease.saturating_mul(2) => Silence::Settled,
            _ if unchanged >= lease => Silence::Lease,
            _ => Silence::Short,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_entry_is_silent_since_it_was_first_seen_as_it_is() {
        let (mut watch, lease) = (Watch::default(), Duration::from_secs(20));
        let began = Instant::now();
        for (version, seconds, silence) in [
            ("first", 0, Silence::Short),
            ("first", 19, Silence::Short),
            ("first", 20, Silence::Lease),
            ("first", 40, Silence::Settled),
            ("second", 40, Silence::Short),
            ("second", 79, Silence::Lease),
        ] {
            if version == "second" && seconds == 40 {
                tokio::time::advance(lease * 2).await;
            }
            let read = began + Duration::from_secs(seconds);
            let told = watch.silence(&Version::new(version), read, lease);
            assert_eq!(told, silence, "{version}, {seconds} s");
        }
    }
}
