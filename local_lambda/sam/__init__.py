"""A SAM template → the model."""
