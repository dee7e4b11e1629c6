"""Writing what hangs on a record: units, drop-ins, missions, team, figures, labels, parts in projects."""
