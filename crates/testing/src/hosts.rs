//! Which names a request may be for, and which pages it may come from.
//!
//! Every web page can send requests to this machine. One whose own name is made to lead here (DNS
//! rebinding) counts as the same origin for the browser, and only `Host` distinguishes it.

use std::net::IpAddr;

use http::uri::Authority;

use super::answer::Answer;
use super::control::refused;
use super::incoming::Incoming;

/// A header that no form can send; so is the content type of JSON.
const OWN_HEADER: &str = "x-runpipe-sandbox";

/// The names of one port.
#[derive(Clone, Debug)]
pub(super) struct Hosts {
    pub port: u16,
    /// Names besides those of this machine that a service is asked by.
    pub others: Vec<String>,
}

impl Hosts {
    /// A service answers to the names of this machine, and to those that were allowed.
    pub fn check(&self, request: &Incoming) -> Result<(), Answer> {
        let host = named(request)?;
        let allowed = |other: &String| other.eq_ignore_ascii_case(host.host());
        if is_loopback(&host) || self.others.iter().any(allowed) {
            return Ok(());
        }
        Err(refused(
            421,
            &format!(
                "the request is for the host {host}, and the sandbox answers for names of this machine alone; \
                 allow the name with SandboxBuilder::host_name"
            ),
        ))
    }

    /// The control endpoint answers to the names of this machine, at this port, and to no other
    /// origin's page. What changes something takes more than a form can send.
    pub fn check_control(&self, request: &Incoming) -> Result<(), Answer> {
        let host = named(request)?;
        if !is_loopback(&host) || host.port_u16().unwrap_or(80) != self.port {
            return Err(refused(
                421,
                &format!(
                    "the request is for {host}, and the control endpoint answers for this machine alone; \
                     use http://127.0.0.1:{}/_sandbox/",
                    self.port
                ),
            ));
        }
        let own = format!("http://{host}");
        let other_page = request.values("origin").any(|origin| origin != own);
        let mut sites = request.values("sec-fetch-site");
        if other_page || sites.any(|site| !matches!(site, "none" | "same-origin")) {
            return Err(refused(
                403,
                "the request comes from a web page, and the control endpoint is not for pages; send it from a program",
            ));
        }
        let changes = !matches!(request.method.as_str(), "GET" | "HEAD");
        if changes && !is_json(request) && request.header(OWN_HEADER).is_none() {
            return Err(refused(
                415,
                &format!(
                    "a form of a web page could send this request; give it Content-Type: application/json, \
                     or a header {OWN_HEADER} with any value"
                ),
            ));
        }
        Ok(())
    }
}

/// The one host that a request names.
fn named(request: &Incoming) -> Result<Authority, Answer> {
    let mut hosts = request.values("host");
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => host
            .parse()
            .map_err(|_| refused(400, "the header Host is no host; name the host once")),
        _ => Err(refused(
            400,
            "the request names no host, or several; send the header Host once",
        )),
    }
}

fn is_loopback(host: &Authority) -> bool {
    let name = host.host();
    let address = name.trim_start_matches('[').trim_end_matches(']');
    let loopback = name.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    // `localhost@elsewhere` and `elsewhere@localhost` are nobody's name.
    loopback && !host.as_str().contains('@')
}

fn is_json(request: &Incoming) -> bool {
    let media_type = request.header("content-type").unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/json")
}
