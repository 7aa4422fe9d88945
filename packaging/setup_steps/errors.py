"""Why a set-up stopped."""


class SetupError(Exception):
    """A sentence for the user: what is wrong and what to do about it.

    exit_code: 2 where the user must do something first, 1 where a step failed.
    """

    def __init__(self, sentence: str, exit_code: int = 2) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code
