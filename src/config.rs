//! Rocket.toml and environment, read once into typed settings and domain policies.
