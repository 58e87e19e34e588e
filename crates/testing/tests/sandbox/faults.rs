//! Answers that a script makes wrong, each as it says, on every service.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use reqwest::Method;
use runpipe::Service;
use runpipe_testing::{Echo, EchoForm, EchoPlace, Fault, Rule, Sandbox, Script, ScriptedAnswer};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::asker::{Asker, BUDDY, MATILLION};
use super::{Outcome, http, send};

/// The start of a run on Buddy, byte for byte, and the answer as far as it came.
async fn start(sandbox: &Sandbox) -> Result<(String, Vec<u8>), Box<dyn std::error::Error>> {
    let url = sandbox.url(Service::Buddy);
    let host = url.trim_start_matches("http://");
    let token = &sandbox.accepted().buddy_token;
    let request = format!(
        "POST {BUDDY}/pipelines/2/executions HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
         authorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}"
    );
    let mut stream = TcpStream::connect(host).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    // A connection that is closed in the middle may say so.
    let _ = stream.read_to_end(&mut answer).await;
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n");
    let body = answer.split_off(end.ok_or("no head")? + 4);
    Ok((String::from_utf8(answer)?, body))
}

#[tokio::test]
async fn a_body_is_wrong_as_its_fault_says_and_the_run_is_there() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let cases: [(Fault, &[u8], bool); 7] = [
        (Fault::CutAfterId, b"{\"id\":1,", true),
        (Fault::ClosedAfterId, b"{\"id\":2,", false),
        (Fault::TrailingBytes, b"}\n<!-- served from cache -->", true),
        (Fault::Nul, b"{\"note\":\"a\0b\",\"", true),
        (Fault::NotANumber, b"{\"note\":NaN,\"", true),
        (Fault::LoneSurrogate, b"{\"note\":\"\\ud800\",\"", true),
        (Fault::InvalidUtf8, b"{\"note\":\"\xff\xc3\",\"", true),
    ];
    for (number, (fault, part, whole)) in (1..).zip(cases) {
        sandbox.next_answer(Service::Buddy, ScriptedAnswer::default().fault(fault));
        let (head, body) = start(&sandbox).await?;
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        let found = body.windows(part.len()).any(|window| window == part);
        assert!(found, "{fault:?}: {}", String::from_utf8_lossy(&body));
        if part.ends_with(b",") {
            assert_eq!(body, part, "nothing follows");
        }
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.ok_or("no length")?.parse()?;
        assert_eq!(
            length == body.len(),
            whole,
            "{fault:?}: {length} of {}",
            body.len()
        );
        assert_eq!(sandbox.started(Service::Buddy), number, "it acts");
    }
    Ok(())
}

/// The id is alone in Matillion's answer, and inside another object in Aliyun's.
#[tokio::test]
async fn an_answer_is_cut_after_the_id_wherever_that_stands() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let mut asker = Asker::new(&sandbox).await?;
    for service in Service::ALL {
        let cut = ScriptedAnswer::default().fault(Fault::CutAfterId);
        sandbox.play(&Script::new([Rule::answer(service, cut).times(2)]))?;
    }
    let body = json!({ "pipelineName": "Load orders", "environmentName": "Test" });
    let path = format!("{MATILLION}/pipeline-executions");
    let cut = asker
        .ask(Service::Matillion, Method::POST, &path, Some(body))
        .await?;
    assert!(
        cut.text.starts_with("{\"pipelineExecutionId\":\"") && cut.text.ends_with('"'),
        "{}",
        cut.text
    );
    let path = "/organizations/60d1c0ffee5ca1ab1e00feed/pipelines/123/run";
    let cut = asker.ask(Service::Aliyun, Method::POST, path, None).await?;
    assert_eq!(cut.text, "{\"pipelineRunId\":1,");
    let path = super::asker::run_path(Service::Aliyun, "1");
    let cut = asker.ask(Service::Aliyun, Method::GET, &path, None).await?;
    assert!(cut.text.ends_with("\"pipelineRunId\":1,"), "{}", cut.text);
    Ok(())
}

#[tokio::test]
async fn limits_are_as_extreme_as_their_faults_say() -> Outcome {
    let (huge, last) = ("10000000000000000000", i64::MAX.to_string());
    for (fault, name, value) in [
        (Fault::HugeRetryAfter, "retry-after", huge),
        (Fault::HugeRetryAfter, "x-acs-retry-after", huge),
        (Fault::HugeLimitReset, "x-ratelimit-reset", huge),
        (Fault::HugeLimitReset, "x-rate-limit-remaining", "0"),
        (Fault::HighestLimitReset, "x-rate-limit-reset", &last),
        (
            Fault::LowestLimitReset,
            "x-rate-limit-reset",
            &i64::MIN.to_string(),
        ),
    ] {
        let sandbox = Sandbox::start().await?;
        for (status, expected) in [(None, 200), (Some(429), 429)] {
            let answer = ScriptedAnswer {
                status,
                ..ScriptedAnswer::default()
            }
            .fault(fault);
            sandbox.next_answer(Service::Buddy, answer);
            let (head, _) = start(&sandbox).await?;
            assert!(head.starts_with(&format!("HTTP/1.1 {expected}")), "{head}");
            assert!(
                head.contains(&format!("{name}: {value}\r\n")),
                "{fault:?}: {head}"
            );
        }
    }
    Ok(())
}

const SECRET: &str = "se/cr+et \"é&";

/// The secret in each form, written by hand.
fn forms() -> [(EchoForm, String); 12] {
    use EchoForm as Form;
    [
        (Form::Plain, SECRET.to_owned()),
        (Form::PercentUpper, "se%2Fcr%2Bet%20%22%C3%A9%26".to_owned()),
        (Form::PercentLower, "se%2fcr%2bet%20%22%c3%a9%26".to_owned()),
        (Form::FormEncoded, "se%2Fcr%2Bet+%22%C3%A9%26".to_owned()),
        (Form::Base64, BASE64_STANDARD.encode(SECRET)),
        (Form::Base64Url, BASE64_URL_SAFE_NO_PAD.encode(SECRET)),
        (Form::Hex, "73652f63722b65742022c3a926".to_owned()),
        (
            Form::JsonEscaped,
            "se\\u002fcr\\u002bet\\u0020\\u0022\\u00e9\\u0026".to_owned(),
        ),
        (
            Form::HtmlEscaped,
            "se&#x2f;cr&#x2b;et&#x20;&#x22;&#xe9;&#x26;".to_owned(),
        ),
        (Form::SplitByLineBreak, "se/cr+\r\net \"é&".to_owned()),
        (
            Form::DoubleEncoded,
            "se%252Fcr%252Bet%2520%2522%25C3%25A9%2526".to_owned(),
        ),
        (
            Form::QuotedPrintable,
            "se=2Fcr=2Bet=20=22=C3=A9=26".to_owned(),
        ),
    ]
}

#[test]
fn each_form_is_written_as_its_name_says() {
    let written = EchoForm::ALL.map(|form| (form, form.write(SECRET)));
    assert_eq!(written, forms());
    assert_eq!(Fault::all().len(), 11 + 12 * 5);
}

/// A start of each service with a secret in its body, and with what was sent as a credential.
async fn ask_with_secret(
    asker: &mut Asker<'_>,
    service: Service,
) -> Result<super::Answer, Box<dyn std::error::Error>> {
    let (path, body) = match service {
        Service::AzureDevops => (
            format!("{}/pipelines/42/runs", super::asker::AZURE),
            json!({ "variables": { "password": { "value": SECRET, "isSecret": true } } }),
        ),
        Service::Matillion => (
            format!("{MATILLION}/pipeline-executions"),
            json!({ "pipelineName": "Load orders", "environmentName": "Test", "scalarVariables": { "p": SECRET } }),
        ),
        Service::Aliyun => (
            "/organizations/60d1c0ffee5ca1ab1e00feed/pipelines/123/run".to_owned(),
            json!({ "envs": { "PASSWORD": SECRET } }),
        ),
        Service::Yunxiao => (
            format!("{}/123/runs", super::asker::YUNXIAO),
            json!({ "params": json!({ "envs": { "PASSWORD": SECRET } }).to_string() }),
        ),
        Service::Buddy => (
            format!("{BUDDY}/pipelines/2/executions"),
            json!({ "variables": [{ "key": "PASSWORD", "value": SECRET, "encrypted": true }] }),
        ),
        other => panic!("{other} has no part here"),
    };
    asker.ask(service, Method::POST, &path, Some(body)).await
}

/// Where a service tells a sentence, a code, the id of a run and the id of a request.
fn places(service: Service) -> [&'static str; 4] {
    match service {
        Service::AzureDevops => ["/message", "/typeKey", "/id", "activityid"],
        Service::Matillion => ["/detail", "/type", "/pipelineExecutionId", "cf-ray"],
        Service::Aliyun => ["/message", "/code", "/pipelineRunId", "x-acs-request-id"],
        // The id is the whole answer.
        Service::Yunxiao => ["/errorMessage", "/errorCode", "", "x-request-id"],
        Service::Buddy => ["/errors/0/message", "/errors/0/code", "/id", "x-request-id"],
        other => panic!("{other} has no part here"),
    }
}

fn told(service: Service, place: EchoPlace, answer: &super::Answer) -> String {
    let [sentence, code, run, request] = places(service);
    let pointer = match place {
        EchoPlace::Sentence => sentence,
        EchoPlace::Code => code,
        EchoPlace::RunId => run,
        EchoPlace::RequestId => return answer.header(request).to_owned(),
        EchoPlace::ContentType => return answer.header("content-type").to_owned(),
    };
    let body = answer.json();
    body.pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn a_request_is_repeated_in_every_form_and_place_of_every_service() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let mut asker = Asker::new(&sandbox).await?;
    let credentials = BTreeMap::from([
        (
            Service::AzureDevops,
            sandbox.accepted().azure_devops_pat.clone(),
        ),
        (Service::Matillion, asker.token.clone()),
        (Service::Aliyun, "Signature=".to_owned()),
        (Service::Yunxiao, sandbox.accepted().yunxiao_token.clone()),
        (Service::Buddy, sandbox.accepted().buddy_token.clone()),
    ]);
    for (service, credential) in credentials {
        for place in EchoPlace::ALL {
            for (form, secret) in forms() {
                let answer = match place {
                    EchoPlace::RunId => ScriptedAnswer::default(),
                    _ => ScriptedAnswer::status(400),
                };
                let echo = Fault::Echo(Echo { form, place });
                sandbox.next_answer(service, answer.fault(echo));
                let answer = ask_with_secret(&mut asker, service).await?;
                let told = told(service, place, &answer);
                let in_header = matches!(place, EchoPlace::RequestId | EchoPlace::ContentType);
                // A header carries no line break and nothing but ASCII.
                let carried = |text: String| match in_header {
                    true => text.replace(|c: char| c != ' ' && !c.is_ascii_graphic(), "_"),
                    false => text,
                };
                let what = format!(
                    "{service} {place:?} {form:?}: {} {}",
                    answer.status, answer.text
                );
                // Aliyun's credential is a longer text than the part that is known here.
                let known = service != Service::Aliyun || form == EchoForm::Plain;
                assert!(
                    !known || told.contains(&carried(form.write(&credential))),
                    "{what}"
                );
                assert!(told.contains(&carried(secret)), "{what}");
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_token_endpoint_repeats_its_form_too() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let echo = Fault::Echo(Echo {
        form: EchoForm::Hex,
        place: EchoPlace::Sentence,
    });
    let rule = Rule::answer(Service::Matillion, ScriptedAnswer::status(401).fault(echo));
    sandbox.play(&Script::new([rule.operation("token")]))?;
    let form = [("client_id", "me"), ("client_secret", "hush")];
    let answer = send(http().post(sandbox.token_url()).form(&form)).await?;
    let sentence = answer.json()["error_description"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(sentence.contains("68757368"), "{}", answer.text);
    Ok(())
}

#[tokio::test]
async fn faults_are_written_in_scripts_as_words() -> Outcome {
    for fault in Fault::all() {
        let rule = Rule::answer(Service::Buddy, ScriptedAnswer::status(500).fault(fault));
        let text = serde_json::to_string(&Script::new([rule.clone()]))?;
        assert_eq!(text.parse::<Script>()?.rules, [rule], "{text}");
    }
    for (answer, error) in [
        (json!({ "fault": "nul" }), None),
        (
            json!({ "status": 400, "fault": { "echo": { "form": "hex", "place": "code" } } }),
            None,
        ),
        (
            json!({ "fault": { "echo": { "form": "hex", "place": "code" } } }),
            Some("without a status"),
        ),
        (json!({ "fault": "none" }), Some("none")),
        (
            json!({ "status": 500, "headers": { "Content-Length": "3" } }),
            Some("Content-Length"),
        ),
        (
            json!({ "status": 500, "headers": { "a b": "3" } }),
            Some("a b"),
        ),
        (
            json!({ "status": 500, "headers": { "a": "b\r\nc: d" } }),
            Some("\"a\""),
        ),
    ] {
        let text = json!({ "rules": [{ "service": "buddy", "answer": answer }] }).to_string();
        let told = text.parse::<Script>().err().map(|error| error.to_string());
        assert_eq!(told.is_some(), error.is_some(), "{text}: {told:?}");
        let told = told.unwrap_or_default();
        assert!(told.contains(error.unwrap_or_default()), "{text}: {told}");
    }
    // What was not checked when it was scripted is told by the answer.
    let sandbox = Sandbox::start().await?;
    let long = ScriptedAnswer::status(200)
        .header("content-length", "7")
        .body("x");
    sandbox.next_answer(Service::Buddy, long);
    let (head, body) = start(&sandbox).await?;
    assert!(head.starts_with("HTTP/1.1 500"), "{head}");
    assert!(String::from_utf8_lossy(&body).contains("cannot be sent"));
    Ok(())
}
