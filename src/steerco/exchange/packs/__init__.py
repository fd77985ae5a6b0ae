"""The steering pack: one content, drawn as PowerPoint, PDF, Word and Excel."""
