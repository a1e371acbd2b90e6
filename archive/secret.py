"""The keyring of the user's system (Keychain, Credential Manager, Secret Service), if there is one, and unlocked."""


def kept(service: str, name: str) -> str | None:
    """What the keyring keeps for SERVICE under NAME; None where it is locked, or keeps nothing."""
    import keyring  # noqa: PLC0415  (it looks for every system's keyring, which takes a moment)
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        return keyring.get_password(service, name)
    except KeyringError:
        return None


def keep(service: str, name: str, secret: str) -> bool:
    """Let the keyring keep SECRET, and see that it does; False where none can."""
    import keyring  # noqa: PLC0415
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        if keyring.get_keyring().priority <= 0:  # none, or one that only pretends
            return False
        keyring.set_password(service, name, secret)
    except KeyringError:
        return False
    return kept(service, name) == secret
