"""Monthly money out of spreadsheets: a block with months as columns, and a long table for many initiatives."""
