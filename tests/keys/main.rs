//! A start with a key happens once, however often, from wherever and after whatever it is tried
//! again.

mod attaching;
mod brittle;
mod clocks;
mod crashes;
mod further_down;
#[cfg(unix)]
mod hostile;
mod ledgers;
mod marks;
mod others;
mod overtaken;
mod subject;
mod unclear;
