"""The Lambda API that SDKs and `sam remote invoke` call."""
