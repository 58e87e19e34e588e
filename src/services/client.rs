//! What every client has.

/// Gives a client what all have: a builder, what a caller sets for some calls only, and
/// [`crate::Runs`], out of its own methods `get`, `many`, `stop_and_read`, `carry_out`,
/// `retry_failed`, `step_logs`, `all_steps`, `log_of_step` and `run_of_page`.
macro_rules! client_calls {
    ($client:ty) => {
        impl $client {
            /// Begins to build a client. It talks to
            /// [`BASE_URL`](crate::ServiceClient::BASE_URL) unless another address is set.
            pub fn builder() -> $crate::Builder<Self> {
                $crate::Builder::new()
            }

            /// The same client with another timeout for each call ([`crate::Builder::timeout`]). It
            /// shares connections, tokens and the budget of requests.
            #[must_use]
            pub fn with_timeout(mut self, timeout: ::std::time::Duration) -> Self {
                self.session = self.session.with_timeout(timeout);
                self
            }

            /// The same client with one more header on each request, for a proxy or a trace. Headers
            /// of the credential win over it.
            #[must_use]
            pub fn with_header(
                mut self,
                name: ::http::HeaderName,
                value: ::http::HeaderValue,
            ) -> Self {
                self.session = self.session.with_header(name, value);
                self
            }
        }

        impl $crate::service_client::HasSession for $client {
            fn from_session(session: $crate::client::Session) -> Self {
                Self { session }
            }

            fn session(&self) -> &$crate::client::Session {
                &self.session
            }

            fn session_mut(&mut self) -> &mut $crate::client::Session {
                &mut self.session
            }
        }

        const _: () = {
            use ::futures_util::{future::BoxFuture, stream::BoxStream};
            use $crate::{
                Decision, Log, LogMark, LogPart, Result, Run, RunRef, Runs, Service, ServiceClient,
                Step, WebPage, service_client::LogParts,
            };

            impl Runs for $client {
                fn service(&self) -> Service {
                    <$client as ServiceClient>::SERVICE
                }

                fn get<'a>(&'a self, run: &'a RunRef) -> BoxFuture<'a, Result<Run>> {
                    Box::pin(<$client>::get(self, run))
                }

                fn get_many(&self, runs: Vec<RunRef>) -> BoxStream<'_, Result<Vec<Run>>> {
                    self.many(runs)
                }

                fn cancel<'a>(&'a self, run: &'a RunRef) -> BoxFuture<'a, Result<Run>> {
                    Box::pin(self.stop_and_read(run))
                }

                fn decide<'a>(
                    &'a self,
                    run: &'a RunRef,
                    decision: &'a Decision,
                ) -> BoxFuture<'a, Result<Run>> {
                    Box::pin(self.carry_out(run, decision))
                }

                fn retry<'a>(
                    &'a self,
                    run: &'a RunRef,
                    step: Option<&'a str>,
                ) -> BoxFuture<'a, Result<Run>> {
                    Box::pin(self.retry_failed(run, step))
                }

                fn logs<'a>(&'a self, run: &'a RunRef) -> BoxStream<'a, Result<Log>> {
                    Box::pin(self.step_logs(run))
                }

                fn steps<'a>(&'a self, run: &'a RunRef) -> BoxFuture<'a, Result<Vec<Step>>> {
                    Box::pin(self.all_steps(run))
                }

                fn step_log<'a>(
                    &'a self,
                    run: &'a RunRef,
                    step: &'a Step,
                ) -> BoxFuture<'a, Result<Option<Log>>> {
                    Box::pin(self.log_of_step(run, step))
                }

                fn log_part<'a>(
                    &'a self,
                    run: &'a RunRef,
                    step: &'a Step,
                    from: LogMark,
                ) -> BoxFuture<'a, Result<Option<LogPart>>> {
                    Box::pin(LogParts::log_after(self, run, step, from))
                }

                fn logged_steps<'a>(
                    &'a self,
                    run: &'a RunRef,
                ) -> BoxFuture<'a, Result<Option<Vec<Step>>>> {
                    Box::pin(LogParts::steps_with_logs(self, run))
                }

                fn run_on<'a>(&'a self, page: &'a WebPage) -> BoxFuture<'a, Result<RunRef>> {
                    Box::pin(async {
                        page.expect_service(self.service())?;
                        self.run_of_page(page).await
                    })
                }
            }
        };
    };
}
pub(super) use client_calls;
