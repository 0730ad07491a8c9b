"""From text to meaning, pure: secrets out, language, normal form, matching. No clock, no network."""
