"""What the user starts: the command's arguments, `start`, `invoke`, and what the terminal shows of them."""
