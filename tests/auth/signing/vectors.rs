//! Each step of each vector.

use super::*;

struct Vector {
    folder: PathBuf,
    request: Value,
}

impl Vector {
    fn load(folder: PathBuf) -> Result<Self, Box<dyn Error>> {
        let request = serde_json::from_str(&fs::read_to_string(folder.join("request.json"))?)?;
        Ok(Self { folder, request })
    }

    fn name(&self) -> String {
        self.folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }

    fn text(&self, field: &str) -> &str {
        self.request[field].as_str().unwrap_or_default()
    }

    /// The expected text of a step. The files end with a line end that is not part of the text.
    fn expected(&self, step: &str) -> String {
        let path = self.folder.join(format!("{step}.txt"));
        let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        text.strip_suffix('\n').unwrap_or(&text).to_owned()
    }

    fn headers(&self) -> Result<HeaderMap, Box<dyn Error>> {
        let mut headers = HeaderMap::new();
        for pair in self.request["headers"].as_array().ok_or("no headers")? {
            let name: HeaderName = pair[0].as_str().ok_or("no name")?.parse()?;
            headers.append(name, pair[1].as_str().ok_or("no value")?.parse()?);
        }
        Ok(headers)
    }

    fn credentials(&self) -> Credentials {
        let credentials = Credentials::new(
            self.text("access_key_id"),
            Secret::from(self.text("access_key_secret")),
        );
        match self.request["security_token"].as_str() {
            Some(token) => credentials.with_security_token(Secret::from(token)),
            None => credentials,
        }
    }

    fn signing_request<'a>(&'a self, headers: &'a HeaderMap) -> SigningRequest<'a> {
        SigningRequest::new(self.text("method"), self.text("host"), self.text("path"))
            .with_query(self.text("query"))
            .with_headers(headers)
            .with_body(self.text("body").as_bytes())
    }

    /// Compares one step and names it when it differs.
    fn check(&self, step: &str, actual: &str) {
        assert_eq!(
            actual,
            self.expected(step),
            "vector {:?}: the step {step:?} is the first one that differs",
            self.name()
        );
    }
}

fn vectors() -> Result<Vec<Vector>, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/signing");
    let mut folders: Vec<PathBuf> = fs::read_dir(root)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    folders.sort();
    folders.into_iter().map(Vector::load).collect()
}

/// The headers that signing adds, put on by hand, so that each step can be looked at.
fn headers_to_sign(vector: &Vector) -> Result<HeaderMap, Box<dyn Error>> {
    let mut headers = vector.headers()?;
    headers.insert("x-acs-date", vector.text("time").parse()?);
    headers.insert("x-acs-signature-nonce", vector.text("nonce").parse()?);
    let hash = body_sha256(vector.text("body").as_bytes());
    headers.insert("x-acs-content-sha256", hash.parse()?);
    if let Some(token) = vector.request["security_token"].as_str() {
        headers.insert("x-acs-security-token", token.parse()?);
    }
    Ok(headers)
}

#[test]
fn every_vector_has_an_origin_and_there_are_enough() -> Outcome {
    let vectors = vectors()?;
    assert!(vectors.len() >= 9, "only {} vectors", vectors.len());
    for vector in &vectors {
        assert!(!vector.text("origin").is_empty(), "{}", vector.name());
        assert!(
            matches!(vector.text("side"), "sender" | "receiver"),
            "{}",
            vector.name()
        );
    }
    let of_the_vendor = vectors
        .iter()
        .filter(|v| v.text("origin").starts_with("vendor page"));
    assert_eq!(of_the_vendor.count(), 1);
    Ok(())
}

#[test]
fn every_step_of_every_request_to_send() -> Outcome {
    for vector in vectors()?.iter().filter(|v| v.text("side") == "sender") {
        let headers = headers_to_sign(vector)?;
        let request = vector.signing_request(&headers);
        let credentials = vector.credentials();

        let canonical = canonical_request(&request, &names_to_sign(&headers))?;
        vector.check("canonical-request", &canonical.text);
        let to_sign = string_to_sign(&canonical);
        vector.check("string-to-sign", &to_sign);
        let signature = signature(&to_sign, &credentials.access_key_secret);
        let header = authorization(&credentials.access_key_id, &canonical, &signature);
        vector.check("authorization", &header);
    }
    Ok(())
}

#[test]
fn signing_in_one_go_gives_the_same_and_the_receiver_accepts_it() -> Outcome {
    for vector in vectors()?.iter().filter(|v| v.text("side") == "sender") {
        let mut headers = vector.headers()?;
        let time = parse_date(vector.text("time")).ok_or("no time")?;
        let credentials = vector.credentials();
        let signed = sign(
            &vector.signing_request(&headers),
            &credentials,
            time,
            vector.text("nonce"),
        )?;
        signed.put_on(&mut headers);
        assert_eq!(
            headers["authorization"],
            vector.expected("authorization"),
            "{}",
            vector.name()
        );
        assert_eq!(headers, {
            let mut by_hand = headers_to_sign(vector)?;
            by_hand.insert("authorization", vector.expected("authorization").parse()?);
            by_hand
        });

        let claimed: ParsedAuthorization = headers["authorization"].to_str()?.parse()?;
        let received = vector.signing_request(&headers);
        verify(&received, &claimed, &credentials.access_key_secret)?;
    }
    Ok(())
}

#[test]
fn every_step_of_every_request_received() -> Outcome {
    for vector in vectors()?.iter().filter(|v| v.text("side") == "receiver") {
        let headers = vector.headers()?;
        let request = vector.signing_request(&headers);
        let claimed: ParsedAuthorization = vector.expected("authorization").parse()?;

        let canonical = canonical_request(&request, &claimed.signed_headers)?;
        vector.check("canonical-request", &canonical.text);
        vector.check("string-to-sign", &string_to_sign(&canonical));
        assert_eq!(headers["x-acs-content-sha256"], body_sha256(request.body));
        let header = authorization(&claimed.access_key_id, &canonical, &claimed.signature);
        vector.check("authorization", &header);
        if let Some(secret) = vector.request["access_key_secret"].as_str() {
            verify(&request, &claimed, &Secret::from(secret))?;
        }
    }
    Ok(())
}

#[test]
fn the_official_sdk_encodes_a_path_as_this_crate_does() -> Outcome {
    let captured = vectors()?
        .into_iter()
        .find(|v| v.name() == "captured-from-sdk");
    let captured = captured.ok_or("no such vector")?;
    let organization = encode("5ebbc 云/效+~*'!(a)%2F&=?#");
    let path = format!("/organizations/{organization}/pipelines/123/run");
    assert_eq!(path, captured.text("path"));
    assert_eq!(
        canonical_path(&path),
        path,
        "a canonical path is not encoded again"
    );
    let mut url = Url::parse(&format!("http://127.0.0.1:34117{path}"))?;
    canonicalize_url(&mut url);
    assert_eq!(url.path(), path, "the URL sends what is signed");
    Ok(())
}

#[test]
fn a_canonical_query_is_its_own_canonical_query() {
    for query in ["", "a=1", "z=%2F+x&a&a=2&%E4%BA%91=1", "a=%zz&b=%"] {
        let once = canonical_query(query);
        assert_eq!(canonical_query(&once), once, "{query:?}");
    }
}
