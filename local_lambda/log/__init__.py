"""What the terminal shows, and what is kept of it for the console."""
