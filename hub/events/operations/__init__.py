"""What can be done with days and sign-ups."""
