//! A process that may open few files: a sentence, and an exit code that says what was done.

#![cfg(unix)]

use crate::program::{START, buddy, buddy_with, received, runpipe};

#[tokio::test]
async fn never_breaks_off_without_a_word() {
    for limit in 3..=16 {
        let server = buddy_with("SUCCESSFUL").await;
        let script = format!(r#"ulimit -n {limit}; exec "$0" "$@""#);
        let calls = [
            "status buddy/acme/site/2/31",
            "watch buddy/acme/site/2/31",
            START,
        ];
        for words in calls {
            let call = buddy(&server, words).words(["--retries", "0"]);
            let ended = call.within(&script).run().await;
            let code = ended.status.code();
            if code == Some(127) && ended.stderr.contains("shared libraries") {
                // The system could not even load the program.
                continue;
            }
            assert!(
                matches!(code, Some(0 | 2 | 5)),
                "{words} with {limit}: {code:?} {}",
                ended.stderr
            );
            assert!(
                !ended.stderr.contains("panicked"),
                "{limit}: {}",
                ended.stderr
            );
            if code != Some(0) {
                assert!(
                    ended.stderr.starts_with("error: "),
                    "{limit}: {}",
                    ended.stderr
                );
                assert_eq!(ended.stdout, "", "{words} with {limit}");
            }
            let started = usize::from(words == START && code == Some(0));
            assert_eq!(
                received(&server, "POST").await,
                started,
                "{words} with {limit}"
            );
        }
        // Trust roots are read from files, names are looked up.
        let tls =
            runpipe(["status", "buddy/acme/site/2/31", "--retries", "0"]).env("BUDDY_TOKEN", "t");
        let tls = tls
            .words(["--base-url", "https://localhost:9"])
            .within(&script);
        let ended = tls.run().await;
        assert!(
            limit == 3 || matches!(ended.status.code(), Some(2 | 5)),
            "{limit}: {}",
            ended.stderr
        );
        assert!(
            !ended.stderr.contains("panicked"),
            "{limit}: {}",
            ended.stderr
        );
    }
    for limit in (4..80).step_by(7) {
        let script = format!(r#"ulimit -n {limit}; exec "$0" "$@""#);
        let ended = runpipe(["demo"]).within(&script).run().await;
        assert!(
            matches!(ended.status.code(), Some(0 | 2)),
            "{limit}: {}",
            ended.stderr
        );
        assert!(
            !ended.stderr.contains("panicked"),
            "{limit}: {}",
            ended.stderr
        );
    }
}
