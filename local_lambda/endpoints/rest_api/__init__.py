"""Streaming REST APIs of API Gateway: request → event (payload format 1.0) → invocation → response."""
