"""The typefaces that the packs ship, and their widths.

Carlito has the widths of Calibri; DejaVu Sans holds other scripts.
"""
