//! The two editions: one set of operations behind two beginnings of a path.

use http::Uri;

use super::generated;
use super::reference::ORGANIZATION;
use crate::client::Call;
use crate::error::{ErrorKind, Result};

/// The host of the central edition, where nothing is without an organization.
const CENTRAL: &str = "openapi-rdc.aliyuncs.com";
/// What both editions have before anything else.
const PREFIX: &str = "/oapi/v1/flow";

/// The client that makes a call, at the address of its edition. The document's servers end where
/// its paths begin: the organization, which only one of them has, is a part of the address.
///
/// # Errors
///
/// [`ErrorKind::Configuration`] when the organization is missing where there has to be one.
pub(super) fn api(call: &Call) -> Result<generated::Client> {
    let base_url = call.session().base_url();
    let has_organization = call.path_values().any(|(name, _)| name == ORGANIZATION);
    if !has_organization && is_central(base_url) {
        let error = call.error(ErrorKind::Configuration);
        let error = error.detail("the organization's id is missing");
        return Err(error.advise(WHICH));
    }
    let prefix: &[_] = match (base_url.ends_with(PREFIX), has_organization) {
        (false, false) => &[PREFIX],
        (false, true) => &["/oapi/v1/flow/organizations/", "organizationId"],
        (true, false) => &[],
        (true, true) => &["/organizations/", "organizationId"],
    };
    let call = call.clone();
    Ok(generated::Client { call, prefix })
}

fn is_central(base_url: &str) -> bool {
    let uri: Option<Uri> = base_url.parse().ok();
    uri.is_some_and(|uri| uri.host() == Some(CENTRAL))
}

const WHICH: &str = "Give the organization's id, from the basic information of its administration \
     console; for a Region instance, give the address of the instance.";
