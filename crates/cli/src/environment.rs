//! Variables: the only place of the program that reads the environment.

use std::ffi::OsString;
use std::fmt;

use runpipe::Service;
use runpipe::auth::Secret;

use super::exit::Failure;

/// Looks a variable up. The program gives the process's own; a test gives what it likes.
type Lookup = dyn Fn(&str) -> Option<OsString> + Send + Sync;

/// The environment.
pub struct Environment(Box<Lookup>);

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

impl Environment {
    /// An environment in which variables are looked up like this.
    pub fn new(lookup: impl Fn(&str) -> Option<OsString> + Send + Sync + 'static) -> Self {
        Environment(Box::new(lookup))
    }

    /// A variable's text. One that is set to nothing, or to blanks, is as good as not set.
    ///
    /// Fails when the text is not UTF-8.
    pub fn text(&self, name: &str) -> Result<Option<String>, Failure> {
        // The system allows neither in a name.
        if name.is_empty() || name.contains(['=', '\0']) {
            return Ok(None);
        }
        match (self.0)(name).map(OsString::into_string) {
            Some(Ok(text)) if text.trim().is_empty() => Ok(None),
            Some(Ok(text)) => Ok(Some(text)),
            Some(Err(_)) => Err(Failure::usage(
                format!("the variable {name} is not UTF-8 text"),
                "Set it again.",
            )),
            None => Ok(None),
        }
    }

    fn secret(&self, name: &str) -> Result<Option<Secret>, Failure> {
        Ok(self.text(name)?.map(Secret::from))
    }

    /// The address of a service, where a variable names another than the vendor's.
    pub fn base_url(&self, service: Service) -> Result<Option<String>, Failure> {
        let name = service.name().to_uppercase().replace('-', "_");
        let text = self.text(&format!("RUNPIPE_{name}_URL"))?;
        Ok(text.map(|text| text.trim().to_owned()))
    }

    /// What Azure DevOps takes as proof: a personal access token, a job's token, or a service
    /// principal, the first that is there.
    pub fn azure_devops(&self) -> Result<runpipe::azure_devops::Credentials, Failure> {
        use runpipe::azure_devops::Credentials;
        if let Some(token) = self.secret("AZURE_DEVOPS_EXT_PAT")? {
            return Ok(Credentials::pat(token));
        }
        if let Some(token) = self.secret("SYSTEM_ACCESSTOKEN")? {
            return Ok(Credentials::token(token));
        }
        let names = ["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"];
        let [tenant, id, secret] = names;
        match (self.text(tenant)?, self.text(id)?, self.secret(secret)?) {
            (Some(tenant), Some(id), Some(secret)) => {
                Ok(Credentials::service_principal(&tenant, id.trim(), secret)?)
            }
            _ => Err(missing(
                Service::AzureDevops,
                "Set AZURE_DEVOPS_EXT_PAT to a personal access token, or SYSTEM_ACCESSTOKEN to a \
                 job's or an Entra token, or AZURE_TENANT_ID, AZURE_CLIENT_ID and \
                 AZURE_CLIENT_SECRET to a service principal.",
            )),
        }
    }

    /// What Matillion takes as proof: an API credential, or a token at hand.
    pub fn matillion(&self) -> Result<runpipe::matillion::Credentials, Failure> {
        use runpipe::matillion::Credentials;
        let id = self.text("MATILLION_CLIENT_ID")?;
        let secret = self.secret("MATILLION_CLIENT_SECRET")?;
        let token = self.secret("MATILLION_TOKEN")?;
        match (id, secret, token) {
            (Some(id), Some(secret), _) => {
                let credentials = Credentials::client(id.trim(), secret);
                Ok(match self.text("RUNPIPE_MATILLION_TOKEN_URL")? {
                    Some(url) => credentials.token_url(url.trim()),
                    None => credentials,
                })
            }
            (_, _, Some(token)) => Ok(Credentials::token(token)),
            (Some(_), None, None) => Err(missing(
                Service::Matillion,
                "MATILLION_CLIENT_ID is set; set MATILLION_CLIENT_SECRET too.",
            )),
            (None, Some(_), None) => Err(missing(
                Service::Matillion,
                "MATILLION_CLIENT_SECRET is set; set MATILLION_CLIENT_ID too.",
            )),
            (None, None, None) => Err(missing(
                Service::Matillion,
                "Set MATILLION_CLIENT_ID and MATILLION_CLIENT_SECRET, or MATILLION_TOKEN.",
            )),
        }
    }

    /// What Aliyun takes as proof: an access key, lasting or temporary.
    pub fn aliyun(&self) -> Result<runpipe::aliyun::Credentials, Failure> {
        use runpipe::aliyun::Credentials;
        let names = [
            "ALIBABA_CLOUD_ACCESS_KEY_ID",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        ];
        let [id, secret] = names;
        let (Some(id), Some(secret)) = (self.text(id)?, self.secret(secret)?) else {
            return Err(missing(
                Service::Aliyun,
                "Set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, and for a \
                 temporary key ALIBABA_CLOUD_SECURITY_TOKEN.",
            ));
        };
        let id = id.trim();
        Ok(match self.secret("ALIBABA_CLOUD_SECURITY_TOKEN")? {
            Some(token) => Credentials::temporary_access_key(id, secret, token),
            None => Credentials::access_key(id, secret),
        })
    }

    /// What Buddy takes as proof.
    pub fn buddy(&self) -> Result<runpipe::buddy::Credentials, Failure> {
        let token = self.secret("BUDDY_TOKEN")?;
        token
            .map(runpipe::buddy::Credentials::token)
            .ok_or_else(|| {
                missing(
                    Service::Buddy,
                    "Set BUDDY_TOKEN to a personal access token.",
                )
            })
    }
}

fn missing(service: Service, advice: &str) -> Failure {
    Failure::usage(
        format!("there is no credential for {}", service.title()),
        advice,
    )
}
