"""Understanding: text to a typed `Question`."""
