//! Pages for people: a file per resource.
