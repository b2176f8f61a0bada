//! The Pharos server: everything that does I/O.

pub mod access;
pub mod catalog;
pub mod cli;
pub mod config;
pub mod demo;
pub mod http;
pub mod index;
pub mod ingest;
mod kept;
mod masking;
pub mod metrics;
pub mod sources;
pub mod store;
