//! The program as a process: what it writes, where, and the exit code that it ends with.

mod addresses;
mod bodies;
mod credentials;
mod exit_codes;
mod few_files;
mod fixtures;
mod flags;
mod interruption;
mod json;
mod names;
mod program;
mod proxies;
mod reconciling;
mod references;
mod secrecy;
mod self_contained;
mod terminal_text;
mod timeouts;
mod unclear_starts;
mod unwritten;
mod upstream;
mod vendors;
