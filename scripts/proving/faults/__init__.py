"""The faults, a file for each kind. The harness tries every file of this folder."""
