//! A believable, invented environment: for the demo, the tests and the benchmark.
