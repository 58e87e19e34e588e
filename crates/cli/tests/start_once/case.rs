//! One drawn case: the program is killed at some point of a start, and called again.

use std::fs::File;
use std::time::Duration;

use fastrand::Rng;
use runpipe::Service;
use runpipe::ledger::{DirectoryLedger, Key};
use runpipe_testing::ScriptedAnswer;
use rustix::fs::{FlockOperation, flock};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

use crate::site::{Ended, LEASE, Site, asked, ended};

/// When the program is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Point {
    /// At any time after it was begun.
    Anywhere,
    /// It waits to write its intent.
    BeforeTheIntent,
    /// The intent is written, nothing was sent.
    AfterTheIntent,
    /// It waits to write that the request leaves.
    BeforeTheSend,
    /// The service has the request, and has not answered.
    WhileSending,
    /// It has the answer, and waits to write the reference.
    BeforeTheReference,
    /// The answer left the outcome open.
    InDoubt,
    /// The ledger is being written, whichever write it is.
    WhileWriting,
}

impl Point {
    pub const ALL: [Point; 8] = [
        Point::Anywhere,
        Point::BeforeTheIntent,
        Point::AfterTheIntent,
        Point::BeforeTheSend,
        Point::WhileSending,
        Point::BeforeTheReference,
        Point::InDoubt,
        Point::WhileWriting,
    ];

    /// Whether the program is held there until it is killed. At the other points it may be faster than the kill.
    pub fn holds(self) -> bool {
        matches!(self, Point::BeforeTheIntent | Point::WhileSending)
    }
}

/// Longer than the program is left alive.
const HELD_BACK: Duration = Duration::from_secs(30);
/// A point that does not come is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// A key that is started, with what becomes of it.
pub struct Case<'s> {
    pub site: &'s Site,
    pub service: Service,
    pub key: Key,
    pub rng: Rng,
}

impl Case<'_> {
    /// Kills the program there; `false` when it had ended before.
    pub async fn kill_at(&mut self, point: Point) -> bool {
        let killed = match point {
            Point::Anywhere => {
                let child = self.begin();
                self.pause(0..600).await;
                kill(child).await
            }
            Point::BeforeTheIntent => {
                let locked = self.lock();
                let child = self.begin();
                self.pause(50..600).await;
                let killed = kill(child).await;
                drop(locked);
                killed
            }
            Point::AfterTheIntent => {
                self.hold_back_reads();
                let mut child = self.begin();
                self.until(&mut child, |case| case.is_at("claimed")).await;
                kill(child).await
            }
            Point::BeforeTheSend => {
                self.hold_back_reads();
                let mut child = self.begin();
                self.until(&mut child, |case| case.is_at("claimed")).await;
                let locked = self.lock();
                self.pause(100..900).await;
                let killed = kill(child).await;
                drop(locked);
                killed
            }
            Point::WhileSending => {
                let child = self.begin_and_wait_for_the_start(HELD_BACK).await;
                kill(child).await
            }
            Point::BeforeTheReference => {
                let soon = Duration::from_millis(300);
                let child = self.begin_and_wait_for_the_start(soon).await;
                let locked = self.lock();
                self.pause(350..700).await;
                let killed = kill(child).await;
                drop(locked);
                killed
            }
            Point::InDoubt => {
                let answer = ScriptedAnswer::status(502);
                let answer = match self.rng.bool() {
                    true => answer.after_acting(),
                    false => answer,
                };
                self.site.next_start(self.service, answer);
                let mut child = self.begin();
                self.until(&mut child, |case| case.is_at("unclear")).await;
                self.pause(0..1500).await;
                kill(child).await
            }
            Point::WhileWriting => {
                let mut child = self.begin();
                let skipped = self.rng.u32(0..3);
                let mut seen = 0;
                self.until(&mut child, |case| {
                    seen += u32::from(case.is_writing());
                    seen > skipped
                })
                .await;
                kill(child).await
            }
        };
        self.site.drop_rules();
        killed
    }

    /// Calls the program once more, and lets it come to its end.
    pub async fn call(&self) -> Ended {
        ended(self.command()).await
    }

    fn command(&self) -> Command {
        self.site.start(self.service, self.key.as_str(), LEASE)
    }

    fn begin(&self) -> Child {
        self.command().spawn().expect("the program starts")
    }

    /// The service has its request, and answers so much later.
    async fn begin_and_wait_for_the_start(&mut self, later: Duration) -> Child {
        let (site, service) = (self.site, self.service);
        site.next_start(service, ScriptedAnswer::delayed(later));
        let before = site.starts_received(service);
        let mut child = self.begin();
        self.until(&mut child, |_| site.starts_received(service) > before)
            .await;
        child
    }

    async fn pause(&mut self, milliseconds: std::ops::Range<u64>) {
        sleep(Duration::from_millis(self.rng.u64(milliseconds))).await;
    }

    /// Waits for something, or for the program's end.
    async fn until(&mut self, child: &mut Child, mut there: impl FnMut(&Self) -> bool) {
        let began = Instant::now();
        while !there(self) {
            let gone = child.try_wait().expect("a process").is_some();
            if gone || began.elapsed() > PATIENCE {
                return;
            }
            sleep(Duration::from_millis(1)).await;
        }
    }

    fn is_at(&self, stage: &str) -> bool {
        self.site.stage(self.key.as_str()).as_deref() == Some(stage)
    }

    fn is_writing(&self) -> bool {
        let files = std::fs::read_dir(self.site.ledger()).into_iter().flatten();
        files.flatten().any(|file| {
            let name = file.file_name();
            let name = name.to_string_lossy();
            name.starts_with(&self.key.digest()) && name.ends_with(".unfinished")
        })
    }

    /// Keeps everybody from writing this key's entry.
    fn lock(&self) -> File {
        // The program may not have made it yet.
        DirectoryLedger::open(self.site.ledger()).expect("a ledger");
        let digest = self.key.digest();
        let file = self.site.ledger().join(format!("{}.lock", &digest[..1]));
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(file);
        let file = file.expect("a lock");
        flock(&file, FlockOperation::LockExclusive).expect("a lock");
        file
    }

    /// The first read of a start takes long: the intent is written before it.
    fn hold_back_reads(&self) {
        let answer = ScriptedAnswer::delayed(HELD_BACK);
        let list = asked(self.service).list;
        self.site.next_answer(self.service, list, answer);
    }
}

/// SIGKILL: nothing of the program is asked.
async fn kill(mut child: Child) -> bool {
    let alive = child.try_wait().expect("a process").is_none();
    let _ = child.start_kill();
    let _ = child.wait().await;
    alive
}
