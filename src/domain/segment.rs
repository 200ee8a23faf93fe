//! Encoding, segments and splitting of texts.
