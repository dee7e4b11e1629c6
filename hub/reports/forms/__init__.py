"""Forms of reports and exports."""
