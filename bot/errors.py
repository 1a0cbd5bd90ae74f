"""The one error base; specific errors live beside the types that raise them."""


class BotError(Exception):
    """Root of every error that this project raises itself.

    A message is for maintainers and logs; users never see it.
    """
