"""Text measured by font metrics: what fits a box, and where it breaks."""
