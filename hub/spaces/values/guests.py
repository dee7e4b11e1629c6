"""What somebody is called who is asked without sitting in the space."""


def named(name: str, email: str) -> str:
    """Return the name, else what stands before the @: a name is kept, an address is forgotten in time."""
    return (name.strip() or email.partition("@")[0])[:120]
