//! Builds the house from its parts; used alike by the program and by its tests.
