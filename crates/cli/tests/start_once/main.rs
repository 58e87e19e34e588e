//! `start --key`: one run, whatever happens to the program, and however many try at once.
//!
//! `RUNPIPE_KEY_CASES`, `RUNPIPE_KEY_RACES`, `RUNPIPE_KEY_JOBS` and `RUNPIPE_KEY_SEED` make another
//! campaign; with `RUNPIPE_KEY_STORE=s3://…` races and pools use that object store.

#![cfg(unix)]

mod campaign;
mod case;
mod commands;
mod races;
mod recipes;
mod site;
mod transcripts;
