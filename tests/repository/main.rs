//! What is true of the repository: its sources, documents, dependencies and figures.

mod build_refuses;
mod examples;
mod figures;
mod footprint;
mod modules;
mod msrv;
mod public_api;
mod security;
