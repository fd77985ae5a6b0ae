"""The pack as a PowerPoint deck, on our own template or on an organisation's."""
