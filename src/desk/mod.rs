//! The verbs: each loads, asks the domain, writes and enqueues in one transaction.
