"""The command line: ``istami serve | worker | speak | explain | voices | doctor``."""
