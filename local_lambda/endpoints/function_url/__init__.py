"""Function URLs: request → event (payload format 2.0) → invocation → response."""
