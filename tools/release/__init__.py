"""What a release is made of, and how the layer is published."""
