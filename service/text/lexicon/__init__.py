"""Words that are read as somebody has written: the shipped lexicon and the publisher's."""
