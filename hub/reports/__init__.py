"""The report to the plenary and the yearly activity export: drawn from all the others."""
