"""Plans recordings, speaks them sentence by sentence, assembles, streams and deletes them."""
