"""The Runtime API and the Extensions API, one server for each execution environment."""
