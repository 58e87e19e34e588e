//! `runpipe`, the program: the library's public API on a command line.
//!
//! The process meets its surroundings here and nowhere else: arguments and environment come in,
//! the exit code goes out.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

#[cfg(not(any(
    feature = "azure-devops",
    feature = "matillion",
    feature = "aliyun",
    feature = "buddy"
)))]
compile_error!("the program needs a service: enable azure-devops, matillion, aliyun or buddy");

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    let environment = cli::Environment::new(|name| std::env::var_os(name));
    ExitCode::from(cli::run(std::env::args_os(), environment))
}
