"""istami (استمع): an Arabic article in, an MP3 that can be played out."""
