//! The program as a process: what it writes, where, and the exit code that it ends with.

mod addresses;
mod bodies;
#[cfg(unix)]
mod ci_jobs;
mod complete;
mod credentials;
mod deciding;
mod drift;
mod dry_runs;
mod exit_codes;
mod few_files;
mod fixtures;
mod flags;
mod help;
mod interruption;
mod json;
mod long_logs;
mod mine;
mod names;
mod pages;
mod pipelines;
mod probe;
mod program;
mod proxies;
#[cfg(target_os = "linux")]
mod reading;
mod reconciling;
mod recorded;
mod references;
mod refused_flags;
mod schemas;
mod secrecy;
mod self_contained;
mod settings;
mod spec;
#[cfg(target_os = "linux")]
mod terminal;
mod terminal_text;
mod timeouts;
mod unclear_starts;
mod unwritten;
mod upstream;
mod vendors;
mod waits;
#[cfg(target_os = "linux")]
mod watching;
mod web_pages;
mod yunxiao;
