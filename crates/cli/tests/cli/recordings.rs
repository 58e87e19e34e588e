//! `--record`: what a command exchanged with a service, as files.

use runpipe_testing::Sandbox;

use crate::program::at;

#[tokio::test]
async fn every_exchange_of_a_command_is_written() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let folder = tempfile::tempdir().expect("a folder");
    let recorded = folder.path().join("recorded");
    let name = recorded.display().to_string();
    let words = [
        "--record",
        &name,
        "start",
        "buddy",
        "--workspace",
        "acme",
        "--project",
        "website",
        "--pipeline",
        "2",
        "--watch",
    ];
    at(&sandbox, &words).ends_with(0).await;
    let entries = std::fs::read_dir(&recorded).expect("a folder");
    let files: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    let received = sandbox.received(runpipe::Service::Buddy);
    assert_eq!(files.len(), received.len());
    let text = |file| std::fs::read_to_string(file).expect("a recording");
    let all: String = files.iter().map(text).collect();
    assert!(
        all.contains("\"runExecution\"") && all.contains("\"SUCCESSFUL\""),
        "{all}"
    );
    let token = &sandbox.accepted().buddy_token;
    assert!(
        !all.contains(token.as_str()) && !all.contains("acme"),
        "{all}"
    );
}
