"""Measurements. A package, since pysbd, which comes with Coqui TTS, installs another of this name."""
