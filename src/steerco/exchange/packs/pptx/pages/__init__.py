"""The kinds of pages of a deck, one module each, in the order in which a board reads them."""
