//! The index: which Resources, in which order, and how many. Derived from the store and nothing else.
