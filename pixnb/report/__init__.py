"""A report to send: one HTML file with summary, wall, table, costs, versions, and how to cite it."""
