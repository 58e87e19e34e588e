//! How long the program takes to start and to end: it says its version.
//!
//! `cargo bench --package runpipe-cli --bench program_start`

use std::process::Command;
use std::time::Instant;

const STARTS: usize = 200;

fn main() {
    let mut took: Vec<f64> = (0..STARTS)
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
        "the program starts in {:.1} ms at the median of {STARTS} starts, {:.1} ms at best",
        took[STARTS / 2],
        took[0]
    );
}
