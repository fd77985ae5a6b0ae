"""The pack as a living workbook: tables, formulas, conditional formats, a native chart."""
