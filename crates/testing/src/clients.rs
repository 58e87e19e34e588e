//! Ready clients: the library's own, with the accepted credentials and the sandbox's clock.

use super::Sandbox;
use runpipe::{Builder, Result, Service};

impl Sandbox {
    /// A client of Azure DevOps with the accepted personal access token.
    ///
    /// # Errors
    ///
    /// When what was set to be accepted can stand in no header.
    pub fn azure_devops(&self) -> Result<runpipe::azure_devops::Client> {
        self.azure_devops_builder().build()
    }

    /// The same, for settings of your own.
    pub fn azure_devops_builder(&self) -> Builder<runpipe::azure_devops::Client> {
        let token = self.accepted.azure_devops_pat.as_str();
        let clock = self.simulators.clock.clone();
        runpipe::azure_devops::Client::builder()
            .base_url(self.url(Service::AzureDevops))
            .credentials(runpipe::azure_devops::Credentials::pat(token))
            .clock(move || clock.for_clients())
    }
}

impl Sandbox {
    /// A client of Matillion with the accepted client credentials.
    ///
    /// # Errors
    ///
    /// When what was set to be accepted cannot be used.
    pub fn matillion(&self) -> Result<runpipe::matillion::Client> {
        self.matillion_builder().build()
    }

    /// The same, for settings of your own.
    pub fn matillion_builder(&self) -> Builder<runpipe::matillion::Client> {
        let id = self.accepted.matillion_client_id.as_str();
        let secret = self.accepted.matillion_client_secret.as_str();
        let credentials = runpipe::matillion::Credentials::client(id, secret);
        let clock = self.simulators.clock.clone();
        runpipe::matillion::Client::builder()
            .base_url(self.url(Service::Matillion))
            .credentials(credentials.token_url(self.token_url()))
            .clock(move || clock.for_clients())
    }
}

impl Sandbox {
    /// A client of Aliyun with the accepted lasting access key.
    ///
    /// # Errors
    ///
    /// When what was set to be accepted cannot be used.
    pub fn aliyun(&self) -> Result<runpipe::aliyun::Client> {
        self.aliyun_builder().build()
    }

    /// The same, for settings of your own.
    pub fn aliyun_builder(&self) -> Builder<runpipe::aliyun::Client> {
        let id = self.accepted.aliyun_access_key_id.as_str();
        let secret = self.accepted.aliyun_access_key_secret.as_str();
        let clock = self.simulators.clock.clone();
        runpipe::aliyun::Client::builder()
            .base_url(self.url(Service::Aliyun))
            .credentials(runpipe::aliyun::Credentials::access_key(id, secret))
            .clock(move || clock.for_clients())
    }
}

impl Sandbox {
    /// A client of Buddy with a token that may start and read.
    ///
    /// # Errors
    ///
    /// When what was set to be accepted can stand in no header.
    pub fn buddy(&self) -> Result<runpipe::buddy::Client> {
        self.buddy_builder().build()
    }

    /// The same, for settings of your own.
    pub fn buddy_builder(&self) -> Builder<runpipe::buddy::Client> {
        let token = self.accepted.buddy_token.as_str();
        let clock = self.simulators.clock.clone();
        runpipe::buddy::Client::builder()
            .base_url(self.url(Service::Buddy))
            .credentials(runpipe::buddy::Credentials::token(token))
            .clock(move || clock.for_clients())
    }
}
