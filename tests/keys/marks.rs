//! What is left at the service for a start to be recognized by.

use runpipe::{ErrorKind, MarkPlace, ServiceClient, Trace};
use serde_json::Value;

use crate::subject::{Aliyun, AzureDevops, Buddy, Matillion, Site, Subject, Yunxiao};

/// What the service was asked for, and the mark of the entry.
async fn sent<S: Subject>(place: MarkPlace) -> (String, String) {
    let site = Site::open().await;
    site.start::<S>(&site.once().mark(place))
        .await
        .expect("a run");
    let mark = site.entry().await.expect("an entry").mark;
    let received = site.sandbox.received(S::SERVICE);
    let start = |operation: &Option<String>| operation.as_deref() == Some(S::START);
    let start = received
        .iter()
        .find(|one| start(&one.operation))
        .expect("a start");
    let body = match start.json() {
        Some(body) => body,
        // Aliyun's is JSON text in a form.
        None => start.form().first().map_or(Value::Null, |(_, text)| {
            serde_json::from_str(text).expect("JSON")
        }),
    };
    (body.to_string(), mark.to_string())
}

#[tokio::test]
async fn a_mark_goes_where_people_see_it() {
    async fn test<S: Subject>(place: MarkPlace, form: impl Fn(&str) -> String) {
        let (body, mark) = sent::<S>(place).await;
        assert!(mark.starts_with("runpipe deploy-4711 "), "{mark}");
        assert!(body.contains(&form(&mark)), "{body}");
    }
    test::<Buddy>(MarkPlace::Usual, |mark| format!(r#""comment":"{mark}""#)).await;
    test::<Aliyun>(MarkPlace::Usual, |mark| format!(r#""comment":"{mark}""#)).await;
    // JSON text in JSON.
    test::<Yunxiao>(MarkPlace::Usual, |mark| {
        format!(r#"\"comment\":\"{mark}\""#)
    })
    .await;
    test::<Matillion>(MarkPlace::Usual, |mark| {
        format!(r#""executionTag":"{mark}""#)
    })
    .await;
    let variable = MarkPlace::Variable("MARK".to_owned());
    test::<AzureDevops>(variable, |mark| format!(r#""MARK":{{"value":"{mark}"}}"#)).await;
    let parameter = MarkPlace::Parameter("mark".to_owned());
    test::<AzureDevops>(parameter, |mark| format!(r#""mark":"{mark}""#)).await;
}

#[test]
fn what_the_caller_has_to_say_stays_in_front_of_the_mark() {
    let mark = runpipe::Mark::new("k", 1);
    let long = "word ".repeat(60);
    let (longest_in_front, shortest_behind) = ("w".repeat(160), "w".repeat(161));
    for (own, shown) in [
        ("hotfix", format!("hotfix [{mark}]")),
        ("", mark.to_string()),
        // A service that cuts a long text leaves its beginning.
        (&long, format!("[{mark}] {long}")),
        (&longest_in_front, format!("{longest_in_front} [{mark}]")),
        (&shortest_behind, format!("[{mark}] {shortest_behind}")),
    ] {
        let mut request = Buddy::request();
        request.comment = Some(own.to_owned());
        <Buddy as Subject>::Client::mark(&mut request, &mark, &MarkPlace::Usual).expect("a place");
        assert_eq!(request.comment, Some(shown));
    }
}

#[tokio::test]
async fn a_mark_can_be_left_out() {
    async fn test<S: Subject>() {
        let (body, mark) = sent::<S>(MarkPlace::Nowhere).await;
        assert!(!body.contains("runpipe"), "{body} {mark}");
    }
    crate::subject::on_each_service!(test);
    // Azure DevOps has no place that every pipeline lets its callers use.
    let (body, _) = sent::<AzureDevops>(MarkPlace::Usual).await;
    assert!(!body.contains("runpipe"), "{body}");
}

#[tokio::test]
async fn a_place_that_a_service_does_not_have_is_refused_before_anything_is_written() {
    let site = Site::open().await;
    let place = MarkPlace::Variable("MARK".to_owned());
    let refused = site.start::<Buddy>(&site.once().mark(place)).await;
    assert_eq!(
        refused.expect_err("a place").kind(),
        ErrorKind::Configuration
    );
    assert!(site.entry().await.is_none());
    let variables = serde_json::json!({ "variables": { "Mark": { "value": "mine" } } });
    let variables = serde_json::from_value(variables).expect("a request");
    // The service's names have no case.
    for (place, request) in [
        (
            MarkPlace::Parameter("to".to_owned()),
            AzureDevops::other().0,
        ),
        (
            MarkPlace::Parameter("TO".to_owned()),
            AzureDevops::other().0,
        ),
        (MarkPlace::Variable("MARK".to_owned()), variables),
    ] {
        let refused = site
            .ask::<AzureDevops>(&site.once().mark(place), &request)
            .await;
        assert_eq!(
            refused.expect_err("it is taken").kind(),
            ErrorKind::Configuration
        );
        assert!(site.entry().await.is_none());
    }
}

/// The tables of README and of the page about keys.
#[test]
fn the_docs_say_what_each_service_shows() {
    fn trace<S: Subject>(place: &MarkPlace) -> Trace {
        let mark = runpipe::Mark::new("k", 1);
        S::Client::mark(&mut S::request(), &mark, place).expect("a place")
    }
    let usual = MarkPlace::Usual;
    let variable = MarkPlace::Variable("MARK".to_owned());
    let rows = [
        ("Buddy", trace::<Buddy>(&usual)),
        (
            "Azure DevOps, with a place for it",
            trace::<AzureDevops>(&variable),
        ),
        ("Matillion", trace::<Matillion>(&usual)),
        ("Azure DevOps", trace::<AzureDevops>(&usual)),
        ("Aliyun", trace::<Aliyun>(&usual)),
        ("Yunxiao", trace::<Yunxiao>(&usual)),
    ];
    let pages = [
        include_str!("../../README.md"),
        include_str!("../../docs/keys.md"),
    ];
    for (page, (name, trace)) in pages.iter().flat_map(|page| rows.map(|row| (page, row))) {
        let says = match trace {
            Trace::Shown => "certain | started again",
            Trace::Guarded => "likely | started again",
            _ => "likely | outcome unknown",
        };
        let row = page
            .lines()
            .find(|line| line.starts_with(&format!("| {name} ")));
        let row = row.unwrap_or_else(|| panic!("no row of {name}"));
        assert!(row.contains(says), "{row}: {says}");
    }
}
