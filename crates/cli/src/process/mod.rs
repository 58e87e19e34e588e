//! What the process meets: variables, signals, limits; and the exit code that it leaves.

pub mod environment;
pub mod exit;
pub mod interrupt;
pub mod open_files;
pub mod stage;
