//! The recipes of `docs/recipes`, run as they stand there.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use runpipe::Service;
use runpipe_testing::{RunPlan, ScriptedAnswer};
use tokio::process::Command;
use tokio::time::sleep;

use crate::site::{LEASE, LONG_LEASE, Site, ended, number, store};

/// How many workers a pool has, and how many of them are killed.
const WORKERS: usize = 8;
const KILLED: usize = 3;

/// A script with the program on its path.
fn script(site: &Site, name: &str, words: &[String]) -> Command {
    let mut program = site.program::<&str>(&[]);
    let folder = Path::new(env!("CARGO_BIN_EXE_runpipe")).parent();
    let folder = folder
        .expect("the program is in a directory")
        .display()
        .to_string();
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/recipes")
        .join(name);
    let mut command = Command::new("/bin/sh");
    command.arg(script).args(words).env_clear();
    for (name, value) in program.as_std_mut().get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    command.env("PATH", format!("{folder}:/usr/bin:/bin"));
    command.kill_on_drop(true).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A store is slower than a disk.
fn lease() -> Vec<String> {
    let lease = store().map_or(LEASE, |_| LONG_LEASE);
    ["--key-lease", lease].map(str::to_owned).to_vec()
}

#[tokio::test]
async fn a_ci_job_that_is_killed_and_retried_ends_with_the_run_of_its_first_attempt() {
    let site = Site::open().await;
    site.sandbox.clear_script();
    site.sandbox.next_run(Service::Buddy, RunPlan::default());
    // The first attempt is killed when the service has the request.
    let held_back = ScriptedAnswer::delayed(Duration::from_secs(4));
    site.next_start(Service::Buddy, held_back);
    let mut first = script(&site, "ci-retry.sh", &lease());
    let mut first = first
        .env("JOB", "pipeline-812/deploy")
        .spawn()
        .expect("a shell");
    while site.starts_received(Service::Buddy) == 0 {
        sleep(Duration::from_millis(5)).await;
    }
    first.start_kill().expect("a process");
    first.wait().await.expect("a process");
    let mut second = script(&site, "ci-retry.sh", &lease());
    second.env("JOB", "pipeline-812/deploy");
    let second = ended(second).await;
    assert_eq!(second.code, Some(0), "{}", second.stderr);
    assert_eq!(second.stdout, "buddy/acme/website/2/1\n");
    assert!(
        second.stderr.contains("attached buddy/"),
        "{}",
        second.stderr
    );
    assert_eq!(site.sandbox.started(Service::Buddy), 1);
}

#[tokio::test]
async fn a_pool_of_workers_of_which_some_are_killed_starts_each_job_once() {
    let jobs = number("RUNPIPE_KEY_JOBS", 24) as usize;
    let site = Site::open().await;
    let mut workers = Vec::new();
    for worker in 0..WORKERS {
        let words = [vec![worker.to_string(), jobs.to_string()], lease()].concat();
        let mut command = script(&site, "pool.sh", &words);
        // The shell and the program that it runs are killed together.
        command.process_group(0);
        workers.push(command.spawn().expect("a shell"));
    }
    for (number, worker) in workers.iter_mut().take(KILLED).enumerate() {
        while site.sandbox.started(Service::Buddy) < (number + 1) * jobs / 8 {
            sleep(Duration::from_millis(5)).await;
        }
        let group = worker.id().expect("a process").to_string();
        let mut kill = Command::new("/bin/sh");
        let killed = kill.args(["-c", "kill -KILL -$0", &group]).status();
        assert!(killed.await.expect("a shell").success());
    }
    for (number, worker) in workers.into_iter().enumerate() {
        let output = worker.wait_with_output().await.expect("a process");
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            output.status.success(),
            number >= KILLED,
            "{number}: {told}"
        );
    }
    assert_eq!(site.sandbox.started(Service::Buddy), jobs);
    println!("{jobs} jobs, {WORKERS} workers, {KILLED} of them killed: {jobs} runs");
}
