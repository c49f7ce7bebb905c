"""What a service says when it will not do something. The message is a sentence for the person who asked."""


class Refused(Exception):  # it is an answer, not a fault
    """A service was asked for something that it does not do."""

    message = "This cannot be done."

    def __init__(self, message: str = "") -> None:
        self.message = message or self.message
        super().__init__(self.message)


class NotFound(Refused):
    """There is no such thing, or the person may not know of it: 404."""

    message = "There is nothing here that you may see."


class NotAllowed(Refused):
    """The person may see the thing but not do this with it: 403."""

    message = "Your role does not allow this."


class Invalid(Refused):
    """What was asked makes no sense here: 422."""
