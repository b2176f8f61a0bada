//! Readers: text in, observations out. No database in here.
