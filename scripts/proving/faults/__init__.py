"""The faults, a file for each kind. A new file is tried from then on."""
