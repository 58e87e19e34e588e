//! What `--help` says.

use std::process::Command;

use crate::program::runpipe;

async fn help(words: &str) -> String {
    let words = words.split_whitespace().chain(["--help"]);
    runpipe(words).ends_with(0).await.stdout
}

#[tokio::test]
async fn a_service_s_page_begins_with_what_the_command_does() {
    for (words, about) in [
        ("start buddy", "Start a run on Buddy\n"),
        ("start azure-devops", "Start a run on Azure DevOps\n"),
        ("list matillion", "List runs on Matillion\n"),
        (
            "preview azure-devops",
            "Print what a run would execute, on Azure DevOps\n",
        ),
    ] {
        let help = help(words).await;
        assert!(help.starts_with(about), "{help}");
    }
}

#[tokio::test]
async fn the_sections_of_a_start_stand_in_the_order_in_which_they_matter() {
    for service in ["azure-devops", "matillion", "aliyun", "buddy"] {
        let help = help(&format!("start {service}")).await;
        let sections = [
            "Pipeline:",
            "Request:",
            "What happens then:",
            "Connection:",
            "Output:",
        ];
        let places: Vec<_> = sections
            .iter()
            .map(|section| help.find(&format!("\n{section}\n")))
            .collect();
        assert!(places.iter().all(Option::is_some), "{help}");
        assert!(places.is_sorted(), "{help}");
    }
}

/// Whoever reads a service's page learns which variables it looks at.
#[tokio::test]
async fn a_service_s_page_names_the_variables_of_its_credential() {
    for (service, variable, scope) in [
        ("azure-devops", "AZURE_DEVOPS_EXT_PAT", "vso.build_execute"),
        ("matillion", "MATILLION_CLIENT_SECRET", "pipeline-execution"),
        (
            "aliyun",
            "ALIBABA_CLOUD_ACCESS_KEY_ID",
            "devops:StartPipelineRun",
        ),
        ("buddy", "BUDDY_TOKEN", "EXECUTION_RUN"),
    ] {
        let help = help(&format!("start {service}")).await;
        assert!(help.contains(variable) && help.contains(scope), "{help}");
        let missing = runpipe(["auth", "status", service]).ends_with(2).await;
        let told = &missing.stderr;
        assert!(told.contains(variable) && told.contains(scope), "{told}");
        let status = runpipe(["auth", "status", "--json"])
            .ends_with(0)
            .await
            .json();
        assert!(status.to_string().contains(variable), "{status}");
    }
    let found = runpipe(["auth", "status"]).env("BUDDY_TOKEN", "s3cret");
    let found = found.ends_with(0).await.stdout;
    assert!(found.contains("in BUDDY_TOKEN\n"), "{found}");
    assert!(!found.contains("s3cret"), "{found}");
}

/// `{"exp":…}`, between a head and a signature that nobody looks at.
#[tokio::test]
async fn a_token_that_tells_its_end_is_told_with_it() {
    for (claims, told) in [
        (
            "eyJleHAiOjQxMDI0NDQ4MDB9",
            ", until 2100-01-01 00:00:00 UTC\n",
        ),
        (
            "eyJleHAiOjk0NjY4NDgwMH0",
            ": ended 2000-01-01 00:00:00 UTC\n",
        ),
        ("eyJleHAiOiJzb29uIn0", "in SYSTEM_ACCESSTOKEN\n"),
    ] {
        let token = format!("head.{claims}.signature");
        let status = runpipe(["auth", "status"]).env("SYSTEM_ACCESSTOKEN", &token);
        let status = status.ends_with(0).await.stdout;
        assert!(status.contains(told), "{status}");
        assert!(!status.contains(claims), "{status}");
    }
}

#[tokio::test]
async fn no_line_is_broken_in_the_middle_of_a_sentence() {
    let help = help("").await;
    let end = help.split("Exit codes:").nth(1).expect("exit codes");
    for line in end.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
    assert!(
        end.contains(
            "\n`start` prints the bare reference if stdout is not a terminal: \
                          REF=$(runpipe start ...)\n"
        ),
        "{end}"
    );
}

/// Each script is read by its shell where this machine has it.
#[tokio::test]
async fn every_shell_has_a_script() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = runpipe(["completions", shell]).ends_with(0).await.stdout;
        assert!(script.contains("cancel-on-interrupt"), "{shell}");
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), &script).expect("written");
        let reads_only = ["bash", "zsh", "fish"].contains(&shell);
        let read = Command::new(shell).arg("-n").arg(file.path()).output();
        if let (true, Ok(read)) = (reads_only, read) {
            assert!(read.status.success(), "{shell}: {read:?}");
        }
    }
}

#[tokio::test]
async fn every_command_has_a_page_in_the_manual() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("UTF-8");
    runpipe(["man", path]).ends_with(0).await;
    for page in [
        "runpipe",
        "runpipe-watch",
        "runpipe-start-buddy",
        "runpipe-spec-check",
    ] {
        let text = std::fs::read_to_string(folder.path().join(format!("{page}.1")));
        assert!(text.is_ok_and(|text| text.contains(".SH NAME")), "{page}");
    }
    let missing = folder.path().join("missing");
    let refused = runpipe(["man", missing.to_str().expect("UTF-8")]);
    assert!(refused.ends_with(2).await.stderr.contains("exists"));
}

/// What a service has no use for is no part of its page, and is refused with a reason.
#[tokio::test]
async fn a_service_s_page_has_the_flags_of_that_service() {
    for (service, version, region) in [
        ("azure-devops", true, false),
        ("matillion", false, true),
        ("aliyun", false, false),
        ("buddy", false, true),
        ("yunxiao", false, false),
    ] {
        let help = help(&format!("list {service}")).await;
        assert_eq!(help.contains("--api-version"), version, "{help}");
        assert_eq!(help.contains("--region"), region, "{help}");
    }
    let list = "list buddy --workspace a --project b --pipeline 2 --api-version 7.0";
    let list = runpipe(list.split(' ')).env("BUDDY_TOKEN", "t");
    let refused = list.ends_with(2).await.stderr;
    assert!(refused.contains("Buddy has no --api-version"), "{refused}");
    assert!(help("list").await.contains("Only Azure DevOps has --mine"));
}
