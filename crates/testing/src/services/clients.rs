//! Ready clients: the library's own, with the accepted credentials and the sandbox's clock.

use runpipe::{Builder, Result};

use super::entry::Simulated;
use crate::Sandbox;

/// A client that a [`Sandbox`] makes ready: each service's `Client`. Sealed.
#[allow(private_bounds, reason = "sealed: the sandbox has these services")]
pub trait SandboxClient: Simulated {}

impl<C: Simulated> SandboxClient for C {}

impl Sandbox {
    /// A client of a service, with an accepted credential and the sandbox's clock.
    ///
    /// # Errors
    ///
    /// When the accepted credential that was set cannot be used.
    pub fn client<C: SandboxClient>(&self) -> Result<C> {
        self.client_builder().build()
    }

    /// The same, for settings of your own.
    pub fn client_builder<C: SandboxClient>(&self) -> Builder<C> {
        let url = self.url(C::SERVICE);
        let clock = self.simulators.clock.clone();
        Builder::new()
            .credentials(C::credentials(&self.accepted, &url))
            .base_url(url)
            .clock(move || clock.for_clients())
    }
}

/// Gives the sandbox methods that name a service.
macro_rules! named {
    ($($title:literal, $with:literal, $client:ty, $name:ident, $builder:ident;)*) => {
        impl Sandbox {$(
            #[doc = concat!("A client of ", $title, " with ", $with, ".")]
            ///
            /// # Errors
            ///
            /// When the accepted credential that was set cannot be used.
            pub fn $name(&self) -> runpipe::Result<$client> {
                self.client()
            }

            /// The same, for settings of your own.
            pub fn $builder(&self) -> runpipe::Builder<$client> {
                self.client_builder()
            }
        )*}
    };
}
pub(super) use named;
