//! `runpipe status` from the start of the process to its last byte, beside the smallest program that asks the same with
//! reqwest: both cold, one after the other, of the same server.
//!
//! `cargo bench --package runpipe-cli --bench program_start`

#[path = "../../../benches/fixture/answers.rs"]
mod answers;
#[path = "../../../benches/fixture/server.rs"]
mod server;

use std::process::{Command, Stdio};
use std::time::Instant;

use server::Server;
use tokio_rustls::rustls::crypto::ring;
use wait4::Wait4;

const STARTS: usize = 200;
/// The argument that makes this bench be the program to compare with.
const BY_HAND: &str = "--by-hand";
const EXECUTION: &str = "/workspaces/acme/projects/site/pipelines/2/executions/31";

fn main() {
    server::serve_if_asked(|_, path| answers::answer(path));
    if let Some(url) = std::env::args().skip_while(|word| word != BY_HAND).nth(1) {
        return by_hand(&url);
    }
    // Not by `cargo bench`: it is only made sure that it runs.
    let short = !std::env::args().any(|word| word == "--bench");
    let starts = if short { 1 } else { STARTS };
    let server = Server::start();
    let mut status = Command::new(env!("CARGO_BIN_EXE_runpipe"));
    status.args(["status", "buddy/acme/site/2/31"]);
    status.env("RUNPIPE_BUDDY_URL", &server.url);
    // As long as the service makes them: a short one would be looked for in every word.
    status.env("BUDDY_TOKEN", "4c7a1f5e-29d8-4b61-9a53-0e8f7c6b2d14");
    let mut minimal = Command::new(std::env::current_exe().expect("a bench knows its file"));
    minimal.args([BY_HAND, &server.url]);

    let pairs: Vec<_> = (0..starts)
        .map(|_| (cold(&mut status), cold(&mut minimal)))
        .collect();
    let ours = Spread::of(pairs.iter().map(|pair| pair.0).collect());
    let theirs = Spread::of(pairs.iter().map(|pair| pair.1).collect());
    println!("medians of {starts} cold starts      time   peak memory");
    println!("runpipe status           {ours}");
    println!("with reqwest, by hand    {theirs}");
    println!(
        "ratio                     {:5.2}      {:5.2}",
        ours.milliseconds / theirs.milliseconds,
        ours.mebibytes / theirs.mebibytes
    );
}

/// What a careful person writes at the least.
fn by_hand(url: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        // reqwest wants to know who would encrypt. Nobody is trusted, as by the program where it asks an http address: to
        // read this machine's roots takes longer than all the rest.
        let _ = ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]);
        let client = client.build().expect("an HTTP client");
        let request = client.get(format!("{url}{EXECUTION}"));
        let answer = request.bearer_auth("token").send().await;
        let answer = answer.expect("an answer").error_for_status();
        let run: serde_json::Value = answer.expect("an execution").json().await.expect("JSON");
        println!("{} {}", run["id"], run["status"]);
    });
}

/// Milliseconds, and the most memory in kibibytes that it held at once.
type Cost = (f64, f64);

/// Starts a program and waits for its end.
fn cold(command: &mut Command) -> Cost {
    let began = Instant::now();
    let mut child = command
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let end = child.wait4().expect("the program ends");
    assert!(end.status.success(), "{command:?}: {}", end.status);
    let milliseconds = began.elapsed().as_secs_f64() * 1e3;
    (milliseconds, end.rusage.maxrss as f64 / 1024.0)
}

struct Spread {
    milliseconds: f64,
    mebibytes: f64,
}

impl Spread {
    fn of(costs: Vec<Cost>) -> Self {
        let (times, memory) = costs.into_iter().unzip();
        Spread {
            milliseconds: median(times),
            mebibytes: median(memory) / 1024.0,
        }
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:5.1} ms   {:5.1} MiB",
            self.milliseconds, self.mebibytes
        )
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
