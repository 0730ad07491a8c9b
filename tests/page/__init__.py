"""The demo page as people use it: the real program, a real browser."""
