//! What goes through all services alike: rehearsed starts, logs in parts, pages, and secrets in answers and recordings.

mod echoed_secrets;
mod log_parts;
mod recording;
mod rehearsal;
mod web_pages;
