//! Refusals, as problem details (RFC 7807).

use http::StatusCode;
use serde_json::json;

use crate::Answer;
use crate::fields::with;

/// Why a request is refused.
pub(super) struct Problem {
    status: u16,
    detail: String,
    violations: Vec<String>,
    /// The end of its type, where it is not the title.
    code: Option<String>,
}

impl Problem {
    pub fn new(status: u16, detail: impl Into<String>) -> Self {
        Problem {
            status,
            detail: detail.into(),
            violations: Vec::new(),
            code: None,
        }
    }

    /// Names its type.
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// A request that breaks rules, one sentence each.
    pub fn broken_rules(violations: Vec<String>) -> Self {
        let detail = match violations.len() {
            1 => "The request breaks 1 rule.".to_owned(),
            many => format!("The request breaks {many} rules."),
        };
        Problem {
            violations,
            ..Problem::new(400, detail)
        }
    }

    /// As an answer. The instance is the path that was asked for, where one is known.
    pub fn answer(self, instance: Option<&str>) -> Answer {
        let title = StatusCode::from_u16(self.status)
            .ok()
            .and_then(|status| status.canonical_reason());
        let title = title.unwrap_or("Problem");
        let slug = || title.to_lowercase().replace(' ', "-");
        let slug = self.code.unwrap_or_else(slug);
        let body = json!({
            "type": format!("https://api.matillion.com/problems/{slug}"),
            "title": title,
            "status": self.status,
            "detail": self.detail,
        });
        let violations = Some(self.violations).filter(|all| !all.is_empty());
        let more = json!({ "instance": instance, "violations": violations });
        let body = with(body, more).to_string();
        Answer::typed(self.status, "application/problem+json", body)
    }
}
