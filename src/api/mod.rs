//! JSON for integrators.
