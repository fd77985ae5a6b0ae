"""The pack as a Word report, on our own template or on an organisation's."""
