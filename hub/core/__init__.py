"""What every feature stands on: database, access, audit, jobs, mail, files, texts, time."""
