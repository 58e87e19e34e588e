//! The program as a process: what it writes, where, and the exit code that it ends with.

mod bodies;
mod exit_codes;
mod flags;
mod interruption;
mod json;
mod program;
mod reconciling;
mod secrecy;
mod self_contained;
mod terminal_text;
mod unclear_starts;
