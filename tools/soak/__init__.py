"""Minutes of mixed traffic against the local Lambda: nothing may be lost, and nothing may grow."""
