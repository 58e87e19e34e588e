//! The transcripts of `docs/keys.md`: what each row of the protocol's table looks like to people.
//!
//! `RUNPIPE_WRITE_DOCS=1` writes them into the page.

use std::path::PathBuf;
use std::time::Duration;

use runpipe::Service;
use runpipe_testing::ScriptedAnswer;
use tokio::process::Child;

use crate::case::{Case, Point};
use crate::site::{Ended, LEASE, Site, ended};

const BEGIN: &str = "<!-- transcripts: written by crates/cli/tests/start_once/transcripts.rs -->";
const END: &str = "<!-- end of transcripts -->";
const KEY: &str = "deploy-4711";

/// A row of the table.
struct Row {
    title: &'static str,
    says: &'static str,
    service: Service,
    ended: Ended,
}

impl Row {
    fn written(&self) -> String {
        let Row {
            title,
            says,
            service,
            ended,
        } = self;
        let code = ended.code.expect("it ended by itself");
        let (stderr, stdout) = (plain(&ended.stderr), &ended.stdout);
        format!(
            "**{title}** {says}\n\n```text\n$ runpipe start {service} … --key {KEY}\n{stderr}{stdout}$ echo $?\n{code}\n```\n"
        )
    }
}

/// Without the rows of the run, whose times differ: what is said of the start alone.
fn plain(text: &str) -> String {
    let rows = [
        "ref", "status", "pipeline", "url", "created", "started", "asked",
    ];
    let is_row = |line: &str| rows.iter().any(|row| line.trim_start().starts_with(row));
    let lines = text.lines();
    let lines = lines.filter(|line| !line.starts_with("  ") || !is_row(line));
    lines.map(|line| line.to_owned() + "\n").collect()
}

async fn start(site: &Site, service: Service, more: &[&str]) -> Ended {
    let mut command = site.start(service, KEY, LEASE);
    command.args(more);
    ended(command).await
}

async fn killed(service: Service, point: Point) -> Site {
    let site = Site::open().await;
    let mut case = Case {
        site: &site,
        service,
        key: KEY.parse().expect("a key"),
        rng: fastrand::Rng::with_seed(1),
    };
    assert!(case.kill_at(point).await, "{point:?}");
    site
}

/// A caller whose start the service answers so late.
async fn slow_owner(site: &Site, seconds: u64) -> Child {
    let late = ScriptedAnswer::delayed(Duration::from_secs(seconds));
    site.next_start(Service::Buddy, late);
    let owner = site.start(Service::Buddy, KEY, LEASE).spawn();
    while site.starts_received(Service::Buddy) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    owner.expect("the program starts")
}

async fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    let mut row = |title, says, service, ended| {
        rows.push(Row {
            title,
            says,
            service,
            ended,
        });
    };
    let buddy = Service::Buddy;
    let site = Site::open().await;
    row(
        "The key is new.",
        "The intent is written, then the run is started, then its reference is written.",
        buddy,
        start(&site, buddy, &[]).await,
    );
    row(
        "The key has a run, and the request is the same.",
        "The run is read and returned.",
        buddy,
        start(&site, buddy, &[]).await,
    );
    row(
        "The key has a run, but the request is different.",
        "Here `--branch main` was added.",
        buddy,
        start(&site, buddy, &["--branch", "main"]).await,
    );
    let site = Site::open().await;
    let owner = slow_owner(&site, 2).await;
    row(
        "Another caller is working on it.",
        "This call waits for its outcome.",
        buddy,
        start(&site, buddy, &[]).await,
    );
    drop(owner);
    let site = Site::open().await;
    let owner = slow_owner(&site, 10).await;
    row(
        "Another caller is working on it, and has no outcome in time.",
        "Here with `--key-wait 2s`.",
        buddy,
        start(&site, buddy, &["--key-wait", "2s"]).await,
    );
    drop(owner);
    let site = killed(buddy, Point::AfterTheIntent).await;
    row(
        "The previous caller was killed before its request left.",
        "Nothing was started, so it is started now.",
        buddy,
        start(&site, buddy, &[]).await,
    );
    let site = killed(buddy, Point::WhileSending).await;
    row(
        "The previous caller was killed after its request had left.",
        "Its run is found by the mark.",
        buddy,
        start(&site, buddy, &[]).await,
    );
    let site = Site::open().await;
    site.next_start(buddy, ScriptedAnswer::status(502));
    row(
        "The answer is unclear, and no run with the mark is listed after two leases.",
        "It is started again, under the same key.",
        buddy,
        start(&site, buddy, &[]).await,
    );
    let aliyun = Service::Aliyun;
    let site = killed(aliyun, Point::WhileSending).await;
    row(
        "The previous caller was killed, and the service's list shows no mark.",
        "It cannot be known, and the likely run is named.",
        aliyun,
        start(&site, aliyun, &[]).await,
    );
    let site = Site::open().await;
    site.next_start(buddy, ScriptedAnswer::status(400));
    row(
        "The service refuses.",
        "The key is free again; `runpipe ledger show` still has the refusal.",
        buddy,
        start(&site, buddy, &[]).await,
    );
    row(
        "The ledger cannot be used.",
        "Here with `--ledger /dev/null`.",
        buddy,
        start(&site, buddy, &["--ledger", "/dev/null"]).await,
    );
    rows
}

#[tokio::test]
async fn the_docs_show_what_people_see() {
    let written: Vec<String> = rows().await.iter().map(Row::written).collect();
    let written = written.join("\n");
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/keys.md");
    let text = std::fs::read_to_string(&page).expect("a page");
    let (before, rest) = text.split_once(BEGIN).expect("a beginning");
    let (there, after) = rest.split_once(END).expect("an end");
    if std::env::var_os("RUNPIPE_WRITE_DOCS").is_some() {
        let text = format!("{before}{BEGIN}\n\n{written}\n{END}{after}");
        std::fs::write(&page, text).expect("a page");
        return;
    }
    assert_eq!(
        there.trim(),
        written.trim(),
        "RUNPIPE_WRITE_DOCS=1 writes it anew"
    );
}
