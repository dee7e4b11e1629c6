"""What an organisation does with its own record, and what others do with it under its eyes."""
