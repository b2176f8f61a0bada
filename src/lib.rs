//! The Pharos server: everything that does I/O.

pub mod demo;
pub mod index;
pub mod ingest;
pub mod store;
