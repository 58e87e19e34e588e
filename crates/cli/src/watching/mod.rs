//! A run on its way to its end, and how that is shown.

pub mod follow;
pub mod tail;
pub mod view;
pub mod wanted;
