//! The script that jobs of CI systems run: what it leaves for each of them, and its exit code.

use std::process::{Command, Output};

use wiremock::MockServer;

use crate::program::{TOKEN, answer, buddy_with, execution, received, starting};

const REFERENCE: &str = "buddy/acme/site/2/31";

/// Runs the script as a job does, in a folder of its own.
async fn job(server: &MockServer, folder: &std::path::Path, system: (&str, &str)) -> Output {
    job_with(server, folder, &[system], &[]).await
}

/// The same with more variables and flags.
async fn job_with(
    server: &MockServer,
    folder: &std::path::Path,
    variables: &[(&str, &str)],
    more: &[&str],
) -> Output {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ci/start.sh");
    let words = "buddy --workspace acme --project site --pipeline 2 --retries 0";
    let mut command = Command::new("/bin/sh");
    command
        .arg(script)
        .args(words.split(' '))
        .args(more)
        .current_dir(folder);
    command.env_clear().envs(variables.iter().copied());
    command.env("RUNPIPE", env!("CARGO_BIN_EXE_runpipe"));
    command.env("BUDDY_TOKEN", TOKEN);
    command.env("RUNPIPE_BUDDY_URL", server.uri());
    let ended = tokio::task::spawn_blocking(move || command.output()).await;
    ended.expect("it ends").expect("it runs")
}

#[tokio::test]
async fn every_system_gets_the_reference_and_the_exit_code() {
    for (status, code, meaning) in [
        ("SUCCESSFUL", 0, "the run succeeded"),
        ("FAILED", 1, "the run ended without success"),
    ] {
        let server = buddy_with(status).await;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("output");
        let path = file.to_str().expect("UTF-8");
        let ended = job(&server, folder.path(), ("GITHUB_OUTPUT", path)).await;
        assert_eq!(ended.status.code(), Some(code), "{ended:?}");
        let told = std::fs::read_to_string(&file).expect("written");
        assert_eq!(
            told,
            format!("ref={REFERENCE}\nexit_code={code}\nmeaning={meaning}\n")
        );

        let ended = job(&server, folder.path(), ("TF_BUILD", "True")).await;
        assert_eq!(ended.status.code(), Some(code), "{ended:?}");
        let told = String::from_utf8_lossy(&ended.stdout).into_owned();
        for (name, value) in [("ref", REFERENCE), ("meaning", meaning)] {
            let line = format!("##vso[task.setvariable variable={name};isOutput=true]{value}\n");
            assert!(told.contains(&line), "{told}");
        }

        let ended = job(&server, folder.path(), ("GITLAB_CI", "true")).await;
        assert_eq!(ended.status.code(), Some(code), "{ended:?}");
        let told = std::fs::read_to_string(folder.path().join("runpipe.env")).expect("written");
        assert_eq!(
            told,
            format!("RUNPIPE_REF={REFERENCE}\nRUNPIPE_EXIT_CODE={code}\n")
        );
    }
}

/// A deadline that cannot be read, a credential that ends, a service that falls silent.
#[tokio::test]
async fn no_job_is_told_that_nothing_was_started_once_a_run_was() {
    for (status, deadline) in [(200, "soon"), (401, ""), (404, "")] {
        let server = starting(answer(200, execution("INPROGRESS"))).await;
        crate::program::reading(&server, answer(status, execution("INPROGRESS"))).await;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("output");
        let path = file.to_str().expect("UTF-8");
        let variables = [("GITHUB_OUTPUT", path), ("RUNPIPE_DEADLINE", deadline)];
        let ended = job_with(&server, folder.path(), &variables, &[]).await;
        assert_eq!(ended.status.code(), Some(7), "{ended:?}");
        let told = std::fs::read_to_string(&file).expect("written");
        assert!(
            told.starts_with(&format!("ref={REFERENCE}\nexit_code=7\n")),
            "{told}"
        );
        assert!(told.contains("the run was started"), "{told}");
    }
}

/// The script reads the bare reference of a run that was started.
#[tokio::test]
async fn what_prints_something_else_is_refused_before_anything_is_started() {
    let server = buddy_with("SUCCESSFUL").await;
    let folder = tempfile::tempdir().expect("a folder");
    for flag in ["--json", "--dry-run", "--preview-run", "--help"] {
        let ended = job_with(&server, folder.path(), &[], &[flag]).await;
        assert_eq!(ended.status.code(), Some(2), "{ended:?}");
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(told.contains(flag), "{told}");
    }
    assert_eq!(received(&server, "POST").await, 0);
}

/// A project may have a retry as the default of its jobs: a second attempt starts a second run.
#[test]
fn gitlab_retries_no_start_by_itself() {
    let component = include_str!("../../../../templates/runpipe.yml");
    assert!(component.contains("\n  retry: 0\n"), "{component}");
}

/// The script says of each exit code what README says of it: it knows them all.
#[test]
fn the_script_knows_every_exit_code() {
    let script = include_str!("../../../../ci/start.sh");
    for code in 0..=7 {
        assert!(script.contains(&format!("\n  {code}) meaning=")), "{code}");
    }
}
