"""Charts as SVG text, drawn on the server for pages and documents.

Every chart takes plain data and returns a complete ``<svg>`` element. Colour comes from CSS classes that the
page's stylesheet defines; ``svg.standalone`` adds a literal stylesheet where there is no page around it.
"""
