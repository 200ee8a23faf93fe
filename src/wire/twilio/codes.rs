//! Error codes and what they mean for a delivery.
