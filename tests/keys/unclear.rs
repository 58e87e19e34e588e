//! A start that gets no clear answer: what the service's list can say decides.

use runpipe::ledger::{Stage, Started, forget};
use runpipe::{ErrorKind, MarkPlace, Result};
use runpipe_testing::{Rule, Script, ScriptedAnswer, SeededRun};
use serde_json::{Value, json};

use crate::subject::{Aliyun, AzureDevops, Buddy, LEASE, Matillion, Site, Subject};

/// What becomes of a start whose answer is a 502.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Start {
    /// The run was started.
    Acts,
    /// It was not.
    IsLost,
}

fn unclear<S: Subject>(site: &Site, start: Start) {
    let answer = ScriptedAnswer::status(502);
    let answer = match start {
        Start::Acts => answer.after_acting(),
        Start::IsLost => answer,
    };
    let rule = Rule::answer(S::SERVICE, answer).operation(S::START);
    site.sandbox.play(&Script::new([rule])).expect("a script");
}

/// Buddy's list cannot be read any more.
fn break_list(site: &Site) {
    let broken = Rule::answer(Buddy::SERVICE, ScriptedAnswer::status(500));
    let broken = broken.operation("listExecutions").always();
    site.sandbox.play(&Script::new([broken])).expect("a script");
}

async fn try_one<S: Subject>(site: &Site, start: Start, place: MarkPlace) -> Result<Started> {
    unclear::<S>(site, start);
    let once = site.once().mark(place).wait(LEASE * 8);
    site.start::<S>(&once).await
}

#[tokio::test]
async fn a_run_that_bears_the_mark_is_found() {
    async fn test<S: Subject>(place: MarkPlace) {
        let site = Site::open().await;
        // Somebody else's runs of the same pipeline are not taken for it.
        let pipelines = site.sandbox.pipelines(S::SERVICE);
        let same = pipelines
            .iter()
            .find(|one| ["2", "42"].contains(&one.id.as_str()));
        let seeded = SeededRun::of(same.expect("a pipeline"));
        site.sandbox.seed(&seeded).expect("a run");
        let found = try_one::<S>(&site, Start::Acts, place.clone()).await;
        let found = found.expect("the run");
        assert!(found.attached);
        assert_eq!((site.started::<S>(), site.asked::<S>()), (1, 1));
        let again = site
            .start::<S>(&site.once().mark(place))
            .await
            .expect("the run");
        assert_eq!(again.run.reference, found.run.reference);
    }
    test::<Buddy>(MarkPlace::Usual).await;
    test::<AzureDevops>(MarkPlace::Variable("RUNPIPE_KEY".to_owned())).await;
    test::<AzureDevops>(MarkPlace::Parameter("runpipeKey".to_owned())).await;
}

/// The mark is where the first caller put it, whatever later ones say.
#[tokio::test]
async fn a_run_is_found_by_who_puts_marks_elsewhere() {
    let variable = |name: &str| MarkPlace::Variable(name.to_owned());
    for elsewhere in [
        variable("other"),
        MarkPlace::Parameter("other".to_owned()),
        MarkPlace::Nowhere,
    ] {
        let site = Site::open().await;
        let silent = ScriptedAnswer::status(502);
        let silent = Rule::answer(AzureDevops::SERVICE, silent)
            .operation("listBuilds")
            .always();
        site.sandbox.play(&Script::new([silent])).expect("a script");
        unclear::<AzureDevops>(&site, Start::Acts);
        let once = site.once().mark(variable("MARK")).wait(LEASE);
        let first = site.start::<AzureDevops>(&once).await;
        assert_eq!(first.expect_err("unread").kind(), ErrorKind::OutcomeUnknown);
        site.sandbox.clear_script();
        let once = site.once().mark(elsewhere);
        let found = site.start::<AzureDevops>(&once).await.expect("the run");
        assert!(found.attached);
        assert_eq!(site.asked::<AzureDevops>(), 1);
    }
}

#[tokio::test]
async fn a_start_that_was_lost_is_made_again_where_the_list_is_sure() {
    async fn test<S: Subject>(place: MarkPlace) {
        let site = Site::open().await;
        let started = try_one::<S>(&site, Start::IsLost, place).await;
        let started = started.expect("a run");
        assert!(!started.attached);
        assert_eq!(
            (site.started::<S>(), site.asked::<S>()),
            (1, 2),
            "{}",
            S::SERVICE
        );
        assert_eq!(site.entry().await.expect("an entry").attempt, 2);
    }
    test::<Buddy>(MarkPlace::Usual).await;
    test::<AzureDevops>(MarkPlace::Variable("RUNPIPE_KEY".to_owned())).await;
    // Its tag keeps a second execution from running beside the first.
    test::<Matillion>(MarkPlace::Usual).await;
}

/// Whoever reads the entry later is told the same.
#[tokio::test]
async fn a_start_whose_unclear_answer_names_a_run_is_not_made_again() {
    let site = Site::open().await;
    let named = ScriptedAnswer::status(500).body(json!({ "id": 4711 }));
    let named = Rule::answer(Buddy::SERVICE, named).operation(Buddy::START);
    site.sandbox.play(&Script::new([named])).expect("a script");
    for _ in 0..2 {
        let once = site.once().wait(LEASE * 5);
        let started = site.start::<Buddy>(&once).await;
        let error = started.expect_err("it cannot be known");
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
        let [candidate] = error.candidates() else {
            panic!("{error}")
        };
        assert!(candidate.to_string().ends_with("/4711"), "{error}");
        assert_eq!(site.asked::<Buddy>(), 1);
    }
}

#[tokio::test]
async fn where_the_list_is_no_proof_nothing_is_started_again() {
    async fn test<S: Subject>(place: MarkPlace) {
        for start in [Start::Acts, Start::IsLost] {
            let site = Site::open().await;
            let outcome = try_one::<S>(&site, start, place.clone()).await;
            let error = outcome.expect_err("it cannot be known");
            assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
            let likely = usize::from(start == Start::Acts);
            assert_eq!(
                error.candidates().len(),
                likely,
                "{} {start:?}: {error}",
                S::SERVICE
            );
            let said = error.to_string();
            for candidate in error.candidates() {
                assert!(said.contains(&candidate.to_string()), "{said}");
            }
            assert!(error.advice().contains("same key"), "{error}");
            assert_eq!(site.asked::<S>(), 1, "{}", S::SERVICE);
            // Nor by the next call, which does not wait for what will never be known.
            let day = std::time::Duration::from_secs(24 * 3600);
            let once = site.once().wait(day).mark(place.clone());
            let again = site
                .start::<S>(&once)
                .await
                .expect_err("it cannot be known");
            assert_eq!(again.kind(), ErrorKind::OutcomeUnknown);
            assert_eq!(again.candidates().len(), likely);
            let why = match start {
                Start::Acts => "does not show for certain",
                Start::IsLost => "lists no run that fits",
            };
            assert!(again.to_string().contains(why), "{again}");
            assert_eq!(site.asked::<S>(), 1, "{}", S::SERVICE);
        }
    }
    test::<AzureDevops>(MarkPlace::Usual).await;
    test::<Aliyun>(MarkPlace::Usual).await;
    test::<Buddy>(MarkPlace::Nowhere).await;
    test::<Matillion>(MarkPlace::Nowhere).await;
}

#[tokio::test]
async fn a_likely_run_of_matillion_is_named_and_not_taken() {
    let site = Site::open().await;
    let outcome = try_one::<Matillion>(&site, Start::Acts, MarkPlace::Usual).await;
    let error = outcome.expect_err("it cannot be known");
    assert_eq!(error.candidates().len(), 1);
    assert_eq!(site.asked::<Matillion>(), 1);
}

/// The first request arrives after its sender has looked for it in vain.
#[tokio::test]
async fn a_conflict_with_the_own_tag_is_attached_to() {
    let site = Site::open().await;
    unclear::<Matillion>(&site, Start::Acts);
    // The list does not show the run yet.
    let empty = ScriptedAnswer::status(200).body(serde_json::json!({ "results": [] }));
    let late = Rule::answer(Matillion::SERVICE, empty)
        .operation("listPipelineExecutions")
        .always();
    site.sandbox.play(&Script::new([late])).expect("a script");
    let once = site.once().wait(LEASE * 10);
    let unlisted = site.start::<Matillion>(&once).await;
    let error = unlisted.expect_err("the list does not show it");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    // The second start has been refused: now the list is up to date. Who cannot wait until it is sure
    // to be does not take what it shows.
    site.sandbox.clear_script();
    let hasty = site.start::<Matillion>(&site.once().wait(LEASE)).await;
    let error = hasty.expect_err("another may be listed yet");
    assert_eq!(error.candidates().len(), 1, "{error}");
    let found = site.start::<Matillion>(&site.once()).await;
    assert!(found.expect("the run").attached);
    assert_eq!(
        (site.started::<Matillion>(), site.asked::<Matillion>()),
        (1, 2)
    );
}

/// Which of the two is going, nothing tells.
#[tokio::test]
async fn a_conflict_that_names_another_run_is_attached_to_none() {
    let site = Site::open().await;
    unclear::<Matillion>(&site, Start::Acts);
    let conflict = ScriptedAnswer::status(409).body(json!({ "pipelineExecutionId": "another" }));
    let conflict = Rule::answer(Matillion::SERVICE, conflict).operation(Matillion::START);
    let empty = ScriptedAnswer::status(200).body(json!({ "results": [] }));
    let late = Rule::answer(Matillion::SERVICE, empty).operation("listPipelineExecutions");
    let script = Script::new([conflict, late.always()]);
    site.sandbox.play(&script).expect("a script");
    let once = site.once().wait(LEASE * 10);
    let unlisted = site.start::<Matillion>(&once).await;
    unlisted.expect_err("the list does not show it");
    site.sandbox.clear_script();
    let listed = site.start::<Matillion>(&site.once()).await;
    let error = listed.expect_err("it may be either");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    assert_eq!(error.candidates().len(), 2, "{error}");
    assert_eq!(site.asked::<Matillion>(), 2);
}

#[tokio::test]
async fn a_list_that_cannot_be_read_proves_nothing() {
    let site = Site::open().await;
    unclear::<Buddy>(&site, Start::IsLost);
    break_list(&site);
    let once = site.once().wait(LEASE * 5);
    let error = site
        .start::<Buddy>(&once)
        .await
        .expect_err("it cannot be known");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert_eq!(site.asked::<Buddy>(), 1);
    let entry = site.entry().await.expect("an entry");
    assert_eq!(entry.stage, Stage::Unclear { going: false });
    assert!(!entry.is_settled());
    // When it can be read again, the next call goes on.
    site.sandbox.clear_script();
    let started = site.start::<Buddy>(&site.once()).await.expect("a run");
    assert!(!started.attached);
    assert!(site.entry().await.expect("an entry").is_settled());
    assert_eq!(site.started::<Buddy>(), 1);
}

/// Who forgets a key frees it for the next start, not for one that may have been made.
#[tokio::test]
async fn a_key_that_is_forgotten_meanwhile_does_not_prove_that_nothing_was_started() {
    let site = Site::open().await;
    unclear::<Buddy>(&site, Start::Acts);
    break_list(&site);
    let once = site.once().wait(LEASE * 4);
    let forgotten = async {
        let entry = loop {
            match site.entry().await {
                Some(entry) if matches!(entry.stage, Stage::Unclear { .. }) => break entry,
                _ => tokio::time::sleep(LEASE / 20).await,
            }
        };
        assert!(forget(&*site.ledger, &entry).await.expect("a ledger"));
        site.sandbox.clear_script();
    };
    let (started, ()) = tokio::join!(site.start::<Buddy>(&once), forgotten);
    let error = started.expect_err("it cannot be known");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    assert_eq!(site.asked::<Buddy>(), 1);
}

/// What was there long before the start is not it. Nothing behind it in the list is, if the order of the
/// list is documented.
#[tokio::test]
async fn a_look_ends_where_the_list_gets_older_than_the_start() {
    async fn test<S: Subject>(place: MarkPlace, next_page: &str, ends: bool) {
        let site = Site::open().await;
        let pipelines = site.sandbox.pipelines(S::SERVICE);
        let same = pipelines
            .iter()
            .find(|one| ["2", "42"].contains(&one.id.as_str()));
        let before = chrono::Utc::now() - chrono::TimeDelta::days(2);
        let old = SeededRun::of(same.expect("a pipeline")).created(before);
        // More than a page of the list has.
        for _ in 0..120 {
            site.sandbox.seed(&old).expect("a run");
        }
        let started = try_one::<S>(&site, Start::IsLost, place).await;
        assert!(!started.expect("a run").attached);
        let received = site.sandbox.received(S::SERVICE);
        let mut queries = received.iter().map(|one| one.query.as_str());
        let read_on = queries.any(|query| query.contains(next_page));
        assert_eq!(read_on, !ends, "{}", S::SERVICE);
    }
    let variable = MarkPlace::Variable("RUNPIPE_KEY".to_owned());
    test::<AzureDevops>(variable, "continuationToken", true).await;
    test::<Buddy>(MarkPlace::Usual, "page=2", false).await;
}

/// An answer of somebody else's, or one that leaves out what cannot be read or is of another pipeline, shows no
/// run and proves nothing.
#[tokio::test]
async fn a_list_that_is_not_there_proves_nothing() {
    async fn test<S: Subject>(list: &str, place: MarkPlace, unreadable: [Value; 2]) {
        for body in [json!({}), json!({ "error": "try later" })]
            .into_iter()
            .chain(unreadable)
        {
            let site = Site::open().await;
            let answer = ScriptedAnswer::status(200).body(body.clone());
            let answer = Rule::answer(S::SERVICE, answer).operation(list);
            let answer = Script::new([answer.always()]);
            site.sandbox.play(&answer).expect("a script");
            unclear::<S>(&site, Start::Acts);
            let once = site.once().mark(place.clone()).wait(LEASE * 4);
            let error = site
                .start::<S>(&once)
                .await
                .expect_err("it cannot be known");
            assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{body}: {error}");
            assert_eq!((site.started::<S>(), site.asked::<S>()), (1, 1), "{body}");
        }
    }
    let variable = MarkPlace::Variable("RUNPIPE_KEY".to_owned());
    tokio::join!(
        test::<Buddy>(
            "listExecutions",
            MarkPlace::Usual,
            [
                json!({ "executions": [{ "id": null }] }),
                json!({ "executions": [{ "id": 7, "pipeline": { "id": 43 }, "comment": null }] }),
            ],
        ),
        test::<AzureDevops>(
            "listBuilds",
            variable,
            [
                json!({ "value": [{ "id": 0 }] }),
                json!({ "value": [{ "id": 7, "definition": { "id": 43 } }] }),
            ],
        ),
        test::<Matillion>(
            "listPipelineExecutions",
            MarkPlace::Usual,
            [json!({ "results": [{}] }), json!({ "results": [null] })],
        ),
    );
}

/// An execution without a comment has `null` in its place. One that shows no comment at all may have any.
#[tokio::test]
async fn an_execution_that_does_not_show_its_comment_may_bear_the_mark() {
    let site = Site::open().await;
    let executions = json!([{ "id": 7, "comment": null }, { "id": 6 }]);
    let body = json!({ "executions": executions, "total_page_count": 1 });
    let answer = ScriptedAnswer::status(200).body(body);
    let answer = Rule::answer(Buddy::SERVICE, answer).operation("listExecutions");
    let answer = Script::new([answer.always()]);
    site.sandbox.play(&answer).expect("a script");
    let error = try_one::<Buddy>(&site, Start::Acts, MarkPlace::Usual).await;
    let error = error.expect_err("it cannot be known");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    assert_eq!(site.asked::<Buddy>(), 1);
}

/// Whether the list shows an execution that is not due yet is not confirmed.
#[tokio::test]
async fn a_delayed_start_that_is_not_listed_is_not_made_again() {
    let site = Site::open().await;
    let empty = ScriptedAnswer::status(200).body(json!({ "executions": [] }));
    let empty = Rule::answer(Buddy::SERVICE, empty).operation("listExecutions");
    let empty = Script::new([empty.always()]);
    site.sandbox.play(&empty).expect("a script");
    unclear::<Buddy>(&site, Start::Acts);
    let mut request = Buddy::request();
    request.delay_until = Some("2027-05-01T04:30:00.000Z".to_owned());
    let once = site.once().wait(LEASE * 4);
    let error = site.ask::<Buddy>(&once, &request).await;
    let error = error.expect_err("it cannot be known");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    assert_eq!(site.asked::<Buddy>(), 1);
}

/// Azure DevOps hides the values of variables that are secret. Others than the mark's may be hidden.
#[tokio::test]
async fn a_variable_that_is_hidden_does_not_show_that_it_bears_no_mark() {
    for (start, shown) in [
        (Start::Acts, r#"{"runpipe_key":null}"#),
        (Start::Acts, r#"{"RUNPIPE_KEY":"***"}"#),
        (Start::IsLost, r#"{"a":"***","b":null,"RUNPIPE_KEY":"c"}"#),
    ] {
        let site = Site::open().await;
        let body = json!({ "value": [{ "id": 7001, "parameters": shown }] });
        let answer = ScriptedAnswer::status(200).body(body);
        let answer = Rule::answer(AzureDevops::SERVICE, answer).operation("listBuilds");
        let answer = Script::new([answer.always()]);
        site.sandbox.play(&answer).expect("a script");
        let place = MarkPlace::Variable("RUNPIPE_KEY".to_owned());
        match try_one::<AzureDevops>(&site, start, place).await {
            Ok(started) => assert!(!started.attached && start == Start::IsLost, "{shown}"),
            Err(error) => {
                assert_eq!(error.candidates().len(), 1, "{error}");
                assert_eq!(start, Start::Acts, "{shown}");
            }
        }
        assert_eq!(site.started::<AzureDevops>(), 1, "{shown}");
    }
}

/// The list grew while it was read, and the service's machines do not agree on the time.
#[tokio::test]
async fn what_bears_the_mark_is_one_run_on_whatever_pages_and_of_whatever_date() {
    let site = Site::open().await;
    let silent = Rule::answer(Buddy::SERVICE, ScriptedAnswer::status(502));
    let silent = Script::new([silent.operation("listExecutions").always()]);
    site.sandbox.play(&silent).expect("a script");
    unclear::<Buddy>(&site, Start::Acts);
    let unread = site.start::<Buddy>(&site.once().wait(LEASE)).await;
    assert_eq!(
        unread.expect_err("unread").kind(),
        ErrorKind::OutcomeUnknown
    );
    site.sandbox.clear_script();
    let comment = site.entry().await.expect("an entry").mark;
    let run = json!({ "id": 1, "comment": comment, "start_date": "2001-01-01T00:00:00Z" });
    let page = json!({ "executions": [run], "total_page_count": 2 });
    let page = ScriptedAnswer::status(200).body(page);
    let page = Rule::answer(Buddy::SERVICE, page).operation("listExecutions");
    site.sandbox
        .play(&Script::new([page.always()]))
        .expect("a script");
    let found = site
        .start::<Buddy>(&site.once().wait(LEASE * 4))
        .await
        .expect("the run");
    assert_eq!(found.run.reference.to_string(), "buddy/acme/website/2/1");
    assert_eq!(site.asked::<Buddy>(), 1);
}
