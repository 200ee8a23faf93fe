//! The message resource, the inbound text and the delivery receipt.
