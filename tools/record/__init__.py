"""Asks AWS what nobody has published: `./scripts/record` deploys a probe, asks it, writes down what it says.

The questions are those of docs/fidelity.md, "Undocumented by AWS: what we chose", and a few whose responses
are known from one report alone.
"""
