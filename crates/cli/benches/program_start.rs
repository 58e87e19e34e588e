//! How long the program takes to start and to end: it says its version.
//!
//! `cargo bench --package runpipe-cli --bench program_start`

use std::process::Command;
use std::time::Instant;

const STARTS: usize = 200;

fn main() {
    // Not by `cargo bench`: it is only made sure that it runs.
    let short = !std::env::args().any(|word| word == "--bench");
    let starts = if short { 1 } else { STARTS };
    let mut took: Vec<f64> = (0..starts)
        .map(|_| {
            let began = Instant::now();
            let output = Command::new(env!("CARGO_BIN_EXE_runpipe"))
                .arg("--version")
                .output()
                .expect("the program starts");
            assert!(output.status.success(), "{output:?}");
            began.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    took.sort_by(f64::total_cmp);
    println!(
        "the program starts in {:.1} ms at the median of {starts} starts, {:.1} ms at best",
        took[starts / 2],
        took[0]
    );
}
