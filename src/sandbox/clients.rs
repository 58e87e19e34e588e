//! Ready clients: the library's own, with the accepted credentials and the sandbox's clock.

#[allow(unused_imports, reason = "a build may have no service at all")]
use super::Sandbox;
#[allow(unused_imports, reason = "a build may have no service at all")]
use crate::{Builder, Result, service::Service};

#[cfg(feature = "azure-devops")]
impl Sandbox {
    /// A client of Azure DevOps with the accepted personal access token.
    ///
    /// # Errors
    ///
    /// When what was set to be accepted can stand in no header.
    pub fn azure_devops(&self) -> Result<crate::azure_devops::Client> {
        self.azure_devops_builder().build()
    }

    /// The same, for settings of your own.
    pub fn azure_devops_builder(&self) -> Builder<crate::azure_devops::Client> {
        let token = self.accepted.azure_devops_pat.as_str();
        let time = self.gates.time.clone();
        crate::azure_devops::Client::builder()
            .base_url(self.url(Service::AzureDevops))
            .credentials(crate::azure_devops::Credentials::pat(token))
            .clock(move || time.now())
    }
}

#[cfg(feature = "matillion")]
impl Sandbox {
    /// A client of Matillion with the accepted client credentials.
    ///
    /// # Errors
    ///
    /// When what was set to be accepted cannot be used.
    pub fn matillion(&self) -> Result<crate::matillion::Client> {
        self.matillion_builder().build()
    }

    /// The same, for settings of your own.
    pub fn matillion_builder(&self) -> Builder<crate::matillion::Client> {
        let id = self.accepted.matillion_client_id.as_str();
        let secret = self.accepted.matillion_client_secret.as_str();
        let credentials = crate::matillion::Credentials::client(id, secret);
        let time = self.gates.time.clone();
        crate::matillion::Client::builder()
            .base_url(self.url(Service::Matillion))
            .credentials(credentials.token_url(self.token_url()))
            .clock(move || time.now())
    }
}

#[cfg(feature = "aliyun")]
impl Sandbox {
    /// A client of Aliyun with the accepted lasting access key.
    ///
    /// # Errors
    ///
    /// When what was set to be accepted cannot be used.
    pub fn aliyun(&self) -> Result<crate::aliyun::Client> {
        self.aliyun_builder().build()
    }

    /// The same, for settings of your own.
    pub fn aliyun_builder(&self) -> Builder<crate::aliyun::Client> {
        let id = self.accepted.aliyun_access_key_id.as_str();
        let secret = self.accepted.aliyun_access_key_secret.as_str();
        let time = self.gates.time.clone();
        crate::aliyun::Client::builder()
            .base_url(self.url(Service::Aliyun))
            .credentials(crate::aliyun::Credentials::access_key(id, secret))
            .clock(move || time.now())
    }
}

#[cfg(feature = "buddy")]
impl Sandbox {
    /// A client of Buddy with a token that may start and read.
    ///
    /// # Errors
    ///
    /// When what was set to be accepted can stand in no header.
    pub fn buddy(&self) -> Result<crate::buddy::Client> {
        self.buddy_builder().build()
    }

    /// The same, for settings of your own.
    pub fn buddy_builder(&self) -> Builder<crate::buddy::Client> {
        let token = self.accepted.buddy_token.as_str();
        let time = self.gates.time.clone();
        crate::buddy::Client::builder()
            .base_url(self.url(Service::Buddy))
            .credentials(crate::buddy::Credentials::token(token))
            .clock(move || time.now())
    }
}
