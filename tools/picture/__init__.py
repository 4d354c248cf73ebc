"""Make the pictures of the README and of the docs, out of a recording of the real thing."""
