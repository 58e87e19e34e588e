//! What every client has.

/// Gives a client, whose other fields begin with these values, what all have: a builder, what a
/// caller sets for some calls only, and [`crate::Runs`], out of its own methods `get`, `many`,
/// `stop_and_read`, `carry_out`, `retry_failed`, `step_logs`, `all_steps`, `log_of_step` and
/// `run_of_page`.
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

        impl $crate::Runs for $client {
            fn service(&self) -> $crate::Service {
                <$client as $crate::ServiceClient>::SERVICE
            }

            fn get<'a>(
                &'a self,
                run: &'a $crate::RunRef,
            ) -> ::futures_util::future::BoxFuture<'a, $crate::Result<$crate::Run>> {
                ::std::boxed::Box::pin(<$client>::get(self, run))
            }

            fn get_many(
                &self,
                runs: ::std::vec::Vec<$crate::RunRef>,
            ) -> ::futures_util::stream::BoxStream<'_, $crate::Result<::std::vec::Vec<$crate::Run>>>
            {
                self.many(runs)
            }

            fn cancel<'a>(
                &'a self,
                run: &'a $crate::RunRef,
            ) -> ::futures_util::future::BoxFuture<'a, $crate::Result<$crate::Run>> {
                ::std::boxed::Box::pin(self.stop_and_read(run))
            }

            fn decide<'a>(
                &'a self,
                run: &'a $crate::RunRef,
                decision: &'a $crate::Decision,
            ) -> ::futures_util::future::BoxFuture<'a, $crate::Result<$crate::Run>> {
                ::std::boxed::Box::pin(self.carry_out(run, decision))
            }

            fn retry<'a>(
                &'a self,
                run: &'a $crate::RunRef,
                step: ::std::option::Option<&'a str>,
            ) -> ::futures_util::future::BoxFuture<'a, $crate::Result<$crate::Run>> {
                ::std::boxed::Box::pin(self.retry_failed(run, step))
            }

            fn logs<'a>(
                &'a self,
                run: &'a $crate::RunRef,
            ) -> ::futures_util::stream::BoxStream<'a, $crate::Result<$crate::Log>> {
                ::std::boxed::Box::pin(self.step_logs(run))
            }

            fn steps<'a>(
                &'a self,
                run: &'a $crate::RunRef,
            ) -> ::futures_util::future::BoxFuture<'a, $crate::Result<::std::vec::Vec<$crate::Step>>>
            {
                ::std::boxed::Box::pin(self.all_steps(run))
            }

            fn step_log<'a>(
                &'a self,
                run: &'a $crate::RunRef,
                step: &'a $crate::Step,
            ) -> ::futures_util::future::BoxFuture<
                'a,
                $crate::Result<::std::option::Option<$crate::Log>>,
            > {
                ::std::boxed::Box::pin(self.log_of_step(run, step))
            }

            fn log_part<'a>(
                &'a self,
                run: &'a $crate::RunRef,
                step: &'a $crate::Step,
                from: $crate::LogMark,
            ) -> ::futures_util::future::BoxFuture<'a, $crate::Result<::std::option::Option<$crate::LogPart>>>
            {
                $crate::service_client::Connect::part_of_log(self, run, step, from)
            }

            fn logged_steps<'a>(
                &'a self,
                run: &'a $crate::RunRef,
            ) -> ::futures_util::future::BoxFuture<'a, $crate::Result<::std::option::Option<::std::vec::Vec<$crate::Step>>>>
            {
                $crate::service_client::Connect::steps_with_parts(self, run)
            }

            fn run_on<'a>(
                &'a self,
                page: &'a $crate::WebPage,
            ) -> ::futures_util::future::BoxFuture<'a, $crate::Result<$crate::RunRef>> {
                ::std::boxed::Box::pin(async {
                    page.expect_service(self.service())?;
                    self.run_of_page(page).await
                })
            }
        }
    };
}
pub(super) use client_calls;
