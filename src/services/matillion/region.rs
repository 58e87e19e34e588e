//! Where Matillion is.

use std::fmt;
use std::str::FromStr;

use super::Client;
use crate::builder::Builder;
use crate::error::Error;
use crate::service::Service;

/// A region of Matillion. It must be the account's own: the others do not know its projects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Region {
    /// Europe.
    #[default]
    Eu1,
    /// The United States.
    Us1,
    /// Australia. Known from a public client's code, not from a vendor page.
    Au1,
}

impl Region {
    /// Every region.
    pub const ALL: [Region; 3] = [Region::Eu1, Region::Us1, Region::Au1];

    /// The address of the API in this region.
    pub const fn base_url(self) -> &'static str {
        match self {
            Region::Eu1 => "https://eu1.api.matillion.com/dpc",
            Region::Us1 => "https://us1.api.matillion.com/dpc",
            Region::Au1 => "https://au1.api.matillion.com/dpc",
        }
    }

    /// The region's name, as in the address: `eu1`.
    pub const fn name(self) -> &'static str {
        match self {
            Region::Eu1 => "eu1",
            Region::Us1 => "us1",
            Region::Au1 => "au1",
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Region {
    type Err = Error;

    /// Reads a region's name.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Configuration`] when no region has this name.
    fn from_str(text: &str) -> Result<Self, Error> {
        let found = Region::ALL
            .into_iter()
            .find(|region| region.name().eq_ignore_ascii_case(text.trim()));
        found.ok_or_else(|| {
            let detail = format!("{text:?} is not a region: use one of eu1, us1, au1");
            Error::configuration(detail).on_service(Service::Matillion)
        })
    }
}

impl Builder<Client> {
    /// Sets the region of the account, instead of an address: Europe unless set.
    #[must_use]
    pub fn region(self, region: Region) -> Self {
        self.base_url(region.base_url())
    }
}
