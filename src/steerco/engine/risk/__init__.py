"""Risk: scales, scores, ratings and expected exposure."""
