//! Documents as data, case by case.

mod diff;
mod emit;
mod lint;
mod validate;
