"""A runtime as a process on this machine: its files, variables, interpreter and log."""
