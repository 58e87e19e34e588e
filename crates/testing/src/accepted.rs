//! The credentials that the sandbox accepts. They open nothing anywhere else.

/// The credentials that the sandbox accepts. It refuses all others as the vendor does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accepted {
    /// Azure DevOps: the personal access token, with any user name.
    pub azure_devops_pat: String,
    /// Azure DevOps: a bearer token.
    pub azure_devops_token: String,
    /// Matillion: the client id.
    pub matillion_client_id: String,
    /// Matillion: the client's secret.
    pub matillion_client_secret: String,
    /// Aliyun: the access key's id.
    pub aliyun_access_key_id: String,
    /// Aliyun: the access key's secret.
    pub aliyun_access_key_secret: String,
    /// Aliyun: the id of a temporary access key. Its secret is the same; it needs the security token.
    pub aliyun_temporary_key_id: String,
    /// Aliyun: the security token of the temporary access key.
    pub aliyun_security_token: String,
    /// Yunxiao's token API: a personal access token.
    pub yunxiao_token: String,
    /// Buddy: a token that may start and read.
    pub buddy_token: String,
    /// Buddy: a token that may only read (`EXECUTION_INFO`).
    pub buddy_read_token: String,
}

impl Default for Accepted {
    fn default() -> Self {
        Accepted {
            azure_devops_pat: "sandbox-pat".to_owned(),
            azure_devops_token: "sandbox-entra-token".to_owned(),
            matillion_client_id: "sandbox-client".to_owned(),
            matillion_client_secret: "sandbox-client-secret".to_owned(),
            aliyun_access_key_id: "LTAI-sandbox".to_owned(),
            aliyun_access_key_secret: "sandbox-access-key-secret".to_owned(),
            aliyun_temporary_key_id: "STS.sandbox".to_owned(),
            aliyun_security_token: "sandbox-security-token".to_owned(),
            yunxiao_token: "pt-sandbox".to_owned(),
            buddy_token: "sandbox-token".to_owned(),
            buddy_read_token: "sandbox-read-token".to_owned(),
        }
    }
}
