"""A local AWS Lambda that serves the function URLs of a SAM template, streaming for real."""

__version__ = "0.1.0"
