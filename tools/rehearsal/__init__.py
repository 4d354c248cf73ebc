"""Deployments, rehearsed: the real `sam` against a stand-in for AWS's control plane."""

REGION = "us-east-1"  # of samconfig.toml
# Where the stand-in is told at which address a function is served: PUT …/<function name>, the URL as body.
SERVED_AT = "/stand-in/served-at/"
