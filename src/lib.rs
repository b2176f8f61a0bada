//! The Pharos server: everything that does I/O.

pub mod access;
pub mod catalog;
pub mod cli;
pub mod demo;
pub mod http;
pub mod index;
pub mod ingest;
pub mod store;
