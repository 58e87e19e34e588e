//! `runpipe.toml`: targets, defaults, addresses; what goes before what; and what no file may do.

use std::fs;
use std::path::{Path, PathBuf};

use runpipe::Service;
use runpipe_testing::Sandbox;
use tempfile::TempDir;

use crate::program::{Program, at, runpipe};
use crate::schemas::holds;

/// A project, and the folder of the user's own settings.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        let home = Home(tempfile::tempdir().expect("a folder"));
        fs::create_dir_all(home.0.path().join("config/runpipe")).expect("a folder");
        fs::create_dir_all(home.project().join("deep/down")).expect("a folder");
        fs::create_dir_all(home.project().join(".git")).expect("a folder");
        home
    }

    fn project(&self) -> PathBuf {
        self.0.path().join("project")
    }

    fn project_file(&self, text: &str) -> PathBuf {
        let file = self.project().join("runpipe.toml");
        fs::write(&file, text).expect("written");
        file
    }

    fn own_file(&self, text: &str) -> PathBuf {
        let file = self.0.path().join("config/runpipe/runpipe.toml");
        fs::write(&file, text).expect("written");
        file
    }

    fn run(&self, program: Program) -> Program {
        let config = self.0.path().join("config");
        program
            .env("XDG_CONFIG_HOME", text(&config))
            .within_folder(&self.project().join("deep/down"))
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

const TARGET: &str = r#"
[targets.site-prod]
service = "buddy"
workspace = "acme"
project = "website"
pipeline = 2
branch = "main"
var = { REGION = "eu", DRY = "no" }
"#;

#[tokio::test]
async fn a_target_is_started_by_its_name_and_flags_go_before_it() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let home = Home::new();
    home.project_file(TARGET);
    home.run(at(&sandbox, &["start", "site-prod"]))
        .ends_with(0)
        .await;
    let sent = sandbox.received(Service::Buddy).pop().expect("a start");
    let body = sent.json().expect("JSON");
    assert_eq!(body["branch"]["name"], "main");
    assert_eq!(body["variables"].as_array().map(Vec::len), Some(2));
    let flags = ["start", "site-prod", "--branch", "dev", "--comment", "c"];
    home.run(at(&sandbox, &flags)).ends_with(0).await;
    let sent = sandbox.received(Service::Buddy).pop().expect("a start");
    let body = sent.json().expect("JSON");
    assert_eq!(body["branch"]["name"], "dev");
    // A list takes what names the pipeline, and not the branch of the request.
    let listed = home.run(at(&sandbox, &["list", "site-prod", "--json"]));
    let listed = listed.ends_with(0).await.json();
    assert_eq!(listed["runs"].as_array().map(Vec::len), Some(2));
    home.run(at(&sandbox, &["pipelines", "site-prod"]))
        .ends_with(0)
        .await;
    let unknown = home
        .run(at(&sandbox, &["start", "site-prd"]))
        .ends_with(2)
        .await;
    unknown.tells("site-prod");
    let script = home
        .run(runpipe(["completions", "bash"]))
        .ends_with(0)
        .await;
    assert!(script.stdout.contains("site-prod"));
    let help = home
        .run(runpipe(["start", "site-prod", "--help"]))
        .ends_with(0)
        .await;
    help.prints("[default: website]");
}

#[tokio::test]
async fn flags_go_before_the_environment_that_before_the_project_and_that_before_the_user() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let home = Home::new();
    let own = home.own_file(
        "timeout = \"1h\"\n[buddy]\nworkspace = \"nowhere\"\nproject = \"website\"\n\
         base_url = \"http://127.0.0.1:9\"\n",
    );
    let project = home.project_file("[buddy]\nworkspace = \"acme\"\n");
    let start = ["start", "buddy", "--pipeline", "2"];
    home.run(at(&sandbox, &start)).ends_with(0).await;
    let other = [
        "start",
        "buddy",
        "--pipeline",
        "2",
        "--workspace",
        "elsewhere",
    ];
    home.run(at(&sandbox, &other)).ends_with(3).await;
    assert_eq!(sandbox.started(Service::Buddy), 1);
    // Without the variable the user's own address counts: nobody listens there.
    let without = at(&sandbox, &start).without("RUNPIPE_BUDDY_URL");
    home.run(without)
        .words(["--retries", "0"])
        .ends_with(5)
        .await;

    let shown = home
        .run(at(&sandbox, &["config", "show", "--origin"]))
        .ends_with(0)
        .await;
    let expected = [
        format!("buddy.workspace = \"acme\"  # {}", project.display()),
        format!("buddy.project = \"website\"  # {}", own.display()),
        format!("timeout = \"1h\"  # {}", own.display()),
        "RUNPIPE_BUDDY_URL".to_owned(),
        format!("# {}, does not count", own.display()),
    ];
    for line in expected {
        assert!(shown.stdout.contains(&line), "{line}\n{}", shown.stdout);
    }
    let json = home
        .run(at(&sandbox, &["config", "show", "--json"]))
        .ends_with(0)
        .await;
    holds("config", &json.stdout).await;
}

/// A cloned project does not decide where credentials go.
#[tokio::test]
async fn a_project_sets_nothing_that_sends_credentials_elsewhere_until_it_is_trusted() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let thief = Sandbox::start().await.expect("another sandbox");
    let home = Home::new();
    let url = thief.url(Service::Buddy);
    let mark = home.project().join("ran");
    let target = "[targets.t]\nservice = \"buddy\"\nworkspace = \"acme\"\nproject = \"website\"\n\
                  pipeline = 2\n";
    for sensitive in [
        format!("[buddy]\nbase_url = \"{url}\"\n"),
        "[buddy]\nregion = \"eu\"\n".to_owned(),
        "proxy = \"http://127.0.0.1:9\"\n".to_owned(),
        "ca_file = \"ca.pem\"\n".to_owned(),
        format!(
            "[buddy]\ncredential_command = \"touch {}\"\n",
            mark.display()
        ),
        format!("{target}secret_var = \"A=BUDDY_TOKEN\"\n"),
        format!("{target}body = \"/etc/hostname\"\n"),
    ] {
        let file = home.project_file(&sensitive);
        let buddy =
            at(&sandbox, &["status", "buddy/acme/website/2/1"]).without("RUNPIPE_BUDDY_URL");
        let refused = home.run(buddy).ends_with(2).await.stderr;
        assert!(
            refused.contains("runpipe config trust"),
            "{sensitive}{refused}"
        );
        assert!(refused.contains(text(&file)), "{refused}");
        let shown = home.run(runpipe(["config", "show"])).ends_with(0).await;
        shown.prints("# does not count");
    }
    assert!(
        thief.received(Service::Buddy).is_empty(),
        "nothing was sent"
    );
    assert!(!mark.exists(), "no command was run");

    // Trusted as it is, it counts; changed, it does not.
    let text = format!("[buddy]\nbase_url = \"{url}\"\n");
    home.project_file(&text);
    home.run(runpipe(["config", "trust"])).ends_with(0).await;
    let status = || {
        let program = at(
            &sandbox,
            &["status", "buddy/acme/website/2/1", "--retries", "0"],
        );
        home.run(program.without("RUNPIPE_BUDDY_URL"))
    };
    status().ends_with(3).await;
    assert_eq!(thief.received(Service::Buddy).len(), 1);
    home.project_file(&format!("{text}region = \"eu\"\n"));
    status().ends_with(2).await;
    assert_eq!(thief.received(Service::Buddy).len(), 1);
}

#[tokio::test]
async fn no_secret_is_taken_from_a_file_and_none_is_repeated() {
    let home = Home::new();
    for (file, said) in [
        (
            "[buddy]\ntoken = \"s3cret\"\n",
            "buddy.token looks like a secret",
        ),
        (
            "[aliyun]\naccess_key_secret = \"s3cret\"\n",
            "aliyun.access_key_secret looks like a secret",
        ),
        (
            "[targets.x]\nservice = \"buddy\"\npassword = \"s3cret\"\n",
            "targets.x.password looks",
        ),
        ("proxy = \"http://me:s3cret@proxy:3128\"\n", "HTTPS_PROXY"),
        (
            "[buddy]\nworkspace = s3cret\n",
            "is not TOML from line 2 on",
        ),
        (
            "[buddy]\nworkspce = \"s3cret\"\n",
            "there is no setting buddy.workspce",
        ),
        // It would go before RUNPIPE_LEDGER, and mean another directory in every folder.
        (
            "[buddy]\nledger = \"s3cret\"\n",
            "there is no setting buddy.ledger",
        ),
        (
            "[jenkins]\nurl = \"s3cret\"\n",
            "there is no section jenkins",
        ),
        (
            "[targets.x]\nbranch = \"s3cret\"\n",
            "the target x names no service",
        ),
        (
            "[targets.buddy]\nservice = \"buddy\"\n",
            "has the name of a service",
        ),
        (
            "timeout = [[\"s3cret\"]]\n",
            "timeout cannot have a value like that",
        ),
    ] {
        home.own_file(file);
        for words in [
            &["start", "x"][..],
            &["status", "buddy/a/b/2/1"],
            &["config", "show"],
        ] {
            let refused = home.run(runpipe(words.iter().copied())).ends_with(2).await;
            assert!(refused.stderr.contains(said), "{file}{}", refused.stderr);
            assert!(!refused.stderr.contains("s3cret"), "{}", refused.stderr);
        }
        // What asks no service goes on.
        home.run(runpipe(["schema", "run"])).ends_with(0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_fetches_the_credential_where_no_variable_has_it() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let home = Home::new();
    let accepted = sandbox.accepted();
    let secret = home.project().join("my secret");
    fs::write(&secret, format!("{}\n", accepted.buddy_token)).expect("written");
    let start = [
        "start",
        "buddy",
        "--workspace",
        "acme",
        "--project",
        "website",
        "--pipeline",
        "2",
    ];
    let program = || {
        home.run(
            at(&sandbox, &start)
                .without("BUDDY_TOKEN")
                .env("PATH", "/bin:/usr/bin"),
        )
    };
    home.own_file(&format!(
        "[buddy]\ncredential_command = \"cat '{}'\"\n",
        secret.display()
    ));
    program().ends_with(0).await;
    // It is in no text that leaves.
    let dry = program().words(["--dry-run", "--json"]).ends_with(0).await;
    assert!(
        !dry.stdout.contains(&accepted.buddy_token),
        "{}",
        dry.stdout
    );
    dry.prints("$BUDDY_TOKEN");
    for (command, said) in [
        ("false", "did not succeed"),
        ("true", "prints nothing"),
        ("no-such-program-here", "cannot be started"),
        ("printf 'one\\ntwo'", "prints more than one line"),
        (
            "echo '{\\\"OTHER\\\": \\\"x\\\"}'",
            "prints a variable that the service does not take",
        ),
        ("echo 'open", "has a quote that does not end"),
        // No shell reads it: this is one argument of echo, and no second command.
        ("echo $(id); false", ""),
    ] {
        home.own_file(&format!("[buddy]\ncredential_command = \"{command}\"\n"));
        let ended = program().run().await;
        assert_ne!(ended.status.code(), Some(0), "{command}");
        assert!(ended.stderr.contains(said), "{command}: {}", ended.stderr);
    }
    // Those that are made of several parts come as an object.
    let (id, key) = (
        &accepted.aliyun_access_key_id,
        &accepted.aliyun_access_key_secret,
    );
    let object = format!(
        "{{\"ALIBABA_CLOUD_ACCESS_KEY_ID\": \"{id}\", \"ALIBABA_CLOUD_ACCESS_KEY_SECRET\": \"{key}\"}}"
    );
    fs::write(&secret, object).expect("written");
    home.own_file(&format!(
        "[aliyun]\ncredential_command = \"cat '{}'\"\n",
        secret.display()
    ));
    let list = [
        "pipelines",
        "aliyun",
        "--organization-id",
        "60d1c0ffee5ca1ab1e00feed",
    ];
    let list = at(&sandbox, &list).env("PATH", "/bin:/usr/bin");
    let list = list
        .without("ALIBABA_CLOUD_ACCESS_KEY_ID")
        .without("ALIBABA_CLOUD_ACCESS_KEY_SECRET");
    home.run(list).ends_with(0).await;
}
