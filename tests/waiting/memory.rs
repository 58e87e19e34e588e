//! What many waits hold.

use std::sync::Arc;

use futures_util::StreamExt;
use runpipe::{WaitOptions, wait_all};

use super::vendor::{Vendor, Words};
use super::{MEMORY, seconds};

/// In MiB, for 10,000 waits: four kilobytes each.
const CEILING: f32 = 40.0;

#[tokio::test(start_paused = true)]
async fn ten_thousand_waits_hold_little() {
    let vendor = Arc::new(Vendor::new(Words::Buddy, 100, 100, |_, _| seconds(3600)));
    let client = vendor.client(10.0);
    let before = MEMORY.current_usage_as_mb();
    MEMORY.reset_peak_usage();
    let mut waits = wait_all(
        vendor.all().map(|run| (&*client, run)),
        &WaitOptions::default(),
    );
    // Each run has been looked at.
    let ended = tokio::time::timeout(seconds(25), waits.next()).await;
    assert!(ended.is_err());
    assert!(vendor.lists() >= 200, "{}", vendor.lists());
    let held = MEMORY.peak_usage_as_mb() - before;
    println!("{held} MiB for 10,000 waits");
    assert!(held <= CEILING, "{held} MiB");
}
