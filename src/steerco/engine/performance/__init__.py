"""Performance: computed ratings with their rules, and what moved between two reports."""
