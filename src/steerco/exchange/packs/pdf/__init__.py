"""The pack as a tagged, accessible PDF set by Typst."""
