"""An organisation's own record, rewrites shown to it, and rounds of checking."""
