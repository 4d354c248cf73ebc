"""The agent's one tool."""


def count_letters(word: str, letter: str) -> int:
    """Count how often a letter is in a word, whatever its case."""
    if len(letter) != 1:
        raise ValueError(f"expected one letter, got {letter!r}")
    return word.lower().count(letter.lower())
