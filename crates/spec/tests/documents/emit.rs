//! What the build makes of the generator's code is made of the shape that is known, or not at all: another shape stops the
//! build with the operation's name and what was expected.

use quote::ToTokens as _;
use runpipe_spec::emit::{lean_requests, operations};

/// An operation, as progenitor 0.15 writes it.
const OPERATION: &str = r#"
pub struct Client {
    pub(crate) client: reqwest::Client,
}
impl Client {
    pub fn new() -> Self {}
}
impl ClientInfo<Call> for Client {}
const _: () = {};
impl Client {
    pub fn get_thing(&self) -> builder::GetThing<'_> {}
}
pub mod builder {
    pub struct GetThing<'a> {
        client: &'a super::Client,
        name: Result<String, String>,
        page: Result<Option<i64>, String>,
        body: Result<types::builder::Wish, String>,
    }
    impl<'a> GetThing<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                name: Err("name was not initialized".to_string()),
                page: Ok(None),
                body: Ok(::std::default::Default::default()),
            }
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::Wish>,
            <V as std::convert::TryInto<types::Wish>>::Error: std::fmt::Display,
        {
            self.body = value.try_into().map(From::from).map_err(|s| format!("{}", s));
            self
        }
        pub fn body_map<F>(mut self, f: F) -> Self
        where
            F: std::ops::FnOnce(types::builder::Wish) -> types::builder::Wish,
        {
            self.body = self.body.map(f);
            self
        }
        pub async fn send(self) -> Result<ResponseValue<types::Thing>, Error<()>> {
            let Self { client, name, page, body } = self;
            let body = body
                .and_then(|v| types::Wish::try_from(v).map_err(|e| e.to_string()))
                .map_err(Error::InvalidRequest)?;
            let url = format!("{}/things/<thingId>", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map.append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(super::Client::api_version()),
            );
            let mut request = client
                .client
                .get(url)
                .header(ACCEPT, HeaderValue::from_static("application/json"))
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo { operation_id: "get_thing" };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
}
"#;

fn lean(code: &str) -> Result<String, String> {
    let file = syn::parse_str(code).expect("Rust");
    Ok(lean_requests(file)?.into_token_stream().to_string())
}

#[test]
fn the_known_shape_is_made_lean() {
    let lean = lean(OPERATION).expect("what is known");
    for gone in [
        "header",
        "format",
        "Wish ::",
        "body_map",
        "exec",
        "initialized",
        "reqwest :: Client",
        "Info",
        "const",
    ] {
        assert!(!lean.contains(gone), "{gone}: {lean}");
    }
    assert!(lean.contains("pub fn get_thing"));
    assert!(lean.contains("body : Option < & 'a types :: Wish >"));
    assert!(lean.contains("body (mut self , body : & 'a types :: Wish)"));
    assert!(lean.contains("accepting_json () . json (& body)"));
    assert!(lean.contains("crate :: Result < types :: Thing >"));
    assert!(lean.contains("client . call . answer (build () , \"get_thing\")"));
}

#[test]
fn an_answer_that_is_not_decoded_is_given_as_it_came() {
    for undecoded in ["stream", "empty"] {
        let value = format!("Ok(ResponseValue::{undecoded}(response))");
        let operation = OPERATION.replace("ResponseValue::from_response(response).await", &value);
        let lean = lean(&operation).expect("what is known");
        assert!(lean.contains("client . call . body (build () , \"get_thing\")"));
    }
}

#[test]
fn another_shape_is_refused_with_what_was_expected() {
    for (known, other, expected) in [
        ("mod builder", "mod operations", "`builder`"),
        ("fn new", "fn begin", "`new` and `send`"),
        ("async fn send", "async fn call", "`new` and `send`"),
        (
            "Err(\"name was",
            "Missing(\"name was",
            "each field of `new`",
        ),
        ("\"api-version\"", "\"version\"", "`api-version`"),
        ("header_map.append", "headers.append", "`api-version`"),
        ("let url", "let address", "`url`"),
        ("\"{}/things", "\"https://{}/things", "`url`"),
        ("things/<thingId>", "things/{}", "`url`"),
        ("let mut request", "let mut sent", "`request`"),
        (
            ".headers(header_map)",
            ".all_headers(header_map)",
            "headers(header_map)",
        ),
        (
            ".header(ACCEPT",
            ".header(CONTENT_TYPE",
            "no header but `ACCEPT`",
        ),
        (".client\n", ".http\n", "`client.client`"),
        (
            "V: std::convert::TryInto",
            "V: Display + Into",
            "`V: TryInto<…>`",
        ),
        ("let info", "let about", "`info`"),
        (
            "ResponseValue::from_response",
            "decoded",
            "`ResponseValue::from_response`",
        ),
        ("ResponseValue<types::Thing>", "Thing", "`send` to return"),
    ] {
        assert!(OPERATION.contains(known), "{known}");
        let refused = lean(&OPERATION.replace(known, other)).expect_err(other);
        assert!(refused.contains(expected), "{other}: {refused}");
        assert!(
            other.starts_with("mod") || refused.contains("GetThing"),
            "{refused}"
        );
    }
}

#[test]
fn the_constant_of_an_operation_has_a_name_that_rust_takes() {
    let path = serde_json::json!({"get": {"operationId": "3_0_3", "responses": {}}});
    let document = serde_json::json!({"openapi": "3.0.3", "paths": {"/versions": path}});
    let constants = operations(&document).expect("one operation").to_string();
    assert!(
        constants.contains("pub static _3_0_3 : Operation"),
        "{constants}"
    );
}
