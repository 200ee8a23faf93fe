//! Counts and timings for Prometheus; on the ground floor because every floor counts.
