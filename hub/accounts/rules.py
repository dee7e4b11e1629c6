"""Who may do what with accounts, and rules that several features share."""

from hub.accounts.models import SignedInSession, User


def is_self(user: User | None, thing: User) -> bool:
    """Allow the account's own holder."""
    return user is not None and user.id == thing.id


def owns_session(user: User | None, thing: SignedInSession) -> bool:
    """Allow whoever is signed in by that session or another of the same account."""
    return user is not None and user.id == thing.user_id


def change_standing(user: User | None, thing: User) -> bool:
    """Allow administrators to change the role of others and to close their accounts, never their own."""
    return user is not None and user.is_administrator and user.id != thing.id
