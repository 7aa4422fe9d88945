"""The one base class of every error that a user may read."""


class NoisetteError(Exception):
    """A sentence for the user: the value, the rule it broke, the remedy.

    The studio and the command line show `str(error)` as it stands.
    """


class RequestError(NoisetteError):
    """A request holds a value that can't be carried out.

    field: what is at fault ("size", "colour"; of the grid "largest", "smallest"), "" where that is not said.
    """

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class LayoutError(NoisetteError):
    """A layout (scene) file or value is malformed."""


class ModelError(NoisetteError):
    """A model file is missing, damaged, or not what its card says."""


class GenerationError(NoisetteError):
    """The numbers went wrong on the way to a picture: its state is no longer finite."""


class TrajectoryError(NoisetteError):
    """Steps of a run that are asked for are gone, damaged, or never were."""


class DeviceError(RequestError):
    """A device that a request names is not on this machine."""
