"""The HTML of the pages. Everything that came from outside goes through `words.safe`."""
