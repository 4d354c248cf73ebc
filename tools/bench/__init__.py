"""Measures Lambda runtimes side by side: one server plays the Runtime API and timestamps what arrives."""
