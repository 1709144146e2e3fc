"""Words with a prescribed reading: the shipped lexicon and the publisher's."""
