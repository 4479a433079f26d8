"""How an action says no: in sentences that say why, and what to do."""

from collections.abc import Iterable


class Refusal(Exception):
    """Nothing was changed, for the reasons given. A view shows the sentences beside the form as it was typed."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences: list[str] = list(sentences)
        if not self.sentences:
            raise ValueError("A refusal gives at least one reason.")
        super().__init__(" ".join(self.sentences))
