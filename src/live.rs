//! Announcements to open browsers, made after the commit.
